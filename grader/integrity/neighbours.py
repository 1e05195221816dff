"""Answers that are wrong for a student's own numbers and exactly right for another's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grader import values
from grader.integrity import chance, said
from grader.integrity.copies import Copy, together
from grader.integrity.facts import COMMON, LEAST
from grader.lock import Lock
from grader.model import Answer, Exercise, Lang, Status, Value, Variant


@dataclass(frozen=True)
class Hit:
    """A wrong answer that is right for the variants ``right_for``."""

    item: str
    question: str
    said: str
    right_for: frozenset[str]
    held: int  # of the other copies that have this exercise, how many hold one of these variants
    others: int

    @property
    def chance(self) -> float:
        return self.held / self.others

    @property
    def key(self) -> str:
        return f"{self.item}-{self.question}"


@dataclass(frozen=True)
class Lead:
    """Several answers of one copy that fit another: its position, the answers, their probability."""

    copy: int
    other: int
    hits: tuple[Hit, ...]
    probability: float

    @property
    def exercises(self) -> int:
        return len({hit.item for hit in self.hits})


@dataclass
class Neighbours:
    """Everything that answers say. ``compared`` pairs could have been flagged."""

    hits: dict[int, list[Hit]] = field(default_factory=lambda: defaultdict(list))
    leads: list[Lead] = field(default_factory=list)
    wrong: int = 0
    compared: int = 0


def look(locked: Lock, exercises: Mapping[str, Exercise], copies: Sequence[Copy]) -> Neighbours:
    found = Neighbours()
    holders: dict[str, Counter[str]] = {}
    for key, exercise in exercises.items():
        asked = [q for q in exercise.questions if isinstance(q, Answer) and q.rule.kind in said.COMPARED]
        holders[key] = Counter(copy.numbers[key] for copy in copies if key in copy.numbers)
        if asked and len(holders[key]) > 1:
            _exercise(_Deck(locked, key, exercise, holders[key]), asked, copies, found)
    for place, hits in found.hits.items():
        _leads(place, hits, copies, holders, found)
    return found


class _Deck:
    """The variants of one exercise that were handed out, and what each asks for."""

    def __init__(self, locked: Lock, key: str, exercise: Exercise, holders: Counter[str]) -> None:
        self.key, self.exercise, self.holders = key, exercise, holders
        kept = locked.said["items"][key]["variants"]
        self.variants = {n: Variant(exercise, values.plain(kept[n]["params"])) for n in holders}
        self.known = {n: values.of(variant) for n, variant in self.variants.items()}

    def options(self, number: str, question: Answer) -> tuple[str, ...]:
        return values.shown(self.variants[number], question, self.known[number])


class _Asked:
    """One question: what each variant asks for, and which of them a written answer is right for."""

    def __init__(self, deck: _Deck, question: Answer) -> None:
        self.question = question
        self.alike: dict[str, list[str]] = defaultdict(list)  # variants by what is right for them
        self.right: dict[str, Value] = {}
        for number, known in deck.known.items():
            value = known[question.name]
            same = repr(value.tolist() if hasattr(value, "tolist") else value)
            self.alike[same].append(number)
            self.right[same] = value
        self._read: dict[tuple[str, tuple[str, ...], str], frozenset[str]] = {}

    def right_for(self, shown: str, options: tuple[str, ...], lang: Lang) -> frozenset[str]:
        key = shown, options, lang
        if key not in self._read:
            given = said.value(self.question.rule, shown, options, lang)
            fitting = (same for same, right in self.right.items() if given is not None and self._fits(given, right))
            self._read[key] = frozenset(number for same in fitting for number in self.alike[same])
        return self._read[key]

    def _fits(self, given: Value, right: Value) -> bool:
        try:
            return self.question.rule.score(given, right) == 1
        except (TypeError, ValueError):  # a formula that could be read when it was judged, and no longer
            return False


def _exercise(deck: _Deck, questions: Sequence[Answer], copies: Sequence[Copy], found: Neighbours) -> None:
    for question in questions:
        asked = _Asked(deck, question)
        for place, copy in enumerate(copies):
            verdict = copy.verdicts.get((deck.key, question.name))
            if verdict is None or verdict.status not in (Status.WRONG, Status.PARTIAL):
                continue
            if verdict.misconceptions or len(verdict.evidence) != 1:
                continue  # an idea explains it, or nothing was read
            found.wrong += 1
            own = copy.numbers[deck.key]
            fits = asked.right_for(verdict.evidence[0], deck.options(own, question), copy.lang)
            held = sum(deck.holders[number] for number in fits)
            if held and own not in fits:  # right by today's judging: a regrade is due, and nothing else
                hit = Hit(deck.key, question.name, verdict.evidence[0], fits, held, deck.holders.total() - 1)
                found.hits[place].append(hit)


def _leads(
    place: int, hits: list[Hit], copies: Sequence[Copy], holders: Mapping[str, Counter[str]], found: Neighbours
) -> None:
    """The copies to which answers to several exercises point, each with its probability."""
    copy = copies[place]
    laws: dict[str, chance.Weights] = {}
    for item in dict.fromkeys(hit.item for hit in hits):
        theirs = [hit for hit in hits if hit.item == item]
        fits: Counter[int] = Counter()
        for number, count in holders[item].items():
            if many := sum(number in hit.right_for for hit in theirs):
                fits[many] += count
        laws[item] = chance.weights(fits, holders[item].total() - 1, COMMON)
    laws = {item: law for item, law in laws.items() if any(weight for weight, _ in law.values())}
    if len(laws) < 2:
        return
    if len(laws) >= LEAST:
        found.compared += sum(not together(copy, other) for other in copies)
    tail = None
    for other, target in enumerate(copies):
        if together(copy, target):
            continue
        fit = [hit for hit in hits if hit.item in laws and _points(hit, target)]
        met = Counter(hit.item for hit in fit)
        total = sum(_weight(laws[item], n) for item, n in met.items())
        if sum(_weight(laws[item], n) > 0 for item, n in met.items()) < 2:
            continue
        tail = chance.tail(laws.values()) if tail is None else tail
        kept = tuple(hit for hit in fit if _weight(laws[hit.item], met[hit.item]) > 0)
        found.leads.append(Lead(place, other, kept, float(tail[total])))


def _weight(law: chance.Weights, many: int) -> int:
    """Of as many answers fitting; where no variant has just as many, of the next fewer: never more than it weighs."""
    return max((weight for n, (weight, _) in law.items() if n <= many), default=0)


def _points(hit: Hit, target: Copy) -> bool:
    """Whether the answer is right for the target's numbers, and the target gave it."""
    verdict = target.verdicts.get((hit.item, hit.question))
    return target.numbers.get(hit.item) in hit.right_for and verdict is not None and verdict.status is Status.CORRECT


def givers(hit: Hit, copy: Copy, copies: Sequence[Copy]) -> Iterator[Copy]:
    return (other for other in copies if not together(copy, other) and _points(hit, other))
