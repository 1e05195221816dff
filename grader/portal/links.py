"""The first way in: a signed link for each person, which can be taken back; and the way out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadSignature

from grader.portal import doors
from grader.portal.desk import Desk, Person
from grader.portal.doors import Anyone, TheDesk
from grader.portal.pages import local, page
from grader.portal.refusals import refused
from grader.store import tokens

router = APIRouter(include_in_schema=False)
YEAR = 365 * doors.DAY


def link(desk: Desk, who: str) -> str:
    """The address that signs this person in, until it is taken back (``tokens.renew``)."""
    with desk.db.read() as c:
        version = tokens.version(c, who)
    return f"{desk.course().service.url}/in/{doors.seal(desk, 'link').dumps([who, version])}"


def links(desk: Desk) -> dict[str, str]:
    """Everybody's: the staff's first, then the roster's."""
    course = desk.course()
    everyone = (*course.staff, *(one.id for one in course.students if not one.withdrawn))
    return {who: link(desk, who) for who in dict.fromkeys(everyone)}


@router.get("/sign-in")
def sign_in(request: Request, visitor: Anyone, desk: TheDesk, to: str = "/") -> Response:
    if visitor.role != "none":
        return RedirectResponse(local(to), 303)
    service = desk.course().service
    return page(request, "sign_in.html.j2", hub=bool(service.jupyterhub), lti=bool(service.lti), to=local(to))


@router.get("/in/{token}")
def come_in(request: Request, token: str, visitor: Anyone, desk: TheDesk) -> Response:
    """Whoever is signed in as somebody else is asked: a link could have been slipped to them."""
    person = _whose(request, desk, token)
    if visitor.role == "none":
        return _in(request, person)
    if visitor.id == person.id:
        return RedirectResponse("/", 303)
    return page(request, "someone_else.html.j2", person=person, token=token)


@router.post("/in/{token}")
def change(request: Request, token: str, desk: TheDesk) -> Response:
    return _in(request, _whose(request, desk, token))


@router.post("/sign-out")
def go_out(request: Request) -> Response:
    gone = RedirectResponse("/sign-in", 303)
    doors.sign_out(request, gone)
    return gone


@router.get("/lang/{lang}")
def speak(lang: str, desk: TheDesk, to: str = "/") -> Response:
    if lang not in ("fr", "en"):
        raise refused(404, "nothing_here", lang)
    back = RedirectResponse(local(to), 303)
    https = doors.is_https(desk)
    back.set_cookie(doors.LANG, lang, max_age=YEAR, httponly=True, samesite="lax", secure=https, path="/")
    return back


def _in(request: Request, person: Person) -> Response:
    gone = RedirectResponse("/", 303)
    doors.sign_in(request, gone, person.id, "link")
    return gone


def _whose(request: Request, desk: Desk, token: str) -> Person:
    try:
        who, version = doors.seal(desk, "link").loads(token)
    except (BadSignature, ValueError, TypeError):
        who, version = "", -1
    person = desk.person(str(who))
    with desk.db.read() as c:
        current = tokens.version(c, str(who))
    if person is None or version != current:
        doors.pause(doors.limits_of(request).failures, doors.address_of(request))
        raise refused(403, "bad_link")
    return person
