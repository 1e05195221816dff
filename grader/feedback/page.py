"""One student's feedback page, from what was marked. The words around it are in ``templates/feedback``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from grader import content, render
from grader.feedback.markup import code_styles
from grader.feedback.words import SIGNS, WORDS, points, said
from grader.model import Lang, Status
from grader.render import typography


@dataclass(frozen=True, slots=True)
class Marked:
    """A question as it was answered and marked. ``…_html`` is HTML made by this package; the rest is plain text."""

    anchor: str
    title: str
    name: str
    points: float | None  # what it is worth; None for a cell that is worth nothing
    score: float | None  # None until a human has marked it
    status: Status | None  # None for what no program judged
    by_hand: bool
    answer_html: str = ""
    in_words: bool = False  # the answer is a text, not code
    printed_html: str = ""
    sentence_html: str = ""
    evidence: tuple[str, ...] = ()
    training_html: str = ""
    checks_html: str = ""
    comment_html: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the page, in the order of the notebook: words, given code, a question, or a worked solution."""

    kind: str  # "words", "setup", "question", "rubric" or "solution"
    html: str = ""
    marked: Marked | None = None


@dataclass(frozen=True, slots=True)
class Page:
    lang: Lang
    title: str
    course: str
    student: str
    total: float
    maximum: float
    late_penalty: float
    parts: Sequence[Part]
    remarks: tuple[str, ...] = field(default=())
    name: str = ""  # of the student, where it may be said

    @property
    def questions(self) -> list[Marked]:
        return [part.marked for part in self.parts if part.marked is not None]


def page(of: Page) -> str:
    """The whole HTML document: no script, no remote address, nothing to load."""
    return render.page(
        content.root() / "templates" / "feedback",
        "page.html.j2",
        page=of,
        said=said(of.lang),
        words={status: text[of.lang] for status, text in WORDS.items()},
        signs=SIGNS,
        shown=lambda value: points(value, of.lang),
        set=lambda text: typography(text, of.lang),
        code_styles=code_styles(),
    )
