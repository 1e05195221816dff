"""What copies share beyond chance, for instructors: facts with their probability, never a conclusion about anyone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader import handed, lock, notebook, verdicts, weights
from grader.integrity import code, copies, neighbours, runs, words
from grader.integrity.copies import Copy
from grader.integrity.facts import COMMON, FALSE_FLAGS, LEAST, NAMED, Echo, Evidence, Findings, Kind, Pair
from grader.lock import Lock
from grader.model import Course, Exercise, Lang, Record, Sheet, Submission

__all__ = ["Echo", "Evidence", "Findings", "Kind", "Pair", "findings", "of"]


def findings(course: Course, assignment: str, lang: Lang) -> Findings:
    """Everything that was found in what was graded. Raises CourseError where the assignment was not released."""
    return of(course, lock.read(course, assignment), verdicts.latest(course, assignment), lang)


def of(course: Course, locked: Lock, records: Mapping[str, Record], lang: Lang) -> Findings:
    """The same of these records, by student."""
    if not course.integrity:
        return Findings(locked.assignment, on=False, remarks=(words.OFF[lang],))
    there = copies.read(course, locked, records)
    asked = copies.exercises(locked, lang)
    desk = _Desk(lang, there)
    found = neighbours.look(locked, asked, there)
    desk.answers(found)
    for same in runs.files(there):
        desk.agree(same)
    remarks = [words.background(lang, sum(map(len, found.hits.values())), found.wrong)] if found.wrong else []
    if code.has_code(asked.values()):
        remarks += _code(course, locked, asked, desk)
    return Findings(
        locked.assignment,
        copies=len(there),
        compared=found.compared,
        wrong=found.wrong,
        hits=sum(map(len, found.hits.values())),
        pairs=desk.sorted(),
        echoes=tuple(_echoes(found, there, lang)),
        remarks=tuple(remarks),
    )


@dataclass
class _Desk:
    """Pairs as they fill: what is said of answers goes one way, and what else two copies share joins it."""

    lang: Lang
    copies: Sequence[Copy]
    pairs: dict[tuple[int, int | None], Pair] = field(default_factory=dict)

    def answers(self, found: neighbours.Neighbours) -> None:
        for lead in found.leads:
            expected = lead.probability * found.compared
            if expected > NAMED or not found.compared:
                continue
            pair = self._pair(lead.copy, lead.other, directed=True)
            told = (words.answer(self.lang, pair.name, (pair.other_name,), hit) for hit in lead.hits)
            lines = tuple(
                Evidence("answers", hit.key, line, hit.chance) for hit, line in zip(lead.hits, told, strict=True)
            )
            self.pairs[lead.copy, lead.other] = replace(
                pair,
                evidence=lines,
                probability=lead.probability,
                expected=expected,
                summary=words.probability(self.lang, lead.probability, expected, lead.exercises),
                flagged=lead.exercises >= LEAST and expected <= FALSE_FLAGS,
            )

    def alike(self, one: code.Alike) -> None:
        pair = self._pair(one.copy, one.other)
        line = words.alike(self.lang, pair.name, pair.other_name if pair.other else "", one)
        kind: Kind = "code" if pair.other else "reference"
        # Our own solution is what the task leads to: being near it is shown, and is no flag.
        self._add(one.copy, one.other, Evidence(kind, one.question, line), flagged=bool(pair.other))

    def agree(self, one: runs.Same) -> None:
        pair = self._pair(one.copy, one.other)
        line = words.same(self.lang, pair.name, pair.other_name, one)
        kinds: dict[str, Kind] = {"file": "file", "weights": "weights", "outputs": "outputs"}
        self._add(one.copy, one.other, Evidence(kinds[one.kind], one.question, line), flagged=not one.seeded)

    def _pair(self, copy: int, other: int | None, *, directed: bool = False) -> Pair:
        if not directed and other is not None and (copy, other) not in self.pairs:
            copy, other = (other, copy) if (other, copy) in self.pairs else (copy, other)
        if (copy, other) in self.pairs:
            return self.pairs[copy, other]
        one = self.copies[copy]
        if other is None:
            return Pair(one.id, "", one.name, words.REFERENCE[self.lang], ())
        two = self.copies[other]
        return Pair(one.id, two.id, one.name, two.name, ())

    def _add(self, copy: int, other: int | None, line: Evidence, *, flagged: bool) -> None:
        if other is not None and (other, copy) in self.pairs and (copy, other) not in self.pairs:
            copy, other = other, copy
        pair = self._pair(copy, other)
        self.pairs[copy, other] = replace(pair, evidence=(*pair.evidence, line), flagged=pair.flagged or flagged)

    def sorted(self) -> tuple[Pair, ...]:
        """Flagged first; then by what chance would give least."""
        return tuple(
            sorted(
                self.pairs.values(),
                key=lambda p: (not p.flagged, 1.0 if p.expected is None else p.expected, -len(p.evidence), p.student),
            )
        )


def _echoes(found: neighbours.Neighbours, there: Sequence[Copy], lang: Lang) -> list[Echo]:
    told = []
    for place, hits in sorted(found.hits.items()):
        copy = there[place]
        for hit in hits:
            others = tuple(other.name for other in neighbours.givers(hit, copy, there))
            if others and hit.chance <= COMMON:
                line = words.answer(lang, copy.name, others, hit)
                said = words.shortened(hit.said)
                told.append(Echo(copy.id, copy.name, hit.key, said, others, hit.chance, line))
    return told


def _code(course: Course, locked: Lock, asked: Mapping[str, Exercise], desk: _Desk) -> list[str]:
    """Everything that needs the files as they were handed in, which are read and never run."""
    written: dict[str, dict[int, str]] = defaultdict(dict)
    starters: dict[str, set[str]] = defaultdict(set)
    arrays: dict[int, Mapping[str, object]] = {}
    unread = []
    for place, copy in enumerate(desk.copies):
        came = _handed_in(course, locked, copy)
        if came is None:
            unread.append(copy.name)
            continue
        sheet, submission = came
        for key, text in code.handed_out(sheet).items():
            starters[key].add(text)
        for key, source in code.written(sheet, submission).items():
            written[key][place] = source
        arrays[place] = submission.weights or {}
    for key, sources in written.items():
        item = next(i for i in asked if key in (i, *(f"{i}-{q.name}" for q in asked[i].questions)))
        for alike in code.compare(key, sources, desk.copies, sorted(starters[key]), code.ours(asked[item])):
            desk.alike(alike)
    everything = {n: "\n".join(sources[n] for sources in written.values() if n in sources) for n in arrays}
    for same in (*runs.weights(arrays, everything, desk.copies), *runs.outputs(asked, desk.copies, written)):
        desk.agree(same)
    return [words.unread(desk.lang, unread)] if unread else []


def _handed_in(course: Course, locked: Lock, copy: Copy) -> tuple[Sheet, Submission] | None:
    """The file as it lies in ``submitted/``, if it is there and can be read."""
    came = handed.handed_in(course.root, locked, copy.members[0])
    if came is None or any(folder.is_symlink() for folder in (came.file.parent, came.file.parent.parent)):
        return None
    sheet = locked.sheet(came.by)
    try:
        submission = notebook.read_submission(came.file, sheet)
    except notebook.UnreadableSubmission:
        return None
    return sheet, weights.beside(came.file, sheet, submission) if locked.training == "weights" else submission
