"""What the department's JupyterHub says of people: whose a token is, and who comes back with a code.

The person is whom the hub says: their name there is their id in the roster, whatever its capitals.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request as Call
from urllib.request import urlopen
from weakref import WeakKeyDictionary

from grader.model import Text
from grader.portal.desk import Desk
from grader.portal.refusals import Refusal

PATIENCE = 10.0  # seconds that the hub may take
MOST = 2**20  # bytes of an answer
KEPT = 60.0  # seconds that an answer about a token is believed
MANY = 2000  # tokens

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


class Answers:
    """What the hub said of tokens not long ago, by their hashes: whose each is there."""

    def __init__(self) -> None:
        self._said: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._guard = threading.Lock()

    def find(self, token: str, now: float) -> str | None:
        with self._guard:
            said = self._said.get(token)
        return said[1] if said and 0 <= now - said[0] < KEPT else None

    def keep(self, token: str, name: str, now: float) -> None:
        with self._guard:
            self._said[token] = (now, name)
            self._said.move_to_end(token)
            while len(self._said) > MANY:
                self._said.popitem(last=False)

    def forget(self, name: str) -> None:
        with self._guard:
            for token in [one for one, (_, whose) in self._said.items() if whose.lower() == name.lower()]:
                del self._said[token]


_ANSWERS: WeakKeyDictionary[Desk, Answers] = WeakKeyDictionary()


def answers(desk: Desk) -> Answers:
    return _ANSWERS.setdefault(desk, Answers())


def remembered(desk: Desk, token: str) -> str | None:
    """As ``whose``, of what the hub said less than a minute ago; None where it must be asked."""
    hub = desk.course().service.jupyterhub
    name = answers(desk).find(_hash(hub, token), desk.now()) if hub and token else None
    return None if name is None else known(desk, name) or ""


def whose(desk: Desk, token: str) -> str | None:
    """Whose token of the hub this is, for programs that run in it: "" for nobody's of this course, None for no token.

    Only one that opens their own session: what a person granted to another service of the hub says nothing to us, nor
    what they left in somebody else's session that they looked into.
    """
    hub = desk.course().service.jupyterhub
    if not hub or not token:
        return None
    try:
        said = _user(hub, token)
    except Refusal as refusal:
        if refusal.status == 403:
            return None
        raise
    name = str(said.get("name", "")) if _own(said) else ""
    answers(desk).keep(_hash(hub, token), name, desk.now())
    return known(desk, name) or ""


def _hash(hub: Mapping[str, str], token: str) -> str:
    return hashlib.sha256(f"{_api(hub)}\0{token}".encode()).hexdigest()


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
