"""Who is asking, and whether they may.

A route says what it needs by the type of an argument:

def home(visitor: AsStudent) -> Response: ...      # who is in the roster; else sign in first
def queue(visitor: AsStaff) -> Response: ...       # assistants and instructors; for others the page does not exist
def release(visitor: AsInstructor) -> Response: ...
def door(visitor: Anyone) -> Response: ...
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from itsdangerous import BadSignature, URLSafeSerializer
from starlette.concurrency import run_in_threadpool

from grader.model import Lang
from grader.portal import jupyterhub
from grader.portal.desk import Desk
from grader.portal.limits import Buckets, Limits
from grader.portal.refusals import API, Refusal, refused, sign_in_first, too_often
from grader.store import lti as once
from grader.store import tokens

COOKIE, LANG = "partiel", "partiel_lang"
DAY = 86400
LASTS: Mapping[str, int] = {"student": 7 * DAY, "assistant": DAY, "instructor": DAY}  # seconds signed in
RANKS = ("student", "assistant", "instructor")
SAFE = ("GET", "HEAD", "OPTIONS")
FROM_ELSEWHERE = ("/lti/",)  # forms that come from another site by design: their signatures are checked there


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks. ``role`` is the highest they have; ``enrolled``: they are in the roster, and have copies."""

    id: str
    role: Literal["none", "student", "assistant", "instructor"]
    lang: Lang
    name: str = ""
    enrolled: bool = False
    csrf: str = ""  # what a form of theirs must bring back
    way: Literal["none", "cookie", "token"] = "none"

    @property
    def staff(self) -> bool:
        return self.role in ("assistant", "instructor")


# ── signing in and out ───────────────────────────────────────────────────────


def seal(desk: Desk, purpose: str) -> URLSafeSerializer:
    """Signs what leaves and comes back: ``seal(desk, "link").dumps(…)``. Another purpose opens nothing."""
    key = desk.key(purpose).hex()
    return URLSafeSerializer(
        key, salt=purpose, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )


def sign_in(request: Request, response: Response, who: str, way: str) -> None:
    """``response`` brings the cookie. ``way`` is for the log: link, hub, lti. Refused for who is not of the course."""
    desk = desk_of(request)
    person = desk.person(who)
    if person is None:
        raise refused(403, "not_of_this_course", who)
    pause(limits_of(request).sign_ins, who)
    role = person.role or "student"
    with desk.db.read() as c:
        version = tokens.version(c, who)
    said = {"w": who, "v": version, "t": int(desk.now()), "n": secrets.token_urlsafe(12)}
    response.set_cookie(
        COOKIE,
        seal(desk, "session").dumps(said),
        max_age=LASTS[role],
        httponly=True,
        samesite="lax",
        secure=is_https(desk),
        path="/",
    )
    desk.note(who, role, "sign_in", way, address=address_of(request))


def sign_out(request: Request, response: Response) -> None:
    """The cookie is forgotten on both sides, also by a server that is started again."""
    desk = desk_of(request)
    if said := _session(request, desk):
        with desk.db.write() as c:
            once.tidy(c, desk.now())
            once.remember(c, f"ended-{said['n']}", said["w"], desk.now() + max(LASTS.values()))
        jupyterhub.answers(desk).forget(said["w"])
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=is_https(desk_of(request)))


def _session(request: Request, desk: Desk) -> dict[str, Any] | None:
    try:
        said = seal(desk, "session").loads(request.cookies.get(COOKIE, ""))
    except BadSignature:
        return None
    return said if isinstance(said, dict) else None


# ── who is asking ────────────────────────────────────────────────────────────


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def limits_of(request: Request) -> Limits:
    limits: Limits = request.app.state.limits
    return limits


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def is_https(desk: Desk) -> bool:
    return desk.course().service.url.startswith("https://")


def visitor(request: Request) -> Visitor:
    """Read once for each request, which a refusal ends too; counted against who asks too often."""
    known: Visitor | Refusal | None = getattr(request.state, "visitor", None)
    if isinstance(known, Refusal):
        raise known
    if known is None:
        try:
            known = _by_token(request) or _by_cookie(request) or Visitor("", "none", lang_of(request))
        except Refusal as refusal:
            request.state.visitor = refusal
            raise
        request.state.visitor = known
        limits, address = limits_of(request), address_of(request)
        pause(limits.strangers, address) if known.role == "none" else pause(limits.pages, known.id)
    return known


def pause(buckets: Buckets, key: str) -> None:
    """Raises a Refusal that says when to come back."""
    if seconds := buckets.take(key):
        raise too_often(seconds)


def _by_token(request: Request) -> Visitor | None:
    """Programs bring a token to the interface for programs, and nowhere else."""
    said = request.headers.get("authorization", "")
    if not request.url.path.startswith(API) or not said:
        return None
    desk, address, limits = desk_of(request), address_of(request), limits_of(request)
    scheme, _, token = said.partition(" ")
    with desk.db.read() as c:
        known = tokens.known(c, token.strip(), desk.now()) if scheme.lower() == "bearer" else None
    wrong = limits.failures
    if known is None and scheme.lower() == "bearer" and not token.startswith(tokens.HEAD):
        who = _of_the_hub(desk, token.strip(), wrong, address)
        known = tokens.Token(who, "student", "jupyterhub", 0.0, 0.0) if who else None
        if who is not None:  # a hub has more people than a course: those who are not of it are no guesses
            wrong = limits.strangers
    person = desk.person(known.who) if known else None
    if known is None or person is None or person.role is None or known.role not in RANKS:
        pause(wrong, address)
        raise refused(401, "bad_token", "Authorization", WWW_Authenticate="Bearer")
    role = min(known.role, person.role, key=RANKS.index)  # a token never gives more than its person has today
    return Visitor(person.id, role, lang_of(request, person.lang), person.name, person.student is not None, "", "token")  # type: ignore[arg-type]


def _of_the_hub(desk: Desk, token: str, failures: Buckets, address: str) -> str | None:
    """A session that JupyterHub started brings the hub's own token: it hands in and reads, for a student.

    Whose it is was said a moment ago, or the hub is asked, which it is of so many; our own cost nothing to know.
    """
    who = jupyterhub.remembered(desk, token)
    if who is None:
        if seconds := failures.wait(address):
            raise too_often(seconds)
        who = jupyterhub.whose(desk, token)
    return who


def _by_cookie(request: Request) -> Visitor | None:
    if request.url.path.startswith(API) or COOKIE not in request.cookies:
        return None
    desk = desk_of(request)
    said = _session(request, desk)
    person = desk.person(str(said["w"])) if said else None
    if said is None or person is None or person.role is None or desk.now() > said["t"] + LASTS[person.role]:
        return None
    with desk.db.read() as c:
        if tokens.version(c, person.id) != said["v"] or once.remembered(c, f"ended-{said['n']}", desk.now()):
            return None
    token = hmac.new(desk.key("csrf"), said["n"].encode(), hashlib.sha256).hexdigest()
    lang = lang_of(request, person.lang)
    return Visitor(person.id, person.role, lang, person.name, person.student is not None, token, "cookie")


def lang_of(request: Request, otherwise: Lang | None = None) -> Lang:
    """What they chose; else the roster's; else the browser's; else the course's."""
    if chosen := _lang(request.cookies.get(LANG)):
        return chosen
    if otherwise:
        return otherwise
    for part in request.headers.get("accept-language", "").split(","):
        if asked := _lang(part.strip()[:2].lower()):
            return asked
    return desk_of(request).course().lang


def _lang(said: str | None) -> Lang | None:
    return "fr" if said == "fr" else "en" if said == "en" else None


def anyone(request: Request) -> Visitor:
    return visitor(request)


def student(request: Request) -> Visitor:
    here = visitor(request)
    if here.role == "none":
        raise sign_in_first(request)
    if not here.enrolled:
        raise refused(403, "not_enrolled", here.id)
    return here


def staff(request: Request) -> Visitor:
    here = visitor(request)
    if here.role == "none":
        raise sign_in_first(request)
    if not here.staff:
        raise refused(404, "nothing_here", request.url.path)
    return here


def instructor(request: Request) -> Visitor:
    here = staff(request)
    if here.role != "instructor":
        raise refused(403, "instructors_only", request.url.path)
    return here


Anyone = Annotated[Visitor, Depends(anyone)]
AsStudent = Annotated[Visitor, Depends(student)]
AsStaff = Annotated[Visitor, Depends(staff)]
AsInstructor = Annotated[Visitor, Depends(instructor)]
TheDesk = Annotated[Desk, Depends(desk_of)]


# ── forms ────────────────────────────────────────────────────────────────────


async def guard(request: Request) -> AsyncIterator[None]:
    """For every route: what changes something comes from a page of ours, or with a token of a program.

    A form without its token, or from another site, is refused before the route runs.
    """
    path = request.url.path
    if request.method in SAFE or path.startswith((*FROM_ELSEWHERE, API)):
        yield  # the interface for programs wants a token, and believes no cookie: no other site can send it
        return
    if not same_origin(request):
        raise refused(403, "another_site", path)
    here = await run_in_threadpool(visitor, request)
    if here.way != "cookie":
        raise sign_in_first(request)
    form = await request.form(max_files=20, max_fields=200)
    try:
        brought = form.get("csrf")
        if not isinstance(brought, str) or not hmac.compare_digest(brought.encode(), here.csrf.encode()):
            raise refused(403, "another_site", path)
        yield
    finally:
        await form.close()


def same_origin(request: Request) -> bool:
    """By what the browser itself says of where the form is."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    said = request.headers.get("origin") or request.headers.get("referer")
    if not said:
        return False
    try:
        asked = urlsplit(said)
    except ValueError:
        return False
    own = {urlsplit(desk_of(request).course().service.url).netloc, request.headers.get("host", "")}
    return asked.scheme in ("http", "https") and asked.netloc in own
