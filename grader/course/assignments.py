"""``[assignments.ID]`` of ``course.toml``."""

from __future__ import annotations

from pathlib import Path

from grader.course import words
from grader.errors import CourseError
from grader.model import Assignment

KEYS = ("title", "exercises", "points", "solution")


def read(file: Path, id: str, said: object) -> Assignment:
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
    solution = said.get("solution", False)
    if not isinstance(solution, bool):
        raise CourseError(file, f"{where}: solution = {solution!r} says neither yes nor no", "Write true or false.")
    return Assignment(id, str(said.get("title", id)), tuple(exercises), points, solution)
