"""Signing in through the department's JupyterHub: OAuth 2, the authorization code flow, as the hub's services do."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadSignature

from grader.model import Text
from grader.portal import doors, jupyterhub
from grader.portal.desk import Desk
from grader.portal.doors import TheDesk
from grader.portal.jupyterhub import SAID_NO, TRY
from grader.portal.pages import local
from grader.portal.refusals import Refusal, refused

router = APIRouter(prefix="/hub", include_in_schema=False)
COUNTED = [Depends(doors.anyone)]  # nobody is known here yet, and the hub is asked
STATE = "partiel_hub"  # the cookie that ties an answer of the hub to the browser that asked
LASTS = 600  # seconds between the question and the answer

AGAIN = Text(
    "Cette connexion a été commencée ailleurs, ou il y a trop longtemps.",
    "This sign-in began elsewhere, or too long ago.",
)


@router.get("/login", dependencies=COUNTED)
def login(desk: TheDesk, to: str = "/") -> Response:
    hub = _hub(desk)
    nonce = secrets.token_urlsafe(24)
    state = doors.seal(desk, "hub").dumps({"n": nonce, "to": local(to), "at": int(desk.now())})
    asked = {"client_id": hub["client_id"], "redirect_uri": back(desk), "response_type": "code", "state": state}
    gone = RedirectResponse(f"{hub['url']}/hub/api/oauth2/authorize?{urlencode(asked)}", 303)
    https = doors.is_https(desk)
    gone.set_cookie(STATE, nonce, max_age=LASTS, httponly=True, samesite="lax", secure=https, path="/hub")
    return gone


@router.get("/callback", dependencies=COUNTED)
def callback(request: Request, desk: TheDesk, code: str = "", state: str = "", error: str = "") -> Response:
    hub = _hub(desk)
    try:
        said = doors.seal(desk, "hub").loads(state)
        mine = secrets.compare_digest(str(said["n"]), request.cookies.get(STATE, ""))
    except (BadSignature, KeyError, TypeError):
        said, mine = {}, False
    if not mine or not 0 <= desk.now() - said["at"] <= LASTS:
        raise Refusal(403, AGAIN, TRY, "JupyterHub")
    if error or not code:
        raise Refusal(403, SAID_NO, TRY, "JupyterHub")
    who = jupyterhub.known(desk, jupyterhub.name_of(hub, code, back(desk)))
    if who is None:
        raise refused(403, "not_of_this_course")
    gone = RedirectResponse(local(said["to"]), 303)
    gone.delete_cookie(STATE, path="/hub")
    doors.sign_in(request, gone, who, "hub")
    return gone


def back(desk: Desk) -> str:
    """Where the hub sends people back to: what its configuration must say."""
    return f"{desk.course().service.url}/hub/callback"


def _hub(desk: Desk) -> Mapping[str, str]:
    hub = desk.course().service.jupyterhub
    if not hub:
        raise refused(404, "nothing_here", "/hub")
    return hub
