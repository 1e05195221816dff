"""Results of a quiz as submissions of its assignment: who met which variants, and notebooks that hold their answers.

Grading, feedback and report then do what they do for notebooks, by the same rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from grader import lock, notebook
from grader.draws import Drawn
from grader.errors import CourseError, UsageError, near_miss
from grader.model import Assignment, Course
from grader.results import amc, as_json, moodle
from grader.results.exported import Exported
from grader.results.reply import Reply, student

READERS: Mapping[str, Callable[[Exported, Path], list[Reply]]] = {
    "moodle": moodle.replies,
    "amc": amc.replies,
    "json": as_json.replies,
}
Keys = dict[str, tuple[str, tuple[str, ...]]]  # key: the key of its exercise in the assignment, its questions


@dataclass
class Brought:
    """What an import did. Problems are what could not be brought in; remarks are what an instructor should know."""

    students: list[str] = field(default_factory=list)
    answers: int = 0
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Met:
    """A question of a variant that a student met, under a key of the assignment."""

    key: str
    question: str
    number: int
    source: str | None
    marked: Fraction | None


def read(name: str, exported: Exported, files: Iterable[Path]) -> list[Reply]:
    """Raises UsageError where no format has this name, CourseError where a file is none of it."""
    if name not in READERS:
        known = ", ".join(READERS)
        raise UsageError("--from", f"'{name}' is no kind of results", near_miss(name, READERS, f"Known: {known}."))
    found: list[Reply] = []
    for file in files:
        found += READERS[name](exported, file)
    return found


def bring(
    course: Course, assignment: Assignment, exported: Exported, replies: Sequence[Reply], *, force: bool = False
) -> Brought:
    """Lock what was met and write what was answered. Raises CourseError before anything is written."""
    done = Brought()
    for id in exported.changed():
        done.remarks.append(f"{id} has changed since the export: it is judged as it is now")
    met = {id: _met(assignment, exported, id, mine, done) for id, mine in _by_student(course, replies, done).items()}
    met = {id: mine for id, mine in met.items() if mine}
    if not met:
        return done
    before = lock.read(course, assignment.id) if lock.path(course, assignment.id).is_file() else None
    keys = _keys(assignment, exported, met.values(), done)
    if before is not None:
        keys = _agreed(before, assignment, keys, force=force)
    start_over = before is not None and _told(before, assignment) != keys
    handed = _handed(keys, exported, assignment, met, done)
    submissions = {id: course.root / "submitted" / id / assignment.id / f"{assignment.id}.ipynb" for id in met}
    _keep(before, handed, submissions, done, force=force)
    if start_over and before is not None:
        gone = [id for id in before.students if id not in handed]
        if gone:
            done.remarks.append(
                f"No longer part of '{assignment.id}', as this import asks other questions: {', '.join(gone)}"
            )
        before.file.replace(before.file.with_suffix(".old"))
    made = lock.prepare(course, assignment, met=lock.Met(keys, handed))
    if before is None or start_over or "quiz" in before.said:
        made.said["quiz"] = {key: {"of": of, "questions": list(names)} for key, (of, names) in keys.items()}
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    bridge.register(course, made)  # before anything is written: it refuses other questions than those with grades
    lock.store(made)
    for id in handed:
        sources = _sources(keys, met[id])
        notebook.write(submissions[id], notebook.compose(made.sheet(id), sources))
        done.students.append(id)
        done.answers += len(sources)
    try:
        _record(course, made, {id: _marks(keys, met[id]) for id in handed})
    except CourseError as error:
        done.problems.append(str(error))
    return done


def _by_student(course: Course, replies: Sequence[Reply], done: Brought) -> dict[str, list[Reply]]:
    """The attempt that counts: the last one that was finished."""
    attempts: defaultdict[str, dict[int, list[Reply]]] = defaultdict(dict)
    unknown: set[str] = set()
    for reply in replies:
        found = student(reply.who, course.students)
        if len(found) == 1:
            attempts[found[0].id].setdefault(reply.attempt, []).append(reply)
        elif reply.who.said not in unknown:
            unknown.add(reply.who.said)
            why = f"could be {', '.join(one.id for one in found)}" if found else "is not in students.csv"
            done.problems.append(f"{reply.who.said} ({reply.where}) {why}")
    chosen = {}
    for id, tries in attempts.items():
        finished = [n for n, mine in tries.items() if not mine[0].unfinished] or list(tries)
        chosen[id] = tries[finished[-1]]
        if len(tries) > 1:
            done.remarks.append(f"{id} has {len(tries)} attempts; the last finished one counts")
        elif chosen[id][0].unfinished:
            done.remarks.append(f"{id} has not finished the quiz; what is there counts")
    return chosen


def _met(assignment: Assignment, exported: Exported, id: str, replies: Sequence[Reply], done: Brought) -> list[_Met]:
    """By the keys of the assignment: an exercise that it asks twice is met twice."""
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for key, exercise in lock.keys(assignment).items():
        keys[exercise].append(key)
    seen: defaultdict[tuple[str, str], int] = defaultdict(int)
    met = []
    for reply in replies:
        if reply.problem:
            done.problems.append(f"{id}, {reply.where}: {reply.problem} (answered: {reply.answer[:80] or '-'})")
        if not reply.slug:
            continue
        exercise = exported.items[reply.slug]["exercise"]
        place = seen[exercise, reply.part]
        seen[exercise, reply.part] += 1
        if place >= len(keys[exercise]):
            why = "again, and the assignment asks it once less" if place else "which the assignment does not ask"
            done.problems.append(f"{id}, {reply.where}: {exercise}.{reply.part}, {why}")
            continue
        met.append(_Met(keys[exercise][place], reply.part, exported.number(reply.slug), reply.source, reply.marked))
    return met


def _keys(assignment: Assignment, exported: Exported, met: Iterable[Sequence[_Met]], done: Brought) -> Keys:
    """An exercise whose questions were drawn apart, with numbers of their own, is one item for each of them."""
    asked: defaultdict[str, set[str]] = defaultdict(set)
    apart: set[str] = set()
    for mine in met:
        numbers: defaultdict[str, set[int]] = defaultdict(set)
        for one in mine:
            asked[one.key].add(one.question)
            numbers[one.key].add(one.number)
        apart |= {key for key, several in numbers.items() if len(several) > 1}
    keys: Keys = {}
    for key, exercise in lock.keys(assignment).items():
        every = _questions(exported, exercise)
        names = tuple(name for name in every if name in asked[key])
        if left := [name for name in every if name not in asked[key]]:
            done.remarks.append(f"{key}: nobody met {', '.join(left)}, which count for nothing")
        if key in apart:
            keys |= {f"{key}-{name}": (key, (name,)) for name in names}
        elif names:
            keys[key] = (key, names)
    return keys


def _questions(exported: Exported, exercise: str) -> list[str]:
    one = next((one for one in exported.items.values() if one["exercise"] == exercise), None)
    return list(one["points"]) if one else []


def _told(before: lock.Lock, assignment: Assignment) -> Keys:
    """What a lock asks: of notebooks, every question."""
    if "quiz" in before.said:
        return {key: (one["of"], tuple(one["questions"])) for key, one in before.said["quiz"].items()}
    return {key: (key, ()) for key in lock.keys(assignment)}


def _agreed(before: lock.Lock, assignment: Assignment, keys: Keys, *, force: bool) -> Keys:
    """An import beside what is there asks what is there. Raises CourseError where it asks something else."""
    told = _told(before, assignment)
    if "quiz" not in before.said:
        if any(key not in told for key in keys):
            problem = f"'{assignment.id}' was handed out as notebooks, and the quiz drew its questions apart"
            raise CourseError(before.file, problem, "Import the quiz into an assignment of its own in course.toml.")
        return told
    if all(key in told and set(names) <= set(told[key][1]) for key, (_, names) in keys.items()):
        return told
    if force:
        return keys
    problem = f"'{assignment.id}' was imported before, with other questions"
    raise CourseError(before.file, problem, "Import all the files at once, with --force.")


def _handed(
    keys: Keys, exported: Exported, assignment: Assignment, met: Mapping[str, Sequence[_Met]], done: Brought
) -> dict[str, Drawn]:
    exercises = lock.keys(assignment)
    handed = {}
    for id, mine in met.items():
        numbers = {}
        for key, (of, names) in keys.items():
            same = [one for one in mine if one.key == of]
            own = [one.number for one in same if not names or one.question in names]
            if not own:
                done.remarks.append(f"{id} did not meet {key}: it counts as not answered")
            own += [one.number for one in same] or [_first(exported, exercises[of])]
            numbers[key] = str(own[0])
        handed[id] = Drawn(exported.lang, "", numbers)
    return handed


def _first(exported: Exported, exercise: str) -> int:
    return exported.number(next((slug for slug, one in exported.items.items() if one["exercise"] == exercise), ""))


def _keep(
    before: lock.Lock | None, handed: dict[str, Drawn], files: Mapping[str, Path], done: Brought, *, force: bool
) -> None:
    """Leaves out whoever has a submission or a copy that this import would replace."""
    for id in list(handed):
        copies = before.said["students"].get(id) if before is not None else None
        differs = copies is not None and copies["items"] != handed[id].numbers
        if differs and before is not None and "quiz" not in before.said:
            done.problems.append(
                f"{id} was handed other variants as a notebook: import the quiz as an assignment of its own"
            )
        elif files[id].exists() and not force:
            done.problems.append(f"{id} has already handed in: {files[id].name} is kept (--force replaces it)")
        else:
            continue
        del handed[id]


def _sources(keys: Keys, met: Sequence[_Met]) -> dict[str, str]:
    """By solution cell."""
    return {cell: one.source for cell, one in _cells(keys, met) if one.source is not None}


def _marks(keys: Keys, met: Sequence[_Met]) -> dict[str, Fraction]:
    """What a person gave, of the points of each solution cell."""
    return {cell: one.marked for cell, one in _cells(keys, met) if one.marked is not None}


def _cells(keys: Keys, met: Sequence[_Met]) -> Iterator[tuple[str, _Met]]:
    cells = {(of, name): key for key, (of, names) in keys.items() for name in names}
    for one in met:
        yield f"{cells.get((one.key, one.question), one.key)}-{one.question}", one


def _record(course: Course, made: lock.Lock, marks: Mapping[str, Mapping[str, Fraction]]) -> None:
    """The gradebook's rows, as a release makes them, and marks by hand. Raises CourseError."""
    from grader import bridge  # nbgrader takes seconds to import: only where it is used

    bridge.register(course, made)
    given = {id: mine for id, mine in marks.items() if mine}
    if given:
        bridge.marked_on_paper(course, made, given)
