"""How a quiz turns what was chosen into points, and how that is said to whoever imports it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from grader.errors import UsageError, near_miss
from grader.model import Lang

Several = Literal["exercise", "all-or-nothing", "proportional", "net-correct"]
SEVERAL: tuple[Several, ...] = ("exercise", "all-or-nothing", "proportional", "net-correct")


@dataclass(frozen=True, slots=True)
class Policy:
    """``negative`` is the share of the points that a wrong choice costs; ``guess`` makes it 1/(options - 1)."""

    several: Several = "exercise"
    negative: Fraction = Fraction(0)
    guess: bool = False

    def wrong_choice(self, options: int) -> Fraction:
        """The credit of a wrong option among ``options``, where one is right."""
        if self.guess:
            return Fraction(-1, max(1, options - 1))
        return -self.negative

    def credits(self, right: int, wrong: int, *, all_or_nothing: bool) -> tuple[Fraction, Fraction]:
        """What each right option earns and each wrong one costs; never below zero in all."""
        earns = Fraction(1, right) if right else Fraction(0)
        if self.strict(all_or_nothing=all_or_nothing):
            return earns, Fraction(-1)
        even = Fraction(1, wrong) if wrong else Fraction(1)
        if self.several == "proportional":
            return earns, -even  # choosing everything earns nothing
        if self.several == "net-correct":
            return earns, -earns or Fraction(-1)
        return earns, -max(earns, even)

    def strict(self, *, all_or_nothing: bool) -> bool:
        return self.several == "all-or-nothing" or (self.several == "exercise" and all_or_nothing)

    def said(self, lang: Lang) -> str:
        """One or two sentences."""
        return " ".join((SAID[self.several][lang == "en"], self._negative(lang)))

    def _negative(self, lang: Lang) -> str:
        if self.guess:
            return GUESS[lang == "en"]
        if not self.negative:
            return NONE[lang == "en"]
        return COST[lang == "en"].format(f"{self.negative.numerator}/{self.negative.denominator}")


SAID: dict[Several, tuple[str, str]] = {
    "exercise": (
        "Plusieurs bonnes réponses : chacune rapporte sa part, une mauvaise coûte au moins autant, jamais sous zéro.",
        "Several right answers: each earns its share, a wrong one costs at least as much, never below zero.",
    ),
    "all-or-nothing": (
        "Plusieurs bonnes réponses : tous les points si toutes y sont et aucune autre, sinon zéro.",
        "Several right answers: all the points for all of them and no other, else none.",
    ),
    "proportional": (
        "Plusieurs bonnes réponses : chacune rapporte sa part ; tout cocher ne rapporte rien, jamais moins de zéro.",
        "Several right answers: each earns its share; ticking everything earns nothing, never below zero.",
    ),
    "net-correct": (
        "Plusieurs bonnes réponses : bonnes moins mauvaises, sur le nombre de bonnes, jamais moins de zéro.",
        "Several right answers: right minus wrong, over the number of right ones, never below zero.",
    ),
}
NONE = ("Une seule bonne réponse : une mauvaise ne coûte rien.", "One right answer: a wrong one costs nothing.")
COST = (
    "Une seule bonne réponse : une mauvaise coûte {} des points de la question.",
    "One right answer: a wrong one costs {} of the question's points.",
)
GUESS = (
    "Une seule bonne réponse : une mauvaise coûte 1/(n − 1) des points, n étant le nombre de propositions.",
    "One right answer: a wrong one costs 1/(n − 1) of the points, n being the number of options.",
)


def read(written: str) -> Policy:
    """``net-correct``, ``negative=1/3``, ``guess``, or several with commas between. Raises UsageError."""
    several: Several = "exercise"
    negative, guess = Fraction(0), False
    for word in filter(None, (part.strip() for part in written.split(","))):
        name, _, value = word.partition("=")
        if name == "guess" and not value:
            guess = True
        elif name == "negative":
            negative = _share(value)
        elif name in SEVERAL:
            several = next(known for known in SEVERAL if known == name)
        else:
            known = (*SEVERAL, "guess", "negative=1/3")
            raise UsageError(
                "--policy", f"'{word}' is no policy", near_miss(word, known, f"Known: {', '.join(known)}.")
            )
    return Policy(several, negative, guess)


def _share(value: str) -> Fraction:
    try:
        share = Fraction(value)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise UsageError("--policy", f"negative={value} is no share", "Write a share from 0 to 1: negative=1/3.")
    return share
