"""A course's submissions to records: what the ledger has is reused, what is judged is written at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, nullcontext

from grader import datasets, handed, images, lock, places, queue, served, verdicts
from grader.errors import WallError
from grader.model import Course, Record, Terms
from grader.sandbox import contained, standing


def grade(
    course: Course,
    assignment: str,
    terms: Terms,
    students: tuple[str, ...] | None = None,
    book: str = verdicts.COUNTING,
) -> Iterator[tuple[str, Record | Exception]]:
    """Each submitted copy's record, as they end; a new one is in the book before it is given.

    Raises CourseError where the assignment was not released, or with other images than there are now, WallError
    where the walls cannot stand.
    """
    _walls_stand(terms)
    locked = lock.read(course, assignment)
    images.are_the_same(course, locked.said)
    plan = places.plan(course, locked.needs, terms, locked.setup)
    shared = places.Places(plan)

    def work(job: queue.Job) -> Record:
        with datasets.use(course.secret, course.data):  # in each thread: which hidden data its checks see
            return queue.grade(job, shared, terms.level, device=plan.device, force=terms.force)

    chosen = locked.students if students is None else students
    before = verdicts.history(course, locked.assignment, book)
    owners: dict[str, list[str]] = {}
    jobs = _jobs(course, locked, chosen, before, owners)
    workers = plan.workers(terms.workers, os.cpu_count() or 2)
    counting = served.counting(course) if book == verdicts.COUNTING else nullcontext()
    with counting as count, closing(shared), closing(queue.grade_all(jobs, work, workers=workers)) as results:
        for job, result in results:
            by = job.sheet.student
            for student in owners.pop(by):  # a group has one verdict: each of its members has it
                if not isinstance(result, Record):
                    yield student, result
                    continue
                record = handed.shared(result, student, job.sheet, by)
                known = before.get(student, ())
                if not any(result is one for one in job.before) or not known or known[-1] != record:
                    if count is None:
                        verdicts.append(course, record, book)
                    else:
                        count(record)
                yield student, record


def _jobs(
    course: Course,
    locked: lock.Lock,
    students: Iterable[str],
    before: Mapping[str, tuple[Record, ...]],
    owners: dict[str, list[str]],
) -> Iterator[queue.Job]:
    """One for each copy that was handed in; ``owners`` are told whose it is. Raises CourseError for who has none."""
    asked = dict.fromkeys(students)
    done: set[str] = set()
    for student in asked:
        sheet = locked.sheet(student)
        came = None if student in done else handed.handed_in(course.root, locked, student)
        if came is None:
            continue
        members = sheet.group or (student,)
        done.update(members)
        owners[came.by] = [member for member in members if member in asked]
        known = [record for member in members if member != came.by for record in before.get(member, ())]
        theirs = locked.sheet(came.by) if sheet.group else sheet
        yield queue.Job(theirs, came.file, (*known, *before.get(came.by, ())), by_weights=locked.training == "weights")


def grade_one(course: Course, assignment: str, student: str, terms: Terms | None = None) -> Record | None:
    """The record of one student's submission, or None where nothing was handed in. Raises what went wrong of ours."""
    for _, result in grade(course, assignment, terms or course.grading, (student,)):
        if isinstance(result, Exception):
            raise result
        return result
    return None


def _walls_stand(terms: Terms) -> None:
    if terms.trust:
        return
    here = contained(terms.image) if terms.image else standing()
    if not here:
        raise WallError("sandbox", here.why, f"{here.remedy} Or, for submissions you trust: --trust-submissions.")
    if not here.level.reaches(terms.walls):
        problem = f"the walls reach level '{here.level}' here, and this course asks for '{terms.walls}'"
        remedy = "Run 'partiel doctor' to see what is missing, or say --walls outer. For submissions you trust: "
        raise WallError("sandbox", problem, f"{remedy}--trust-submissions.")
