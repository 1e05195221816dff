"""The same exercises as quizzes for courses and paper exams: a neutral form, then one module for each format."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.metadata import entry_points
from typing import Protocol

from grader.errors import UsageError, near_miss
from grader.model import Exercise, Lang, Text
from grader.quiz import build, carry, copies, manifest
from grader.quiz.build import Allowed
from grader.quiz.carry import Notes, Report
from grader.quiz.item import Quiz
from grader.quiz.policy import Policy

FORMATS: Mapping[str, str] = {
    "aiken": "grader.quiz.aiken",
    "anki": "grader.quiz.anki",
    "blackboard": "grader.quiz.blackboard",
    "canvas": "grader.quiz.canvas",
    "gift": "grader.quiz.gift",
    "h5p": "grader.quiz.h5p",
    "html": "grader.quiz.selftest",
    "json": "grader.quiz.as_json",
    "kahoot": "grader.quiz.kahoot",
    "moodle": "grader.quiz.moodle",
    "stack": "grader.quiz.stack",
    "qti21": "grader.quiz.qti.v21",
    "qti22": "grader.quiz.qti.v22",
    "qti3": "grader.quiz.qti.v3",
    "wooclap": "grader.quiz.wooclap",
    "amc": "grader.quiz.amc",
    "paper": "grader.quiz.paper",
}
ENTRY_POINTS = "partiel.quiz_formats"  # name = "package.module", for formats that live elsewhere
MANIFEST = "manifest.json"

__all__ = [
    "FORMATS",
    "Export",
    "Format",
    "Policy",
    "Report",
    "export",
    "find",
    "formats",
    "on_paper",
    "scores",
    "written",
]


class Format(Protocol):
    """A module that writes one format."""

    @property
    def TITLE(self) -> Text: ...  # noqa: N802  # a module's constant

    @property
    def CARRIES(self) -> frozenset[str]:  # noqa: N802
        """The kinds that are written as they are."""
        ...

    def write(self, quiz: Quiz, policy: Policy, notes: Notes, /) -> Mapping[str, bytes]:
        """Files by name. What is not carried as it is goes into ``notes``."""
        ...


@dataclass(frozen=True, slots=True)
class Export:
    quiz: Quiz
    files: Mapping[str, bytes]  # the manifest included
    report: Report


def formats() -> dict[str, str]:
    """Module by name: ours, then those that installed packages add."""
    others = {one.name: one.value for one in entry_points(group=ENTRY_POINTS)}
    return {**others, **FORMATS}


def find(name: str) -> Format:
    """Raises UsageError, with the near miss."""
    if name not in FORMATS and name not in (known := formats()):
        raise UsageError(name, "no quiz format has this name", near_miss(name, known, f"Known: {', '.join(known)}."))
    module: Format = importlib.import_module(FORMATS.get(name) or known[name])
    return module


def export(
    exercises: Sequence[Exercise],
    lang: Lang,
    to: str,
    *,
    id: str = "quiz",
    title: str = "",
    variants: int = 1,
    policy: Policy | None = None,
    allowed: Allowed | None = None,
    points: Mapping[str, Fraction] | None = None,
    page: str = "a4",
) -> Export:
    """``variants`` of each exercise among the numbers that ``allowed`` gives (all, unless said)."""
    policy = policy or Policy()
    module = find(to)
    made = build.quiz(id, title or id, exercises, lang, variants, policy=policy, allowed=allowed, points=points)
    if on_paper(module):
        made = replace(made, copies=copies.dealt(made), page=page)
    return written(made, to, policy, variants)


def written(quiz: Quiz, to: str, policy: Policy, variants: int = 0) -> Export:
    """Of a quiz that is made, of each exercise of which so many variants were asked for."""
    module = find(to)
    notes = Notes()
    files = dict(module.write(quiz, policy, notes))
    said = Text(policy.said("fr"), policy.said("en"))
    report = Report(notes.all, carry.sizes(quiz.groups, variants), said)
    return Export(quiz, {**files, MANIFEST: manifest.manifest(quiz, to, files, report, policy)}, report)


def on_paper(module: Format) -> bool:
    """Whether it is written copy by copy: a student has one."""
    return bool(getattr(module, "ON_PAPER", False))


def scores(module: Format) -> bool:
    """Whether its points follow the policy, or its notes say where they do not."""
    return bool(getattr(module, "SCORES", True))
