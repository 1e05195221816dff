"""What the department's JupyterHub says of people: whose a token is, and who comes back with a code.

The person is whom the hub says: their name there is their id in the roster, whatever its capitals.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request as Call
from urllib.request import urlopen

from grader.model import Text
from grader.portal.desk import Desk
from grader.portal.refusals import Refusal

PATIENCE = 10.0  # seconds that the hub may take
MOST = 2**20  # bytes of an answer

SILENT = Text("JupyterHub ne répond pas.", "JupyterHub does not answer.")
SAID_NO = Text("JupyterHub a refusé la connexion.", "JupyterHub refused the sign-in.")
TRY = Text("Recommencez depuis la page de connexion.", "Start again from the sign-in page.")
LATER = Text(
    "Réessayez dans quelques minutes, ou utilisez votre lien personnel.",
    "Try again in a few minutes, or use your personal link.",
)


def known(desk: Desk, name: str) -> str | None:
    """The person of the course that goes by this name in the hub, which writes names in small letters."""
    course = desk.course()
    ids = [*course.staff, *(one.id for one in course.students)]
    same = {id for id in ids if id == name} or {id for id in ids if id.lower() == name.lower()}
    return same.pop() if len(same) == 1 else None


def whose(desk: Desk, token: str) -> str | None:
    """Whose token of the hub this is, for programs that run in it; None where it is nobody's of this course.

    Only one that opens their own session: what a person granted to another service of the hub says nothing to us, nor
    what they left in somebody else's session that they looked into.
    """
    hub = desk.course().service.jupyterhub
    if not hub or not token:
        return None
    try:
        said = _user(hub, token)
        return known(desk, str(said["name"])) if _own(said) else None
    except Refusal as refusal:
        if refusal.status == 403:
            return None
        raise


def _own(said: Mapping[str, Any]) -> bool:
    """Whether a token of which the hub says this opens its person's own session, whatever that is called."""
    mine = f"access:servers!server={said.get('name')}/", f"access:servers!user={said.get('name')}"
    scopes = [str(one) for one in said.get("scopes") or ()]
    return said.get("kind") == "user" and any(one.startswith(mine[0]) or one == mine[1] for one in scopes)


def name_of(hub: Mapping[str, str], code: str, back: str) -> str:
    """Of whoever comes back to this address with this code, in the hub."""
    return str(_user(hub, _token(hub, code, back)).get("name", ""))


def _token(hub: Mapping[str, str], code: str, back: str) -> str:
    secret = Path(hub["secret_file"]).expanduser().read_text("utf-8").strip()
    said = {"client_id": hub["client_id"], "client_secret": secret, "grant_type": "authorization_code"}
    asked = Call(f"{_api(hub)}/oauth2/token", urlencode(said | {"code": code, "redirect_uri": back}).encode())
    return str(_answer(asked).get("access_token", ""))


def _user(hub: Mapping[str, str], token: str) -> dict[str, Any]:
    return _answer(Call(f"{_api(hub)}/user", headers={"Authorization": f"Bearer {token}"}))


def _api(hub: Mapping[str, str]) -> str:
    return hub.get("api", f"{hub['url']}/hub/api")


def _answer(asked: Call) -> dict[str, Any]:
    try:
        with urlopen(asked, timeout=PATIENCE) as answer:
            said = json.loads(answer.read(MOST))
    except HTTPError as error:
        error.close()
        if error.code < 500:
            raise Refusal(403, SAID_NO, TRY, "JupyterHub") from error
        raise Refusal(502, SILENT, LATER, "JupyterHub") from error
    except (URLError, OSError, ValueError) as error:
        raise Refusal(502, SILENT, LATER, "JupyterHub") from error
    return said if isinstance(said, dict) else {}
