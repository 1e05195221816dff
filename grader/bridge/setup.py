"""How nbgrader is told to work through Partiel in a course folder."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
from nbgrader import converters, preprocessors
from nbgrader.converters import GenerateFeedback
from nbgrader.exchange.default import Exchange
from traitlets.config import Config, PyFileConfigLoader

from grader import course as courses
from grader.bridge import autograde, gradebook, pages
from grader.course.secret import HIDDEN
from grader.errors import CourseError, PartielError
from grader.model import Course

_IN_PLACE = {
    preprocessors.OverwriteCells: autograde.ComposeSheet,
    preprocessors.CheckCellMetadata: autograde.CheckForeign,
    preprocessors.Execute: autograde.WriteVerdicts,
    preprocessors.SaveAutoGrades: autograde.SaveVerdicts,
    preprocessors.GetGrades: pages.GetMarks,
}


def config_text(course: Course) -> str:
    """``nbgrader_config.py`` of a course. A course folder that moves keeps working: no path is in it."""
    return f'''\
"""nbgrader grades {course.id} through Partiel: without this file it would run students' code unprotected."""

import os

try:
    from grader import bridge
except ImportError as error:  # traitlets goes on after an Exception: nbgrader must not
    raise SystemExit(f"Partiel is not installed where nbgrader runs ({{error}}). Nothing was graded.")

bridge.configure(get_config(), os.path.dirname(os.path.abspath(__file__)))  # noqa: F821
'''


def configure(c: Any, course_folder: str | Path) -> None:
    """Put our parts in nbgrader's configuration ``c``. Called by the course's ``nbgrader_config.py``.

    Exits where the course cannot be read: nbgrader reports a failing configuration and then does without it, which
    here would mean running students' code unprotected.
    """
    root = Path(course_folder).resolve()
    try:
        course = courses.load(root)
    except PartielError as error:
        raise SystemExit(f"{error}") from error
    options(c, course)
    _exchange(c, course)
    for module in (nbgrader.apps.api, nbgrader.apps.autogradeapp):  # no option of nbgrader names its converters
        module.Autograde = autograde.Autograde


def configured(course: Course) -> Config:
    """What the course's own ``nbgrader_config.py`` says (its late penalties above all), with our parts in place."""
    config = Config()
    name = "nbgrader_config.py"
    if (course.root / name).is_file():
        if str(course.root) not in sys.path:  # a plugin that stands beside it is found, as nbgrader finds it
            sys.path.append(str(course.root))
        try:
            config = PyFileConfigLoader(name, path=str(course.root)).load_config()
        except Exception as error:
            problem = f"not readable: {type(error).__name__}: {error}"
            raise CourseError(course.root / name, problem, "Correct that place: nbgrader reads it too.") from error
    options(config, course)
    return config


def options(c: Any, course: Course) -> None:
    """The part of ``configure`` that is plain configuration, and changes nothing but ``c``."""
    c.CourseDirectory.root = str(course.root)
    c.CourseDirectory.course_id = course.id
    c.CourseDirectory.db_url = gradebook.url(course.root)
    c.Autograde.exporter_class = autograde.SheetExporter
    c.Autograde.sanitize_preprocessors = _ours(converters.Autograde, "sanitize_preprocessors")
    c.Autograde.autograde_preprocessors = _ours(converters.Autograde, "autograde_preprocessors")
    c.GenerateFeedback.exporter_class = pages.FeedbackExporter
    c.GenerateFeedback.preprocessors = _ours(GenerateFeedback, "preprocessors")


def _exchange(c: Any, course: Course) -> None:
    """Partiel hands out by itself; but ``nbgrader list`` refuses to run without some exchange."""
    if "root" in c.Exchange or Path(Exchange.class_traits()["root"].default() or "/nowhere").is_dir():
        return
    own = course.root / HIDDEN / "exchange"
    with suppress(OSError):  # a course one may only read
        own.mkdir(exist_ok=True)
        c.Exchange.root = str(own)


def _ours(converter: Any, trait: str) -> list[Any]:
    """nbgrader's own list, ours in the place of those that must not see a submission."""
    return [_IN_PLACE.get(step, step) for step in converter.class_traits()[trait].default()]
