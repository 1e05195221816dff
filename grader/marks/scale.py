"""Points to a mark on a scale, rounded half up, and written the way a country writes it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from grader.errors import UsageError
from grader.model import Lang

MOST_DECIMALS = 6
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Scale:
    """Marks out of ``out_of``, at multiples of ``step``: a mark half-way between two goes up."""

    out_of: Fraction = Fraction(20)
    step: Fraction = Fraction(1, 100)

    def rounded(self, share: Fraction) -> Fraction:
        """The mark for this share of all points. Full points are the full mark: ``step`` divides ``out_of``."""
        return floor(share * self.out_of / self.step + HALF) * self.step

    def written(self, mark: Fraction, lang: Lang) -> str:
        """``12.50``, or ``12,50`` in French: as many decimals as the step has."""
        decimals = next(n for n in range(MOST_DECIMALS + 1) if (self.step * 10**n).denominator == 1)
        whole, rest = divmod(mark * 10**decimals, 10**decimals)
        return str(whole) + (f"{',' if lang == 'fr' else '.'}{int(rest):0{decimals}}" if decimals else "")

    @property
    def name(self) -> str:
        return str(self.out_of) if self.out_of.denominator == 1 else str(float(self.out_of))


def read_scale(out_of: str, step: str) -> Scale:
    """As typed. Raises UsageError."""
    whole, fine = number("--out-of", out_of), number("--round", step)
    if not any((fine * 10**n).denominator == 1 for n in range(MOST_DECIMALS + 1)):
        raise UsageError("--round", f"{step} has more than {MOST_DECIMALS} decimals", "Say 0.25, 0.5 or 0.01.")
    if (whole / fine).denominator != 1:
        problem = f"full marks, {out_of}, are no multiple of {step}: rounding would lower or raise them"
        raise UsageError("--round", problem, "Say 0.25, 0.5 or 0.01.")
    return Scale(whole, fine)


def read_weights(said: str | None, assignments: tuple[str, ...]) -> dict[str, Fraction]:
    """``td1=1,td2=2`` as numbers; nothing said: all the same. Raises UsageError."""
    if said is None:
        return dict.fromkeys(assignments, Fraction(1))
    given: dict[str, Fraction] = {}
    for part in said.split(","):
        name, sign, value = part.strip().partition("=")
        if not sign or name not in assignments or name in given:
            remedy = f"Say each once: {','.join(f'{id}=1' for id in assignments)}."
            raise UsageError("--weights", f"{part.strip()!r} gives no weight to an assignment named here", remedy)
        given[name] = number("--weights", value)
    if missing := [id for id in assignments if id not in given]:
        raise UsageError("--weights", f"{', '.join(missing)} has none", "Say one for each assignment, as td1=1,td2=2.")
    return given


def number(where: str, said: str) -> Fraction:
    try:
        value = Fraction(said.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if value <= 0:
        raise UsageError(where, f"{said!r} is no number above 0", "Say 20, 0.25 or 1.")
    return value
