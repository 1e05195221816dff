"""Which names a cell reads before it binds them: what it goes on with, from the cells above."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)


def first(source: str) -> frozenset[str]:
    """Of the cell's own level: what a function of it reads is read when it is called. Empty for what is no Python."""
    try:
        tree = ast.parse(MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    read: set[str] = set()
    bound: set[str] = set()
    for name, is_read in _names(tree):
        if is_read and name not in bound:
            read.add(name)
        elif not is_read:
            bound.add(name)
    return frozenset(read)


def _names(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """Each name in the order in which it is read (True) or bound (False)."""
    match node:
        case ast.Name(id=name, ctx=context):
            yield name, isinstance(context, ast.Load)
        case ast.Assign(targets=targets, value=value):
            yield from _all([value, *targets])
        case ast.AnnAssign(target=target, value=value):
            yield from _all([value, target] if value else [])
        case ast.NamedExpr(target=target, value=value):
            yield from _all([value, target])
        case ast.AugAssign(target=target, value=value):
            if isinstance(target, ast.Name):
                yield target.id, True
            yield from _all([value, target])
        case ast.For(target=target, iter=of, body=body, orelse=orelse):
            yield from _all([of, target, *body, *orelse])
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, False
        case ast.ListComp(elt=made) | ast.SetComp(elt=made) | ast.GeneratorExp(elt=made):
            yield from _all([*node.generators, made])
        case ast.DictComp(key=key, value=value):
            yield from _all([*node.generators, key, value])
        case ast.comprehension(target=target, iter=of, ifs=conditions):
            yield from _all([of, target, *conditions])
        case ast.Lambda():
            return
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                yield (alias.asname or alias.name).partition(".")[0], False
        case _:
            yield from _all(ast.iter_child_nodes(node))


def _all(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, bool]]:
    for node in nodes:
        yield from _names(node)
