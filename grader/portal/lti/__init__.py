"""LTI 1.3: students come from Moodle, Canvas or another platform, each to their assignment; marks go back there."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.exception import LtiException, OIDCException
from pylti1p3.lineitem import LineItem
from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.registration import Registration
from starlette.concurrency import run_in_threadpool

from grader import report
from grader.model import Text
from grader.portal import doors
from grader.portal.desk import Desk
from grader.portal.doors import AsInstructor, TheDesk
from grader.portal.headers import policy
from grader.portal.lti import grades, people, tool
from grader.portal.lti.words import WORDS
from grader.portal.pages import Tab, page
from grader.portal.refusals import Refusal, refused
from grader.store import audit, lti, outbox

router = APIRouter(include_in_schema=False)
COUNTED = [Depends(doors.anyone)]  # nobody is known here yet, and each writes in the database
ORIGIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")
TABS = (Tab("/staff/lti", Text("LTI", "LTI"), roles=("instructor",)),)
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
KEPT, TOLD = 100, 300  # characters: of an account, in the log; of what a library says of a message
REFUSED = Text("La plateforme n'a pas pu vous connecter.", "The platform could not sign you in.")
AGAIN = Text(
    "Revenez à la page du cours sur la plateforme et ouvrez le lien de nouveau, dans un nouvel onglet.",
    "Go back to the course on the platform, and open the link again, in a new tab.",
)


@router.get("/lti/jwks", dependencies=COUNTED)
def jwks(desk: TheDesk) -> Response:
    _platforms(desk)
    return JSONResponse({"keys": [Registration.get_jwk(tool.public(tool.key(desk.course())))]})


@router.api_route("/lti/login", methods=["GET", "POST"], dependencies=COUNTED)
async def login(request: Request, desk: TheDesk) -> Response:
    asked = await _form(request, desk)
    return await run_in_threadpool(_login, desk, asked)


def _login(desk: Desk, asked: tool.Form) -> Response:
    _platforms(desk)
    try:
        return tool.login(desk, asked)
    except (OIDCException, LtiException, AssertionError) as error:
        raise Refusal(403, REFUSED, AGAIN, quoted=str(error)[:TOLD]) from error


@router.post("/lti/launch", dependencies=COUNTED)
async def launch(request: Request, desk: TheDesk) -> Response:
    asked = await _form(request, desk)
    return await run_in_threadpool(_launched, request, desk, asked)


def _launched(request: Request, desk: Desk, asked: tool.Form) -> Response:
    _platforms(desk)
    try:
        here = tool.launch(desk, asked)
        said: dict[str, Any] = dict(here.get_launch_data())
    except (LtiException, ValueError, KeyError) as error:
        raise Refusal(403, REFUSED, AGAIN, quoted=str(error)[:TOLD]) from error
    issuer, now, person = here.get_iss(), desk.now(), people.from_claims(said)
    deep = bool(here.is_deep_link_launch())
    to = _to(desk, said)
    with desk.db.write() as c:
        who = people.ours(desk.course(), c, issuer, person)
        known = desk.person(who) if who else None
        if who is None or known is None:
            raise refused(403, "not_of_this_course", person.name)
        if lti.meet(c, issuer, person.sub, who, now):
            audit.note(c, now, who, known.role or "student", "lti_met", issuer, account=person.sub[:KEPT])
        if not deep:
            lti.link(c, _link(said, issuer, to, now))
        key = secrets.token_urlsafe(24)
        if deep:
            kept = {
                "issuer": issuer,
                "deployment": said[f"{CLAIM}deployment_id"],
                "settings": said[SETTINGS],
                "who": who,
            }
            lti.remember(c, f"deep-{key}", kept, now + tool.LASTS)
    where = f"/staff/lti/choose?key={key}" if deep else f"/a/{to}" if to else "/"
    gone = RedirectResponse(where, 303)
    doors.sign_in(request, gone, who, "lti")
    return gone


# ── an instructor puts a link on the platform ────────────────────────────────


@router.get("/staff/lti/choose")
def choose(request: Request, visitor: AsInstructor, desk: TheDesk, key: str = "") -> Response:
    _begun(desk, key, visitor.id)
    return page(request, "lti_choose.html.j2", more=WORDS, assignments=_choices(desk), key=key)


@router.post("/staff/lti/choose")
async def chosen(request: Request, visitor: AsInstructor, desk: TheDesk) -> Response:
    form = await request.form()
    key, assignment = str(form.get("key", "")), str(form.get("assignment", ""))
    return await run_in_threadpool(_chosen, request, desk, visitor.id, key, assignment)


def _chosen(request: Request, desk: Desk, who: str, key: str, assignment: str) -> Response:
    begun = _begun(desk, key, who)
    asked = desk.course().assignments.get(assignment)
    if asked is None:
        raise refused(404, "nothing_here", assignment)
    with desk.db.write() as c:
        lti.forget(c, f"deep-{key}")
        audit.note(c, desk.now(), who, "instructor", "lti_place", assignment, platform=begun["issuer"])
    link = DeepLinkResource().set_url(f"{desk.course().service.url}/lti/launch").set_title(asked.title)
    link.set_custom_params({"assignment": assignment})
    if desk.lock(assignment) is not None:
        most = float(report.total(desk.course(), assignment))
        link.set_lineitem(LineItem().set_label(asked.title).set_score_maximum(most).set_resource_id(assignment))
    registration = tool.config(desk.course()).find_registration(begun["issuer"])
    back = str(begun["settings"]["deep_link_return_url"])
    jwt = DeepLink(registration, begun["deployment"], begun["settings"]).get_response_jwt([link])
    parts = urlsplit(back)
    origin = f"{parts.scheme}://{parts.netloc}"
    if not ORIGIN.fullmatch(origin):  # it goes into a header, and into a page
        raise Refusal(403, REFUSED, AGAIN, "LTI")
    allowed = {"Content-Security-Policy": policy(form_action=origin)}
    return page(request, "lti_back.html.j2", more=WORDS, headers=allowed, back=back, jwt=jwt, title=asked.title)


# ── the state of things ──────────────────────────────────────────────────────


@router.get("/staff/lti", dependencies=[Depends(doors.instructor)])
def state(request: Request, desk: TheDesk) -> Response:
    with desk.db.read() as c:
        waiting = [one for one in outbox.waiting(c) if one.kind == grades.KIND]
        links = lti.links(c)
        met = {issuer: len(lti.people(c, issuer)) for issuer in desk.course().service.lti}
    return page(
        request,
        "lti.html.j2",
        more=WORDS,
        url=desk.course().service.url,
        met=met,
        links=links,
        waiting=waiting,
        nrps=NRPS,
    )


@router.post("/staff/lti/people")
async def roster(request: Request, visitor: AsInstructor, desk: TheDesk) -> Response:
    form = await request.form()
    which = (str(form.get("issuer", "")), str(form.get("resource", "")))
    return await run_in_threadpool(_roster, request, desk, visitor.id, *which)


def _roster(request: Request, desk: Desk, by: str, issuer: str, resource: str) -> Response:
    """The platform's list of people beside ours: who is known is met, who is not is shown as lines of students.csv."""
    with desk.db.read() as c:
        link = next((one for one in lti.links(c) if (one.issuer, one.resource) == (issuer, resource)), None)
    if link is None or not link.services.get(NRPS):
        raise refused(404, "nothing_here", resource)
    try:
        service = NamesRolesProvisioningService(grades.connector(desk.course(), issuer), link.services[NRPS])
        members = [people.from_member(one) for one in service.get_members()]
    except (LtiException, OSError, KeyError, ValueError) as error:
        raise Refusal(502, WORDS["silent"], WORDS["later"], issuer, quoted=str(error)[:TOLD]) from error
    unknown, new = [], []
    with desk.db.write() as c:
        for person in members:
            who = people.ours(desk.course(), c, issuer, person)
            if who is None:
                unknown.append(person)
            elif lti.meet(c, issuer, person.sub, who, desk.now()):
                new.append(who)
        if new:
            audit.note(c, desk.now(), by, "instructor", "lti_people", issuer, people=new)
    known = len(members) - len(unknown)
    return page(request, "lti_people.html.j2", more=WORDS, issuer=issuer, known=known, unknown=unknown)


def _platforms(desk: Desk) -> None:
    if not desk.course().service.lti:
        raise refused(404, "nothing_here", "/lti")


async def _form(request: Request, desk: Desk) -> tool.Form:
    sent = dict(request.query_params)
    if request.method == "POST":
        sent |= {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    return tool.Form(sent, request.cookies, secure=doors.is_https(desk))


def _to(desk: Desk, said: dict[str, Any]) -> str:
    """Which assignment the link is for; "" for the course's own page."""
    custom = said.get(f"{CLAIM}custom") or {}
    target = urlsplit(str(said.get(f"{CLAIM}target_link_uri", ""))).path
    wanted = str(custom.get("assignment") or target.removeprefix("/a/"))
    return wanted if wanted in desk.course().assignments else ""


def _link(said: dict[str, Any], issuer: str, assignment: str, now: float) -> lti.Link:
    services = {name: said[name] for name in (grades.AGS, NRPS) if isinstance(said.get(name), dict)}
    resource = str((said.get(f"{CLAIM}resource_link") or {}).get("id", ""))
    return lti.Link(issuer, resource, str(said[f"{CLAIM}deployment_id"]), assignment, services, now)


def _begun(desk: Desk, key: str, who: str) -> dict[str, Any]:
    with desk.db.read() as c:
        said = lti.remembered(c, f"deep-{key}", desk.now())
    if not isinstance(said, dict) or said["who"] != who:
        raise Refusal(403, REFUSED, AGAIN, "LTI")
    return said


def _choices(desk: Desk) -> list[tuple[str, str, bool]]:
    return [(one.id, one.title, desk.lock(one.id) is not None) for one in desk.course().assignments.values()]
