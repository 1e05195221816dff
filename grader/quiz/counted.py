"""Questions answered by numbers, and by formulas, as parts of a quiz item."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from grader import formula as formulas
from grader import tex
from grader.model import Text, Value
from grader.quiz import distractors, numbers
from grader.quiz.asked import Asked, as_choice, legend, line, math
from grader.quiz.item import Field, Known, Number, Part
from grader.quiz.numbers import plain
from grader.quiz.words import Node, Words
from grader.rules.formulas import Formula
from grader.rules.numbers import Decimal

DECIMAL = Text("Écrivez un nombre décimal, sans unité.", "Write a decimal number with a point, without a unit.")
NO_FRACTION = Text(
    "Écrivez un nombre décimal, sans unité : une fraction ne serait pas lue ici.",
    "Write a decimal number with a point, without a unit: a fraction could not be read here.",
)
WHOLE = Text("Écrivez un nombre entier.", "Write a whole number.")
ALONE = Text("Ici, chaque case est jugée seule.", "Here each field is judged on its own.")
ONE = Text("Ici, une seule ligne :", "Here, a single line:")
CHECKED = 40  # points on which a formula's value is given


def numeric(asked: Asked) -> Part:
    rule = asked.answer.rule if isinstance(asked.answer.rule, Decimal) else None
    number = numbers.number(asked.right, rule, asked.lang)
    decimals = numbers.digits(rule, asked.right)

    def shown(value: Value) -> str:
        return numbers.shown(value, 0 if rule is None and isinstance(plain(value), int) else decimals, asked.lang)

    said = {name: words for name, _, words in asked.wrong}
    wrong = [(name, value) for name, value, _ in asked.wrong]
    within = asked.domain or distractors.domain(asked.variant.exercise, asked.question.name)
    kept = distractors.numbers(within, asked.answer, asked.right, wrong, shown)
    twin = as_choice(asked, [(n, v, said.get(n, ())) for n, v in kept], lambda value: line(shown(value)))
    how = WHOLE if rule is None else NO_FRACTION if "fraction" in asked.question.prompt[asked.lang] else DECIMAL
    return asked.part(
        kind="numeric", number=number, known=_known(asked, number, decimals), twin=twin, how=line(how[asked.lang])
    )


def _known(asked: Asked, number: Number, decimals: int) -> tuple[Known, ...]:
    """Each value once: the first idea that leads there speaks."""
    found: dict[str, Known] = {}
    for name, value, words in asked.wrong:
        if _is_number(value) and not number.accepts(numbers.ascii_number(value)):
            written = numbers.ascii_number(value)
            printed = _printed(asked, value, decimals)
            found.setdefault(written, Known(name, (written,), printed, words))
    return tuple(found.values())


def _is_number(value: Value) -> bool:
    try:
        numbers.ascii_number(value)
    except ValueError:
        return False
    return True


def _fields(
    asked: Asked, names: Sequence[str], labels: Sequence[Words], rights: Sequence[Value],
    wrongs: Sequence[tuple[str, Sequence[Value], Words]], rule: Decimal | None,
) -> tuple[Field, ...]:  # fmt: skip
    fields = []
    for n, (name, label, right) in enumerate(zip(names, labels, rights, strict=True)):
        if not _is_number(right):
            fields.append(Field(name, label, None, str(right)))
            continue
        number = numbers.number(right, rule, asked.lang)
        known: dict[str, Known] = {}
        for idea, row, words in wrongs:
            if len(row) == len(rights) and _is_number(row[n]):
                written = numbers.ascii_number(row[n])
                if not number.accepts(written):
                    printed = numbers.shown(row[n], numbers.digits(rule, right), asked.lang)
                    known.setdefault(written, Known(idea, (written,), printed, words))
        fields.append(Field(name, label, number, number.value, tuple(known.values())))
    return tuple(fields)


def _written(value: Value) -> str:
    return numbers.ascii_number(value) if _is_number(value) else str(value)


def _printed(asked: Asked, value: Value, decimals: int) -> str:
    exact = decimals if not isinstance(plain(value), int) or decimals else 0
    return numbers.shown(value, exact, asked.lang) if _is_number(value) else str(value)


def table(asked: Asked) -> Part:
    rule: Decimal | None = asked.answer.rule.cell  # type: ignore[attr-defined]  # of a table
    rows = list(asked.right)
    wrongs = [(name, [value.get(row) for row in rows], words) for name, value, words in asked.wrong]
    fields = _fields(asked, rows, [asked.label(row) for row in rows], list(asked.right.values()), wrongs, rule)
    decimals = {row: numbers.digits(rule, asked.right[row]) for row in rows}

    def shown(value: Value) -> Words:
        nodes: list[Node] = []
        for row in rows:
            nodes += [Node("text", " ; " if asked.lang == "fr" else "; ")] if nodes else []
            nodes += [Node("code", row), Node("text", f" = {_printed(asked, value.get(row), decimals[row])}")]
        return (Node("paragraph", children=tuple(nodes)),)

    known = tuple(Known(name, tuple(map(_written, row)), "", words) for name, row, words in wrongs)
    listed = legend([(f"{row}", asked.label(row)) for row in rows if row in asked.answer.labels], "code")
    how = () if rule is None else line(DECIMAL[asked.lang])
    follows = asked.answer.follow_through is not None
    how += line(ALONE[asked.lang]) if follows else ()
    return asked.part(
        follows=follows,
        one=line(ONE[asked.lang]),
        kind="table",
        fields=fields,
        known=known,
        how=how,
        twin=as_choice(asked, asked.wrong, shown, listed),
    )


def grid(asked: Asked) -> Part:
    rule: Decimal | None = asked.answer.rule.cell  # type: ignore[attr-defined]  # of a grid
    right = [list(row) for row in plain(asked.right)]
    columns = len(right[0])
    names = [f"r{i + 1}c{j + 1}" for i in range(len(right)) for j in range(columns)]
    alike = [(name, grid, words) for name, value, words in asked.wrong if (grid := _rows(value)) is not None]
    size = [len(row) for row in right]
    wrongs = [(name, [x for row in grid for x in row], words) for name, grid, words in alike
              if [len(row) for row in grid] == size]  # fmt: skip
    flat = [x for row in right for x in row]
    fields = _fields(asked, names, [()] * len(names), flat, wrongs, rule)
    decimals = max(numbers.digits(rule, x) for x in flat)
    known = tuple(Known(name, tuple(map(_written, row)), "", words) for name, row, words in wrongs)
    how = () if rule is None else line(DECIMAL[asked.lang])
    twin = as_choice(asked, alike, lambda value: math(_matrix(asked, value, decimals)))
    return asked.part(kind="grid", fields=fields, columns=columns, known=known, how=how, twin=twin)


def _rows(value: Value) -> list[list[Value]] | None:
    value = plain(value)
    rows = [list(row) for row in value] if all(isinstance(row, list | tuple) for row in value) else [list(value)]
    return rows if rows and all(_is_number(x) for row in rows for x in row) else None


def _matrix(asked: Asked, value: Value, decimals: int) -> str:
    rows = _rows(value) or []
    lines = (" & ".join(_tex_number(_printed(asked, x, decimals)) for x in row) for row in rows)
    return r"\begin{pmatrix} " + r" \\ ".join(lines) + r" \end{pmatrix}"


def _tex_number(shown: str) -> str:
    return shown.replace(",", "{,}").replace("\u202f", r"\,").replace("−", "-")


def shape(asked: Asked) -> Part:
    right = tuple(plain(asked.right))
    wrongs = [(name, tuple(plain(value)), words) for name, value, words in asked.wrong]
    fields = _fields(asked, [f"axis{n + 1}" for n in range(len(right))], [()] * len(right), right, wrongs, None)
    known = tuple(Known(name, tuple(map(_written, row)), _tuple(row), words) for name, row, words in wrongs)
    return asked.part(
        kind="shape", fields=fields, columns=len(right), known=known, accepted=spellings(tuple(map(_written, right))),
        how=asked.example, twin=as_choice(asked, wrongs, lambda value: line(_tuple(value))),
    )  # fmt: skip


def _tuple(sizes: Sequence[Value]) -> str:
    return f"({', '.join(map(_written, sizes))}{',' if len(sizes) == 1 else ''})".replace("-", "−")


def spellings(sizes: tuple[str, ...]) -> tuple[str, ...]:
    """``(28, 28, 16)`` as students write it."""
    if not sizes:
        return ("()", "[]")
    joined = [between.join(sizes) for between in (", ", ",", " ", " x ", "x", " × ", "×", " ; ", "; ")]
    alone = (f"({sizes[0]},)",) if len(sizes) == 1 else ()  # as Python writes it
    return tuple(
        dict.fromkeys((*alone, f"({joined[0]})", f"({joined[1]})", *joined, f"[{joined[0]}]", f"[{joined[1]}]"))
    )


def formula(asked: Asked) -> Part:
    rule = asked.answer.rule
    assert isinstance(rule, Formula)
    known = tuple(Known(name, (value,), value, words) for name, value, words in asked.wrong)
    return asked.part(
        kind="formula", accepted=(asked.right,), variables=rule.names, known=known,
        points_checked=_checked(rule, asked.right), how=asked.example,
        twin=as_choice(asked, asked.wrong, lambda value: math(tex.written(value, rule.names))),
    )  # fmt: skip


@lru_cache(maxsize=256)
def _checked(rule: Formula, right: str) -> tuple[tuple[dict[str, str], str], ...]:
    """The same in every variant whose formula is the same."""
    points = rule.points()[:CHECKED]
    at = zip(points, formulas.values_at(right, points), strict=True)
    return tuple(
        ({name: numbers.ascii_number(value) for name, value in point.items()}, numbers.ascii_number(value))
        for point, value in at
        if value is not None
    )
