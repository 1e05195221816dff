"""Withdrawn and replaced questions: what they count for, in place of the verdicts that the ledger goes on holding.

The ledger stays as it was judged. Whoever counts (report, gradebook, pages, marks) puts its records through
``counted``, so that a question that is restored counts as before, and a copy that comes later counts as the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, cast

from grader import decided
from grader.decided import Decision
from grader.model import Course, Record, Status, Text, Verdict

Policy = Literal["all", "rescale"]
POLICIES: tuple[Policy, ...] = ("all", "rescale")
NOTHING: Mapping[str, Fraction] = {}
GIVEN = Text(
    "Cette question a été retirée ; ses points sont donnés à tous.",
    "This question was withdrawn; everyone has its points.",
)
RESCALED = Text(
    "Cette question a été retirée ; elle compte comme le reste du devoir.",
    "This question was withdrawn; it counts as the rest of the assignment does.",
)
CARRIED = Text(
    "Cette question en a remplacé une autre après la remise de cette copie : les points obtenus à l'ancienne"
    " comptent, en proportion.",
    "This question took the place of another after this copy was handed in: the points of the old one count, in"
    " proportion.",
)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A question that no longer counts. ``aside``: marks that humans had given it, by student."""

    key: str
    points: Policy
    because: str
    who: str = ""
    when: str = ""
    aside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Carry:
    """What a copy handed in before a replacement earned of the item that is gone, as a share of its points."""

    gone: str
    submission: str
    share: Fraction
    questions: tuple[tuple[str, Fraction], ...]  # of the item that came: names and points


@dataclass(frozen=True, slots=True)
class Remedies:
    """All that is in force in one assignment; ``carried`` by item, then by student."""

    withdrawn: Mapping[str, Withdrawal] = field(default_factory=dict)
    carried: Mapping[str, Mapping[str, Carry]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.withdrawn or self.carried)

    @property
    def rescaled(self) -> bool:
        return any(one.points == "rescale" for one in self.withdrawn.values())

    def stamp(self) -> str:
        """Of what changes a score or a page; nothing where there is no remedy."""
        said = [f"{one.key} {one.points} {one.because}" for one in self.withdrawn.values()]
        said += [f"{item} {student} {c}" for item, students in self.carried.items() for student, c in students.items()]
        return "\n".join(sorted(said))


def remedies(course: Course, assignment: str) -> Remedies:
    return in_force(decided.read(course, assignment))


def in_force(decisions: Iterable[Decision]) -> Remedies:
    withdrawn: dict[str, Withdrawal] = {}
    carried: dict[str, Mapping[str, Carry]] = {}
    for one in decisions:
        if one.deed == "withdraw":
            policy = cast(Policy, one.said["points"])
            aside = dict(one.said.get("aside", {}))
            withdrawn[one.about] = Withdrawal(one.about, policy, one.because, one.who, one.when, aside)
        elif one.deed == "restore":
            withdrawn.pop(one.about, None)
        elif one.deed == "replace":
            by = str(one.said["by"])
            questions = tuple((key.removeprefix(f"{by}-"), Fraction(p)) for key, p in one.said["questions"].items())
            carried[by] = {
                student: Carry(one.about, sha256, Fraction(share), questions)
                for student, (sha256, share) in one.said["carried"].items()
            }
    return Remedies(withdrawn, carried)


def counted(record: Record, now: Remedies, given: Mapping[str, Fraction] = NOTHING) -> Record:
    """The record as it counts. ``given`` are marks by hand, by key: a human's word about a question stands.

    Rescaled, a withdrawn question earns the share that the questions which were not withdrawn earn together: the
    same total as if the others were worth more, and neither they nor the maximum change.
    """
    if not now:
        return record
    carried = list(_with_carried(record, now))
    left = [v for v in carried if v.key not in now.withdrawn]
    worth = sum((v.points for v in left), Fraction(0))
    earned = sum((given.get(v.key, v.earned) for v in left), Fraction(0))
    share = min(Fraction(1), max(Fraction(0), earned / worth)) if worth else Fraction(0)
    return replace(record, verdicts=tuple(_withdrawn(v, now, share, given) for v in carried))


def _with_carried(record: Record, now: Remedies) -> Iterator[Verdict]:
    """In the place of what was judged of the item that is gone, or of the one that came and this copy does not hold."""
    mine = {
        by: students[record.student]
        for by, students in now.carried.items()
        if record.student in students and students[record.student].submission == record.submission
    }
    place = {by: by for by in mine} | {one.gone: by for by, one in mine.items()}
    done: set[str] = set()
    for verdict in record.verdicts:
        if verdict.item not in place:
            yield verdict
            continue
        by = place[verdict.item]
        while by in place and place[by] != by:  # replaced twice
            by = place[by]
        if by not in done:
            done.add(by)
            for name, points in mine[by].questions:
                blank = replace(verdict, item=by, question=name, points=points)
                yield _out(blank, points * mine[by].share, CARRIED)


def _withdrawn(verdict: Verdict, now: Remedies, share: Fraction, given: Mapping[str, Fraction]) -> Verdict:
    one = now.withdrawn.get(verdict.key)
    if one is None or verdict.key in given:
        return verdict
    earned, words = (verdict.points, GIVEN) if one.points == "all" else (verdict.points * share, RESCALED)
    because = f" {one.because}" if one.because else ""
    return _out(verdict, earned, Text(words.fr + because, words.en + because))


def _out(verdict: Verdict, earned: Fraction, words: Text) -> Verdict:
    return replace(verdict, status=Status.WITHDRAWN, earned=earned, feedback=words, misconceptions=(), evidence=())
