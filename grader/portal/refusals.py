"""What the server says no with: where, what, and what to do. Raised anywhere in a request; ``answers`` bring it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request

from grader.errors import PartielError
from grader.model import Lang, Text
from grader.portal import times
from grader.portal.words import QUOTED, REFUSED

API = "/api/"


@dataclass(eq=False)  # not frozen: contexts that it passes through set its traceback
class Refusal(Exception):
    """Raise it anywhere in a request. ``where`` names the thing; the rest is for whoever asked."""

    status: int
    problem: Text
    remedy: Text
    where: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    quoted: str = ""  # what a program said, in English


def refused(status: int, name: str, where: str = "", **headers: str) -> Refusal:
    """One of the words' own: ``refused(404, "nothing_here")``."""
    problem, remedy = REFUSED[name]
    return Refusal(status, problem, remedy, where, {key.replace("_", "-"): value for key, value in headers.items()})


def too_often(seconds: int) -> Refusal:
    """Says when to come back, to people and to programs."""
    told = refused(429, "too_often", "", Retry_After=str(seconds))
    told.remedy = Text(*(told.remedy[lang].format(span=times.span(seconds, lang)) for lang in ("fr", "en")))
    return told


def quoting(status: int, problem: Text, error: PartielError, where: str = "") -> Refusal:
    """A sentence of the reader's language around an error's own, which is English."""
    return Refusal(status, problem, QUOTED, where, quoted=f"{error.problem}. {error.remedy}")


def sign_in_first(request: Request) -> Refusal:
    return refused(401, "sign_in", request.url.path)


def said(refusal: Refusal, lang: Lang) -> dict[str, str]:
    remedy = f"{refusal.remedy[lang]} {refusal.quoted}".strip()
    return {"where": refusal.where, "problem": refusal.problem[lang], "remedy": remedy}
