"""A page of the portal: a template of ``templates/portal/``, with the frame that all pages share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse

from grader import content, render
from grader.model import Lang, Text
from grader.portal import doors, times
from grader.portal.doors import Visitor, lang_of
from grader.portal.refusals import Refusal
from grader.portal.words import said

STATIC = Path(__file__).parent / "static"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Tab:
    """A line of the main navigation. A router module lists its own in ``TABS``; ``roles`` are who sees it."""

    path: str
    words: Text
    roles: tuple[str, ...] = ("assistant", "instructor")
    also: tuple[str, ...] = ()  # how the paths begin that are under it, besides its own
    alone: bool = False  # nothing is under it but what ``also`` says


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    more: Mapping[str, Text] | None = None,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """``templates/portal/<template>``, which extends base.html.j2. ``more``: fixed words beside the portal's own."""
    here = visitor_of(request)
    desk = doors.desk_of(request)
    course = desk.course()
    lang = here.lang
    tabs: Sequence[Tab] = request.app.state.tabs
    facts = {
        "lang": lang,
        "said": SimpleNamespace(**said(lang, more)),  # a word may be called `get`
        "visitor": here,
        "course_title": render.typography(course.title, lang),
        "tabs": [
            (tab.path, tab.words[lang], _is_here(request, tab))
            for tab in tabs
            if here.role in tab.roles or ("student" in tab.roles and here.enrolled)
        ],
        "here": request.url.path,
        "static": static,
        "htmx": "htmx.min.js" in files(),
        "problem_of_course": str(desk.problem) if desk.problem and here.staff else "",
        "moment": lambda when, where=None, **how: times.moment(when, lang, where, **how),
        "iso": times.iso,
        "span": lambda seconds: times.span(seconds, lang),
        "points": lambda value: render.points(value, lang),
        "typeset": lambda text: render.typography(str(text), lang),
        "number": lambda value: render.number(value, lang),
    }
    html = render.page(content.root() / "templates" / "portal", template, **{**facts, **values})
    return HTMLResponse(html, status, headers={"Content-Language": lang, **(headers or {})})


def visitor_of(request: Request) -> Visitor:
    """Also where who asks was refused before anybody knew them, or asks too often."""
    try:
        return doors.visitor(request)
    except Refusal:
        return Visitor("", "none", lang_of(request))


def _is_here(request: Request, tab: Tab) -> bool:
    path = request.url.path
    under = (*tab.also, *([f"{tab.path}/"] if tab.path != "/" and not tab.alone else []))
    return path == tab.path or path.startswith(under)


def local(path: str | None, otherwise: str = "/") -> str:
    """An address of this server to go back to; ``otherwise`` for any other."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or set(path) & set("\\\r\n\t\0"):
        return otherwise
    parts = urlsplit(path)
    return path if not parts.scheme and not parts.netloc else otherwise


@lru_cache(maxsize=1)
def files() -> Mapping[str, tuple[bytes, str]]:
    """What pages load, by name: the style sheet, and the scripts that are there (htmx only where `make` put it)."""
    found = [content.root() / "templates" / "portal" / "style.css", *sorted(STATIC.glob("*.js")), *STATIC.glob("*.svg")]
    return {file.name: (file.read_bytes(), KINDS[file.suffix]) for file in found}


def static(name: str) -> str:
    """Its address, which changes with its content: browsers may keep it for ever."""
    return f"/static/{name}?v={hashlib.sha256(files()[name][0]).hexdigest()[:12]}"


def fragment(lang: Lang, template: str, **values: Any) -> HTMLResponse:
    """A piece of a page, for htmx to put in its place."""
    return HTMLResponse(render.page(content.root() / "templates" / "portal", template, lang=lang, **values))
