"""Which names a cell reads before it binds them: what it goes on with, from the cells above."""

from __future__ import annotations

import ast
import re

MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)


def first(source: str) -> frozenset[str]:
    """Of the cell's own level: what a function of it reads is read when it is called. Empty for what is no Python."""
    try:
        ahead: list[ast.AST] = [ast.parse(MAGIC.sub(r"\1pass", source))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    read: set[str] = set()
    bound: set[str] = set()
    while ahead:  # a student's code may be nested deeper than a function may call itself
        match node := ahead.pop():
            case ast.Name(id=name, ctx=ast.Load()):
                if name not in bound:
                    read.add(name)
            case ast.Name(id=name):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                bound.update((alias.asname or alias.name).partition(".")[0] for alias in names)
            case ast.Lambda():
                pass
            case _:
                ahead.extend(reversed(_parts(node)))
    return frozenset(read)


def _parts(node: ast.AST) -> list[ast.AST]:
    """In the order in which they are evaluated: what is assigned comes before what it is assigned to."""
    match node:
        case ast.Assign(targets=targets, value=value):
            return [value, *targets]
        case ast.AnnAssign(target=target, value=value):
            return [value, target] if value else []
        case ast.NamedExpr(target=target, value=value):
            return [value, target]
        case ast.AugAssign(target=ast.Name(id=name) as target, value=value):
            return [ast.Name(name, ast.Load()), value, target]
        case ast.For(target=target, iter=of, body=body, orelse=orelse):
            return [of, target, *body, *orelse]
        case ast.ListComp(elt=made) | ast.SetComp(elt=made) | ast.GeneratorExp(elt=made):
            return [*node.generators, made]
        case ast.DictComp(key=key, value=value):
            return [*node.generators, key, value]
        case ast.comprehension(target=target, iter=of, ifs=conditions):
            return [of, target, *conditions]
    return list(ast.iter_child_nodes(node))
