"""The text of an exercise's .py file: where a name is, and what a student may read of it."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

from grader.errors import ContentError

OURS = "grader"


class Source:
    """One exercise file, by its top-level names."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text("utf-8")
        self.lines = self.text.splitlines()
        self.nodes: dict[str, ast.stmt] = {}
        for node in ast.parse(self.text).body:
            for name in _binds(node):
                self.nodes[name] = node

    def line(self, name: str) -> int:
        return self.nodes[name].lineno if name in self.nodes else 1

    def definition(self, name: str) -> str:
        """A function without its decorators."""
        node = self.nodes[name]
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno])

    def body(self, name: str) -> str:
        node = self.nodes[name]
        assert isinstance(node, ast.FunctionDef)
        first = node.body[0].lineno - 1
        while first > node.lineno and self.lines[first - 1].lstrip().startswith("#"):
            first -= 1
        return textwrap.dedent("\n".join(self.lines[first : node.end_lineno]))

    def closure(self, name: str) -> str:
        """A visible check with the imports, constants and helpers of the file that it uses.

        Raises ContentError where that would show students a mark (an answer, a hidden check…) or need Partiel.
        """
        needed: list[ast.stmt] = []
        seen: set[str] = set()

        def visit(here: str) -> None:
            if here in seen or here not in self.nodes:
                return
            seen.add(here)
            node = self.nodes[here]
            if here != name:
                self._may_be_read(node, here, name)
            for used in _uses(node):
                visit(used)
            if node not in needed:
                needed.append(node)

        visit(name)
        needed.sort(key=lambda node: node.lineno)
        imports = [node for node in needed if isinstance(node, ast.Import | ast.ImportFrom)]
        rest = [node for node in needed if node not in imports]
        blocks = ["\n".join(self._text(node) for node in imports)] if imports else []
        return "\n\n\n".join([*blocks, *(self._text(node) for node in rest)])

    def without_judging(self, names: set[str]) -> str:
        """The file less what is named and the hidden checks: what a change of statement changes."""
        hidden = {
            number
            for name, node in self.nodes.items()
            if name in names or _is_hidden_check(node)
            for number in range(_first_line(node), (node.end_lineno or node.lineno) + 1)
        }
        kept = (line for number, line in enumerate(self.lines, 1) if number not in hidden)
        return "\n".join(line for line in kept if line.strip())

    def _may_be_read(self, node: ast.stmt, name: str, check: str) -> None:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == OURS:
            remedy = "Students have nothing of Partiel: make it a hidden_check."
        elif isinstance(node, ast.FunctionDef) and node.decorator_list:
            remedy = "Take it as an argument, or make it a hidden_check."
        else:
            return
        raise ContentError(self.path, self.line(check), f"'{check}' would show students '{name}'", remedy)

    def _text(self, node: ast.stmt) -> str:
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno])


def _binds(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [(alias.asname or alias.name).split(".")[0] for alias in names]
        case ast.Assign(targets=targets):
            return [t.id for target in targets for t in ast.walk(target) if isinstance(t, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
    return []


def _uses(node: ast.stmt) -> set[str]:
    own = {arg.arg for f in ast.walk(node) if isinstance(f, ast.FunctionDef | ast.Lambda) for arg in _arguments(f)}
    decorators = getattr(node, "decorator_list", [])
    skipped = {id(n) for d in decorators for n in ast.walk(d)}
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and id(n) not in skipped}
    return names - own


def _arguments(node: ast.FunctionDef | ast.Lambda) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def _is_hidden_check(node: ast.stmt) -> bool:
    marks = (d.func if isinstance(d, ast.Call) else d for d in getattr(node, "decorator_list", []))
    return any(isinstance(m, ast.Attribute) and m.attr in ("hidden_check", "follow_through") for m in marks)
