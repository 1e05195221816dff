"""What opens the doors: everybody's personal link, to be sent or taken back, and the tokens of programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from grader import marks
from grader.portal import links, times
from grader.portal.desk import Desk
from grader.portal.doors import AsInstructor, TheDesk
from grader.portal.pages import page
from grader.portal.refusals import refused
from grader.portal.staff.words import WORDS
from grader.store import tokens

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Holder:
    id: str
    name: str
    email: str
    role: str


def holders(desk: Desk) -> tuple[Holder, ...]:
    """The staff, then the roster without who has withdrawn."""
    found = []
    known = {one.id: one for one in desk.course().students}
    for who in links.links(desk):
        person, student = desk.person(who), known.get(who)
        role = (person.role if person else None) or "student"
        found.append(Holder(who, person.name if person else who, student.email if student else "", role))
    return tuple(found)


@router.get("/staff/links")
def shown(request: Request, _: AsInstructor, desk: TheDesk) -> Response:
    """No link is on the page: whoever looks over a shoulder would be in."""
    return _page(request, desk)


def _page(request: Request, desk: Desk, fresh: tuple[str, str] | None = None) -> Response:
    with desk.db.read() as c:
        listed = tokens.listed(c)
    return page(
        request,
        "staff_links.html.j2",
        more=WORDS,
        holders=holders(desk),
        fresh=fresh,
        tokens=listed,
        now=desk.now(),
        zone=times.zone(desk.course()),
    )


@router.post("/staff/links/all.csv")
def every_link(visitor: AsInstructor, desk: TheDesk) -> Response:
    """The students', as `partiel links` has them: for a mail merge, in which a teacher's link has no place.

    Asked for by a form: it is written down who took them.
    """
    made = links.links(desk)
    students = [one for one in desk.course().students if not one.withdrawn]
    rows = [["id", "name", "email", "link"], *([one.id, one.name, one.email, made[one.id]] for one in students)]
    desk.note(visitor.id, visitor.role, "links", "all", count=len(students))
    headers = {"Content-Disposition": 'attachment; filename="links.csv"'}
    return Response(marks.as_csv(rows, visitor.lang), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/staff/links/renew")
def renew(
    request: Request, visitor: AsInstructor, desk: TheDesk, who: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """The old link opens nothing any more, and whoever is signed in by it is signed out. The new one is shown once."""
    if desk.person(who) is None:
        raise refused(404, "nothing_here", who)
    with desk.db.write() as c:
        tokens.renew(c, who)
    desk.note(visitor.id, visitor.role, "renew_link", who)
    return _page(request, desk, (who, links.link(desk, who)))


@router.post("/staff/links/renew-all")
def renew_all(visitor: AsInstructor, desk: TheDesk, sure: Annotated[str, Form(max_length=10)] = "") -> Response:
    """Every student's; the staff's stay, or whoever does this would be out. Nothing without the box ticked."""
    if sure != "yes":
        return RedirectResponse("/staff/links", 303)
    mine = [one.id for one in holders(desk) if one.role == "student"]
    with desk.db.write() as c:
        for who in mine:
            tokens.renew(c, who)
    desk.note(visitor.id, visitor.role, "renew_links", "students", count=len(mine))
    return RedirectResponse("/staff/links", 303)


@router.post("/staff/links/revoke")
def revoke(
    visitor: AsInstructor,
    desk: TheDesk,
    who: Annotated[str, Form(max_length=200)] = "",
    label: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """A program's token."""
    with desk.db.write() as c:
        count = tokens.revoke(c, who, label) if label else 0
    if not count:
        raise refused(404, "nothing_here", who)
    desk.note(visitor.id, visitor.role, "revoke_token", who, label=label, count=count)
    return RedirectResponse("/staff/links", 303)
