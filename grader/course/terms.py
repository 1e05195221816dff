"""``[grading]`` of ``course.toml``, and what a command says instead: how submissions are graded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader.course import words
from grader.errors import CourseError, UsageError
from grader.model import Level, Terms

KEYS = ("walls", "device", "gpus", "per_gpu", "workers", "image")
WALLS = ("outer", "inner")
DEVICES = ("auto", "cpu", "gpu")


def read(file: Path, said: dict[str, Any]) -> Terms:
    """Raises CourseError."""
    words.only(file, "[grading]", said, KEYS)
    try:
        return _terms(said)
    except _Odd as odd:
        raise CourseError(f"{file}: [grading]", odd.problem, odd.remedy) from None


def amended(base: Terms, said: Mapping[str, Any], *, trust: bool, force: bool) -> Terms:
    """The course's terms, but for what a command line says (None: nothing). Raises UsageError."""
    known = {key: value for key, value in asdict(base).items() if key in KEYS}
    options = {key: value for key, value in said.items() if value is not None}
    try:
        return _terms(known | options, trust=trust, force=force)
    except _Odd as odd:
        raise UsageError("grade", odd.problem, odd.remedy) from None


class _Odd(ValueError):
    def __init__(self, problem: str, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy


def _terms(said: Mapping[str, Any], *, trust: bool = False, force: bool = False) -> Terms:
    walls, device, image = said.get("walls", "outer"), said.get("device", "auto"), said.get("image", "")
    if walls not in WALLS:
        raise _Odd(f"walls = {walls!r} is no level", "Say outer or inner.")
    if device not in DEVICES:
        raise _Odd(f"device = {device!r} is none", f"Say {', '.join(DEVICES)}.")
    if not isinstance(image, str):
        raise _Odd(f"image = {image!r} is no name", "Write it as a string.")
    return Terms(
        walls=Level(walls),
        device=device,
        gpus=_gpus(said.get("gpus", ())),
        per_gpu=_count("per_gpu", said.get("per_gpu", 1), 1),
        workers=_count("workers", said.get("workers", 0), 0),
        image=image,
        trust=trust,
        force=force,
    )


def _gpus(said: object) -> tuple[int, ...]:
    """Cards by their number in nvidia-smi: ``[0, 1]``, or ``"0,1"`` on a command line."""
    numbers = said.split(",") if isinstance(said, str) else said
    odd = _Odd(f"gpus = {said!r} is no list of cards", "Say their numbers in nvidia-smi: gpus = [0, 1], or --gpus 0,1.")
    if not isinstance(numbers, list | tuple):
        raise odd
    try:
        cards = tuple(int(str(one)) for one in numbers)
    except ValueError:
        raise odd from None
    if min(cards, default=0) < 0 or len(set(cards)) < len(cards):
        raise odd
    return cards


def _count(key: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _Odd(f"{key} = {value!r} is no number of submissions", f"Say {least or 1}, or more.")
    return value
