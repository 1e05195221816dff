"""A course's submissions to records: what the ledger has is reused, what is judged is written at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing

from grader import datasets, lock, places, queue, verdicts
from grader.errors import WallError
from grader.model import Course, Level, Record, Terms
from grader.sandbox import Standing, standing


def grade(
    course: Course, assignment: str, terms: Terms, students: tuple[str, ...] | None = None
) -> Iterator[tuple[str, Record | Exception]]:
    """Each submitted copy's record, as they end; a new one is on the disk before it is given.

    Raises CourseError where the assignment was not released, WallError where the walls cannot stand.
    """
    _walls_stand(terms)
    handed = lock.read(course, assignment)
    plan = places.plan(course, handed.needs, terms)
    shared = places.Places(plan)

    def work(job: queue.Job) -> Record:
        with datasets.use(course.secret, course.data):  # in each thread: which hidden data its checks see
            return queue.grade(job, shared, terms.level, device=plan.device, force=terms.force)

    jobs = _jobs(course, handed, handed.students if students is None else students)
    workers = plan.workers(terms.workers, os.cpu_count() or 2)
    with closing(shared), closing(queue.grade_all(jobs, work, workers=workers)) as results:
        for job, result in results:
            if isinstance(result, Record) and result is not job.latest:
                verdicts.append(course, result)
            yield job.sheet.student, result


def _jobs(course: Course, handed: lock.Lock, students: Iterable[str]) -> Iterator[queue.Job]:
    """One for each student who handed something in. Raises CourseError where a student was handed nothing."""
    before = verdicts.history(course, handed.assignment)
    for student in students:
        sheet = handed.sheet(student)
        file = queue.submitted(course.root, handed.assignment, student)
        if file is not None:
            yield queue.Job(sheet, file, before.pop(student, ()))


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
    # A container has its engine say by itself what does not stand.
    here = Standing(Level.OUTER) if terms.image else standing()
    if not here:
        raise WallError("sandbox", here.why, f"{here.remedy} Or, for submissions you trust: --trust-submissions.")
    if not here.level.reaches(terms.walls):
        problem = f"the walls reach level '{here.level}' here, and this course asks for '{terms.walls}'"
        remedy = "Run 'partiel doctor' to see what is missing, or say --walls outer. For submissions you trust: "
        raise WallError("sandbox", problem, f"{remedy}--trust-submissions.")
