"""PyLTI1p3, as this server uses it: our key, the platforms of course.toml, and state kept in the database, once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.responses import RedirectResponse, Response
from pylti1p3.cookie import CookieService
from pylti1p3.exception import LtiException
from pylti1p3.launch_data_storage.base import LaunchDataStorage
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from pylti1p3.request import Request as Asked
from pylti1p3.session import SessionService
from pylti1p3.tool_config.dict import ToolConfDict

from grader.course.secret import HIDDEN
from grader.model import Course
from grader.portal.desk import Desk
from grader.store import lti

KEY = "lti-key.pem"  # beside the course's secret
LASTS = 600.0  # seconds between the beginning of a sign-in and its end
BITS = 2048


def key(course: Course) -> str:
    """Ours, PEM; made when first asked for, and kept with the course."""
    file = course.root / HIDDEN / KEY
    if not file.is_file():
        made = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
        form = serialization.PrivateFormat.PKCS8
        pem = made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
        beside = file.with_name(f".{KEY}.{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
        try:
            os.link(beside, file)  # two that make one at once keep the first
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return file.read_text("ascii")


def public(private: str) -> str:
    loaded = serialization.load_pem_private_key(private.encode(), None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return loaded.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


class Platforms(ToolConfDict):
    """One that is not there is the asker's mistake, and no fault of ours."""

    def get_iss_config(self, iss: str, client_id: str | None = None) -> Any:
        if iss not in (self._config or {}):
            raise LtiException(f"{iss[:200]} is no platform of this course")
        return super().get_iss_config(iss, client_id)


def config(course: Course) -> Platforms:
    """The platforms that course.toml names, and no other."""
    private = key(course)
    mine = public(private)
    platforms = course.service.lti
    made = Platforms({issuer: _platform(said) for issuer, said in platforms.items()})
    for issuer in platforms:
        made.set_private_key(issuer, private)
        made.set_public_key(issuer, mine)
    return made


def _platform(said: Mapping[str, Any]) -> Any:
    return {
        "client_id": said["client_id"],
        "auth_login_url": said["login"],
        "auth_token_url": said["token"],
        "auth_audience": said.get("audience"),
        "key_set_url": said["keys"],
        "key_set": None,
        "deployment_ids": said["deployments"],
    }


class Form(Asked):
    """What was sent, and the cookies that came with it."""

    def __init__(self, params: Mapping[str, str], cookies: Mapping[str, str], *, secure: bool) -> None:
        super().__init__()
        self.params, self.cookies, self.secure = params, cookies, secure

    @property
    def session(self) -> dict[str, Any]:
        return {}

    def is_secure(self) -> bool:
        return self.secure

    def get_param(self, key: str) -> str:
        return self.params.get(key, "")


class Memory(LaunchDataStorage[Any]):
    """The database; what it holds of a launch is a nonce and a state, and neither is used twice."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def get_session_cookie_name(self) -> str | None:
        return None

    def can_set_keys_expiration(self) -> bool:
        return True

    def get_value(self, key: str) -> Any:
        with self.desk.db.read() as c:
            return lti.remembered(c, self._prepare_key(key), self.desk.now())

    def set_value(self, key: str, value: Any, exp: int | None = None) -> None:  # noqa: ARG002 - ours is shorter
        now = self.desk.now()
        with self.desk.db.write() as c:
            lti.tidy(c, now)
            lti.remember(c, self._prepare_key(key), value, now + LASTS)

    def check_value(self, key: str) -> bool:
        """Asked of nonces only: it is gone with the answer."""
        name = self._prepare_key(key)
        with self.desk.db.write() as c:
            return lti.remembered(c, name, self.desk.now()) is not None and lti.forget(c, name)


class Session(SessionService):
    """What was launched is not kept: only whom it signed in, by this server's own cookie."""

    def __init__(self, asked: Form, memory: Memory) -> None:
        super().__init__(asked)
        self.data_storage = memory

    def save_launch_data(self, key: str, jwt_body: Any) -> None:  # noqa: ARG002 - none of it
        return


class Cookies(CookieService):
    """The platform posts to us from its own site: over https these cookies travel with that."""

    def __init__(self, asked: Form) -> None:
        self.asked = asked
        self.new: dict[str, tuple[str, int | None]] = {}

    def get_cookie(self, name: str) -> str | None:
        return self.asked.cookies.get(f"{self._cookie_prefix}-{name}")

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        self.new[f"{self._cookie_prefix}-{name}"] = (str(value), exp)

    def put(self, response: Response) -> Response:
        for name, (value, lasts) in self.new.items():
            same: Literal["none", "lax"] = "none" if self.asked.secure else "lax"
            response.set_cookie(
                name, value, max_age=lasts, httponly=True, secure=self.asked.secure, samesite=same, path="/lti"
            )
        return response


class Away(Redirect[Response]):
    def __init__(self, to: str, cookies: Cookies) -> None:
        super().__init__()
        self.to, self.cookies = to, cookies

    def do_redirect(self) -> Response:
        return self.cookies.put(RedirectResponse(self.to, 303))

    def do_js_redirect(self) -> Response:
        return self.do_redirect()

    def set_redirect_url(self, location: str) -> None:
        self.to = location

    def get_redirect_url(self) -> str:
        return self.to


class Login(OIDCLogin[Form, Platforms, Session, Cookies, Response]):
    def get_redirect(self, url: str) -> Redirect[Response]:
        return Away(url, self._cookie_service)


class Launch(MessageLaunch[Form, Platforms, Session, Cookies]):
    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)


def login(desk: Desk, asked: Form) -> Response:
    """Away to the platform, which answers to /lti/launch. Raises OIDCException, LtiException."""
    here = Login(asked, config(desk.course()), Session(asked, Memory(desk)), Cookies(asked))
    return here.redirect(f"{desk.course().service.url}/lti/launch")


def launch(desk: Desk, asked: Form) -> Launch:
    """Validated: its state, nonce, signature, platform and deployment. Raises LtiException."""
    here = Launch(asked, config(desk.course()), Session(asked, Memory(desk)), Cookies(asked))
    here.validate()
    return here
