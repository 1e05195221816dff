"""Two pages of the site, written from the code: commands and their options, and what an exercise file imports."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from typer.main import get_command

from grader import author
from grader.cli import app
from grader.model import Limits

AUTHORING = {  # every name of grader.author, in the order of the page
    "Variants and values": ("grid", "value"),
    "Questions": ("answer", "task", "essay", "Measure"),
    "Rules": ("whole", "decimal", "shape", "formula", "table", "matrix", "choice", "choices", "matching", "ordering"),
    "Bugs in code, and blocks out of order": (
        *("Bug", "bugged", "bug_line", "right_line", "numbered", "idle_lines", "elsewhere"),
        *("misordered", "pairs", "at"),
    ),
}
METHODS = {"answer": author.AnswerMark, "task": author.TaskMark}  # what a decorated function offers


# ── commands ─────────────────────────────────────────────────────────────────


def commands() -> str:
    return "\n".join(_command(("partiel", name), one) for name, one in _known(get_command(app)).items())


def _known(group: Any) -> dict[str, Any]:
    return {name: one for name, one in group.commands.items() if not one.hidden}


def _command(words: tuple[str, ...], command: Any) -> str:
    if hasattr(command, "commands"):
        return "\n".join(_command((*words, name), one) for name, one in _known(command).items())
    said = [one for one in command.params if one.opts[0].startswith("-") and "--help" not in one.opts]
    given = [one for one in command.params if not one.opts[0].startswith("-")]
    usage = " ".join((*words, *(_argument(one) for one in given), *(("[OPTIONS]",) if said else ())))
    told = [f"## {' '.join(words[1:])}", inspect.cleandoc(command.help or ""), f"```\n{usage}\n```"]
    rows = [(f"`{_argument(one)}`", one.help or "") for one in given if getattr(one, "help", None)]
    rows += [(f"`{_option(one)}`", _what(one)) for one in said]
    told += ["\n".join(("| | |", "|---|---|", *(f"| {_cell(a)} | {_cell(b)} |" for a, b in rows)))] if rows else []
    return "\n\n".join(told) + "\n"


def _argument(argument: Any) -> str:
    name = argument.metavar or argument.name.upper()
    name += "..." if argument.nargs == -1 and not name.strip("[]").endswith(("...", "…")) else ""
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _option(option: Any) -> str:
    takes = "" if option.is_flag else f" {option.metavar or option.opts[-1].strip('-').upper()}"
    return ", ".join(option.opts) + takes


def _what(option: Any) -> str:
    words = [option.help or ""]
    words += ["May be repeated."] if option.multiple and "repeated" not in words[0] else []
    default = option.default
    if not option.is_flag and isinstance(default, str | int | float) and default != "":
        words.append(f"Unless said: `{default}`.")
    return " ".join(filter(None, words))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# ── what an exercise file imports ────────────────────────────────────────────


def authoring() -> str:
    placed = [name for names in AUTHORING.values() for name in names]
    if sorted(placed) != sorted(author.__all__):
        raise ValueError(f"docs/_reference.py places {sorted(set(placed) ^ set(author.__all__))} nowhere, or twice")
    return "\n".join(
        f"## {title}\n\n" + "\n".join(_name(name, getattr(author, name)) for name in names)
        for title, names in AUTHORING.items()
    )


def _name(name: str, one: Any) -> str:
    told = [f"### {name}", *_facts(name, one)]
    for method in METHODS.get(name, type).__dict__ if name in METHODS else ():
        meant = getattr(METHODS[name], method)
        if not method.startswith("_") and callable(meant) and meant.__doc__:
            told += [f"#### @question.{method}", inspect.cleandoc(meant.__doc__)]
    if name == "task":
        told += ["Limits, unless said otherwise:", _table(_defaults(Limits))]
    return "\n\n".join(told) + "\n"


def _facts(name: str, one: Any) -> Iterable[str]:
    if inspect.isclass(one):
        yield f"```python\n{name}{_signature(one)}\n```"
        yield inspect.cleandoc(one.__doc__ or "")
    elif inspect.isfunction(one):
        yield f"```python\n{name}{_signature(one)}\n```"
        rule = inspect.signature(one, eval_str=True).return_annotation
        if is_dataclass(rule) and rule.__module__.startswith("grader.rules"):
            yield inspect.cleandoc(rule.__doc__ or "")
        yield inspect.cleandoc(one.__doc__ or "")
    else:  # a rule that needs no arguments
        yield inspect.cleandoc(type(one).__doc__ or "")


def _signature(one: Callable[..., Any]) -> str:
    """Without the types of a file's own: a name and its default say what to write."""
    plain = [each.replace(annotation=inspect.Parameter.empty) for each in inspect.signature(one).parameters.values()]
    return str(inspect.Signature(plain)).replace(repr(author.whole), "whole")


def _defaults(facts: Any) -> list[tuple[str, str]]:
    return [(f"`{each.name}`", f"{each.default}") for each in fields(facts)]


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(("| | |", "|---|---|", *(f"| {_cell(a)} | {_cell(b)} |" for a, b in rows)))


PAGES: dict[str, Callable[[], str]] = {"reference/commands": commands, "reference/authoring": authoring}
