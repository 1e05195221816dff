"""``[assignments.ID]`` of ``course.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from grader.course import policy, words
from grader.errors import CourseError, near_miss
from grader.model import Assignment, Pools, Training

KEYS = (
    *("title", "exercises", "points", "solution", "pool", "resit_of", "groups", "anonymous", "variants"),
    *("start", "due", "training", *policy.KEYS),
)
RESIT = "resit"  # the pool that a resit draws from, where there is one of that name
RESIT_TAKES = ("exercises", "points", "solution", "groups", "anonymous", "variants", "training", *policy.KEYS)


def read(file: Path, id: str, said: object, *, anonymous: bool = False) -> Assignment:
    where = f"[assignments.{id}]"
    if not words.NAME.fullmatch(id):
        raise CourseError(file, f"{id!r} cannot name an assignment", "Use letters, digits, '-', '_' and '.'.")
    if not isinstance(said, dict):
        raise CourseError(file, f"{where} is no table", f"Write a line {where}, and its keys under it.")
    words.only(file, where, said, KEYS)
    exercises = said.get("exercises", [])
    if not isinstance(exercises, list) or not exercises or not all(isinstance(e, str) for e in exercises):
        raise CourseError(file, f"{where} has no exercises", 'Write them as exercises = ["conv_output_size", …].')
    weights = words.table(file, "points", said, where)
    points = {key: words.points(file, where, key, value) for key, value in weights.items()}
    solution = yes(file, where, said, "solution", unless=False)
    return Assignment(
        id,
        str(said.get("title", id)),
        tuple(exercises),
        points,
        solution,
        pool=_text(file, where, said, "pool"),
        resit_of=_text(file, where, said, "resit_of"),
        groups=yes(file, where, said, "groups", unless=True),
        anonymous=yes(file, where, said, "anonymous", unless=anonymous),
        shared=_shared(file, where, said),
        training=_training(file, where, said),
        handing=policy.read(file, where, said),
        **_times(file, where, said),
    )


def _times(file: Path, where: str, said: Mapping[str, object]) -> dict[str, str]:
    """``start`` and ``due``, with the offset that makes them one moment everywhere."""
    times: dict[str, datetime] = {}
    for key in ("start", "due"):
        value = said.get(key)
        if isinstance(value, str):
            with suppress(ValueError):
                value = datetime.fromisoformat(value)
        if value is not None and not (isinstance(value, datetime) and value.tzinfo):
            remedy = f"Write a day, an hour and the offset from UTC: {key} = 2026-12-01T23:59:00+01:00."
            raise CourseError(file, f"{where}: {key} = {str(value)!r} is no moment", remedy)
        if value is not None:
            times[key] = value
    if "start" in times and not ("due" in times and times["start"] < times["due"]):
        raise CourseError(file, f"{where}: start is not before due", "Write both, or due alone.")
    return {key: value.isoformat() for key, value in times.items()}


def _shared(file: Path, where: str, said: Mapping[str, object]) -> bool:
    variants = said.get("variants", "own")
    if variants not in ("own", "shared"):
        remedy = 'Write "own" (each student their own numbers) or "shared" (one release for nbgrader\'s exchange).'
        raise CourseError(file, f"{where}: variants = {variants!r} is neither", remedy)
    return variants == "shared"


def _training(file: Path, where: str, said: Mapping[str, object]) -> Training:
    training = said.get("training", "run")
    if training == "run" or training == "weights":
        return training
    remedy = 'Write "run" (the grader runs the training) or "weights" (students hand in what theirs gave).'
    raise CourseError(file, f"{where}: training = {training!r} is neither", remedy)


def as_resits(file: Path, said: Mapping[str, object], pools: Pools) -> dict[str, object]:
    """The tables, with what a resit does not say taken from what it is a resit of."""
    whole = dict(said)
    for id, table in said.items():
        if not isinstance(table, dict) or "resit_of" not in table:
            continue
        first = said.get(str(table["resit_of"]))
        if not isinstance(first, dict) or "resit_of" in first:
            remedy = near_miss(str(table["resit_of"]), [k for k in said if k != id], "Name an assignment of this file.")
            raise CourseError(file, f"[assignments.{id}] is a resit of no assignment here", remedy)
        taken = {key: first[key] for key in RESIT_TAKES if key in first}
        if RESIT in pools.shares:
            taken["pool"] = RESIT
        elif "pool" in first:
            taken["pool"] = first["pool"]
        whole[id] = {"title": f"{first.get('title', table['resit_of'])} (session 2)", **taken, **table}
    return whole


def _text(file: Path, where: str, said: Mapping[str, object], key: str) -> str:
    value = said.get(key, "")
    if not isinstance(value, str):
        raise CourseError(file, f"{where}: {key} = {value!r} is no name", f'Write it as {key} = "exam".')
    return value


def yes(file: Path, where: str, said: Mapping[str, object], key: str, *, unless: bool) -> bool:
    value = said.get(key, unless)
    if not isinstance(value, bool):
        raise CourseError(file, f"{where}: {key} = {value!r} says neither yes nor no", "Write true or false.")
    return value
