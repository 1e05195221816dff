"""Checks of code as programs of their own, for platforms that run code: only those that are plain calls."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path

from grader import handout, values
from grader.errors import ContentError
from grader.model import Check, Task
from grader.quiz.asked import Asked
from grader.quiz.item import Trial
from grader.source import Source

MODULES = frozenset({"math", "numpy"})


def of(asked: Asked, task: Task) -> tuple[Trial, ...]:
    """Nothing where the exercise needs more than NumPy: a training, a dataset, a network."""
    exercise = asked.variant.exercise
    if exercise.needs or task.knobs:
        return ()
    found = []
    for check in task.checks:
        code = _code(exercise.path, check.run.__name__)
        if code and _is_plain(code, {*task.asks, *asked.given}, check):
            call = f"{check.name}({_arguments(asked, check)})"
            found.append(Trial(f"{_with_numpy(code, call)}\n\n\n{call}", check.hidden, check.weight))
    return tuple(found)


@lru_cache(maxsize=512)
def _code(path: Path, name: str) -> str:
    """Nothing where it needs what only we have."""
    try:
        return _source(path).closure(name)
    except ContentError:
        return ""


def _with_numpy(code: str, call: str) -> str:
    """A value is shown as an array, though the check itself names no NumPy."""
    return f"import numpy as np\n\n\n{code}" if "np." in call and "import numpy as np" not in code else code


@lru_cache(maxsize=64)
def _source(path: Path) -> Source:
    return Source(path)


def _arguments(asked: Asked, check: Check) -> str:
    return ", ".join(
        handout._literal(asked.given[name]) if name in asked.given else name for name in values.needs(check.run)
    )


def _is_plain(code: str, known: set[str], check: Check) -> bool:
    """One function of asserts, with nothing but NumPy beside it: no helper, which could be the solution; no measure."""
    body = ast.parse(code).body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    names = {name.split(".")[0] for node in imports for name in _modules(node)}
    returned = any(isinstance(node, ast.Return) and node.value for one in functions for node in ast.walk(one))
    alone = len(functions) == 1 and len(functions) + len(imports) == len(body)
    return alone and names <= MODULES and not returned and set(values.needs(check.run)) <= known


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
