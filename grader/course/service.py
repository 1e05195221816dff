"""``[server]`` and ``[staff]`` of ``course.toml``: how the course is served, and who may see everyone's work."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from grader.course import words
from grader.errors import CourseError, near_miss
from grader.model import Role, Service

KEYS = ("url", "database", "largest", "keep", "jupyterhub", "lti")
KEPT = ("submissions", "logs", "feedback")
HUB_KEYS = ("url", "api", "client_id", "secret_file")
LTI_KEYS = ("client_id", "deployments", "login", "token", "keys", "audience")
ROLES = ("instructor", "assistant")


def read(file: Path, said: Mapping[str, Any]) -> Service:
    """Raises CourseError."""
    words.only(file, "[server]", said, KEYS)
    given: dict[str, Any] = {}
    if "url" in said:
        given["url"] = _host(file, "[server]: url", said["url"])
    if "database" in said:
        given["database"] = _text(file, "[server]: database", said["database"])
    if "largest" in said:
        given["largest_mib"] = words.count(file, "[server]: largest", said["largest"], "Write it in MiB: 8.", least=1)
    keep = words.table(file, "keep", said, "[server]")
    words.only(file, "[server.keep]", keep, KEPT)
    given["keep"] = {k: words.count(file, f"[server.keep]: {k}", v, "Write it in days: 365.") for k, v in keep.items()}
    hub = words.table(file, "jupyterhub", said, "[server]")
    if hub:
        words.only(file, "[server.jupyterhub]", hub, HUB_KEYS)
        _all_there(file, "[server.jupyterhub]", hub, ("url", "client_id", "secret_file"))
        given["jupyterhub"] = {key: _text(file, f"[server.jupyterhub]: {key}", value) for key, value in hub.items()}
    platforms = words.table(file, "lti", said, "[server]")
    given["lti"] = {issuer: _platform(file, issuer, one) for issuer, one in platforms.items()}
    return Service(**given)


def staff(file: Path, said: Mapping[str, Any]) -> dict[str, Role]:
    """Raises CourseError."""
    for who, role in said.items():
        if not words.NAME.fullmatch(who):
            raise CourseError(file, f"[staff]: {who!r} cannot name a person", "Use letters, digits, '-', '_' and '.'.")
        if role not in ROLES:
            remedy = near_miss(str(role), ROLES, f"Write one of: {', '.join(ROLES)}.")
            raise CourseError(file, f"[staff]: {who} = {role!r} is no role", remedy)
    return cast("dict[str, Role]", dict(said))


def _platform(file: Path, issuer: str, said: object) -> dict[str, Any]:
    where = f'[server.lti."{issuer}"]'
    if not isinstance(said, dict):
        raise CourseError(file, f"{where} is no table", f"Write a line {where}, and its keys under it.")
    words.only(file, where, said, LTI_KEYS)
    _all_there(file, where, said, ("client_id", "deployments", "login", "token", "keys"))
    _address(file, where, issuer)
    deployments = said["deployments"]
    if not isinstance(deployments, list) or not all(isinstance(one, str) for one in deployments):
        raise CourseError(file, f"{where}: deployments = {deployments!r} is no list", 'Write it as ["1"].')
    return {"issuer": issuer, **said}


def _all_there(file: Path, where: str, said: Mapping[str, Any], wanted: tuple[str, ...]) -> None:
    for key in wanted:
        if key not in said:
            raise CourseError(file, f"{where} has no {key}", f"It needs: {', '.join(wanted)}.")


def _host(file: Path, where: str, said: object) -> str:
    """Where the server lives: its pages, cookies and links know of no path before theirs."""
    text = _address(file, where, said)
    parts = urlsplit(text)
    if parts.path or parts.query or parts.fragment:
        remedy = f"The server does not live under a path. Give it a host name of its own: {parts.scheme}://partiel.example.org."
        raise CourseError(file, f"{where} = {text!r} is more than a host", remedy)
    return text


def _address(file: Path, where: str, said: object) -> str:
    text = _text(file, where, said)
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CourseError(file, f"{where} = {text!r} is no address", "Write it whole: https://partiel.example.org.")
    return text.rstrip("/")


def _text(file: Path, where: str, said: object) -> str:
    if not isinstance(said, str) or not said:
        raise CourseError(file, f"{where} = {said!r} is no text", "Write it as a string.")
    return said
