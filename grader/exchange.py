"""nbgrader's exchange through the server: JupyterLab's Assignment List fetches each student's own copy, and submits.

This file alone goes where students' Jupyter runs; it imports nbgrader and nothing of the rest. See docs/server.md.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from nbgrader.exchange import abc
from traitlets import Bool, Unicode, default

PATIENCE = 60.0  # seconds
NOTEBOOK = "application/x-ipynb+json"
STAMP = "%Y-%m-%d %H:%M:%S UTC"
DONE_BY_US = "Nothing to do here: every student's copy is on the server as soon as it is generated."
COLLECTED = "Nothing to collect: what students submit is in submitted/ at once."
SHOWN = "Feedback is shown by the server: release it on its page."


class Exchange(abc.Exchange):
    """Where the server is, and who asks."""

    url = Unicode(help="The server's address.").tag(config=True)
    token = Unicode(help="The student's: a token of the server, or the one that JupyterHub gave their session.").tag(
        config=True
    )
    path_includes_course = Bool(False, help="As in nbgrader's own: ./course/td1, not ./td1.").tag(config=True)

    @default("url")
    def _url(self) -> str:
        return os.environ.get("PARTIEL_URL", "http://127.0.0.1:8000")

    @default("token")
    def _token(self) -> str:
        return os.environ.get("PARTIEL_TOKEN") or os.environ.get("JUPYTERHUB_API_TOKEN", "")

    def ensure_root(self) -> None:
        """nbgrader asks for a shared folder here; there is none."""

    def init_src(self) -> None:
        pass

    def init_dest(self) -> None:
        pass

    def copy_files(self) -> None:
        pass

    @property
    def here(self) -> Path:
        """The assignment's folder, where the student works."""
        inside = (self.coursedir.course_id,) if self.path_includes_course and self.coursedir.course_id else ()
        return Path(self.assignment_dir, *inside, self.coursedir.assignment_id).absolute()

    def ask(self, path: str, data: bytes | None = None, kind: str = NOTEBOOK) -> bytes:
        """The server's answer; what it refuses is said as it says it."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        asked = Request(f"{self.url.rstrip('/')}/api/v1{path}", data, headers)
        end = monotonic() + PATIENCE
        while True:
            try:
                with urlopen(asked, timeout=PATIENCE) as answer:
                    return bytes(answer.read())
            except HTTPError as error:
                with error:
                    wait = _wait(error)
                    if data is not None or not wait or monotonic() + wait > end:  # a refused submission is said at once
                        self.fail(_told(error))
            except (URLError, OSError) as error:
                why = getattr(error, "reason", error)
                self.fail(f"The server at {self.url} does not answer: {why}. Try again later.")
            sleep(wait)

    def asked(self, path: str, data: bytes | None = None, kind: str = NOTEBOOK) -> Any:
        return json.loads(self.ask(path, data, kind))


def body(file: Path, *, weights: bool) -> tuple[bytes, str]:
    """What is sent of a notebook, and its type; with the ``weights`` that lie beside it, a form."""
    beside = [one for suffix in (".npz", ".safetensors") if (one := file.with_name(f"weights{suffix}")).is_file()]
    if not weights or not beside:
        return file.read_bytes(), NOTEBOOK
    mark = secrets.token_hex(16)
    parts = []
    for field, one in (("file", file), *(("weights", one) for one in beside)):
        told = f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{field}{one.suffix}"\r\n\r\n'
        parts.append(told.encode() + one.read_bytes() + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def _wait(error: HTTPError) -> int:
    """In how many seconds to ask again, where that was too often; 0 for anything else."""
    said = error.headers.get("Retry-After", "")
    return int(said) if error.code == 429 and said.isdigit() else 0


def _told(error: HTTPError) -> str:
    try:
        said = json.loads(error.read(65536))
        return f"{said['problem']} {said['remedy']}"
    except (ValueError, KeyError, TypeError, OSError):
        return f"The server said {error.code} {error.reason}."


class ExchangeFetchAssignment(Exchange, abc.ExchangeFetchAssignment):
    def copy_files(self) -> None:
        name = self.coursedir.assignment_id
        file = self.here / f"{name}.ipynb"
        if file.exists() or (self.here.exists() and not self.replace_missing_files):
            self.fail(f"You already have a copy of the assignment in this directory: {self.here.name}")
        path = f"/assignments/{quote(name, safe='')}"
        notebook = self.ask(f"{path}/notebook")
        beside = {one: self.ask(f"{path}/files/{quote(one, safe='')}") for one in self.asked(path)["files"]}
        self.here.mkdir(parents=True, exist_ok=True)
        for one, data in {**beside, file.name: notebook}.items():
            (self.here / Path(one).name).write_bytes(data)
        self.log.info("Fetched as: %s", file)


class ExchangeSubmit(Exchange, abc.ExchangeSubmit):
    def copy_files(self) -> None:
        self.coursedir.assignment_id = Path(self.coursedir.assignment_id).name
        name = self.coursedir.assignment_id
        file = self.here / f"{name}.ipynb"
        if not file.is_file():
            self.fail(
                f"There is no {file.name} in {self.here}: fetch the assignment, or give the notebook its name back."
            )
        path = f"/assignments/{quote(name, safe='')}"
        data, kind = body(file, weights=bool(self.asked(path).get("weights")))
        said = self.asked(f"{path}/submissions", data, kind)
        kept = self.here / "receipts" / f"{said['id']}.txt"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(said["text"], "utf-8")
        self.log.info("Submitted as: %s, attempt %s. Your receipt: %s", name, said["attempt"], kept)


class ExchangeList(Exchange, abc.ExchangeList):
    """What there is to fetch, or (``inbound``, ``cached``) what was handed in."""

    def list_files(self) -> list[dict[str, Any]]:
        wanted = self.coursedir.assignment_id
        course = self.asked("/me")["course"]
        if self.coursedir.course_id and self.coursedir.course_id != course:
            return []
        self.coursedir.course_id = self.coursedir.course_id or course
        found = [one for one in self.asked("/assignments") if not wanted or one["id"] == wanted]
        if self.inbound or self.cached:
            listed = [self._handed_in(course, one) for one in found if one["submissions"]]
        else:
            listed = [self._released(course, one) for one in found if not one["begins"]]
        for one in listed:
            self.log.info("%s %s: %s", course, one["assignment_id"], one["status"])
        return listed

    def remove_files(self) -> list[dict[str, Any]]:
        self.fail("Nothing is removed from the server.")
        return []

    def _where(self, id: str) -> Path:
        before, self.coursedir.assignment_id = self.coursedir.assignment_id, id
        try:
            return self.here
        finally:
            self.coursedir.assignment_id = before

    def _released(self, course: str, one: Mapping[str, Any]) -> dict[str, Any]:
        folder = self._where(one["id"])
        there = (folder / f"{one['id']}.ipynb").is_file()
        notebooks = [{"notebook_id": one["id"], "path": str(folder / f"{one['id']}.ipynb")}]
        status = "fetched" if there else "released"
        return {
            "course_id": course,
            "assignment_id": one["id"],
            "status": status,
            "path": str(folder),
            "notebooks": notebooks,
        }

    def _handed_in(self, course: str, one: Mapping[str, Any]) -> dict[str, Any]:
        facts = {"course_id": course, "student_id": self.asked("/me")["id"], "assignment_id": one["id"]}
        came = self.asked(f"/assignments/{quote(one['id'], safe='')}/submissions")
        every = [facts | self._attempt(given["receipt"], given["status"]) for given in reversed(came)]
        return facts | {"status": "submitted", "submissions": every}

    def _attempt(self, given: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
        """As nbgrader's own list describes one: the panel compares the feedback there with the one here."""
        assignment, id = given["assignment"], given["id"]
        stamp = stamped(given["received"])
        folder = self._where(assignment)
        page = folder / "feedback" / stamp / f"{assignment}.html"
        ready = state["feedback"] == "full" and state["state"] == "graded"
        changed = False
        if ready and page.is_file():
            now = self.ask(f"/submissions/{id}/feedback.html")
            changed = hashlib.sha256(now).digest() != hashlib.sha256(page.read_bytes()).digest()
        seen = {
            "has_local_feedback": page.is_file(),
            "has_exchange_feedback": ready,
            "feedback_updated": changed,
            "local_feedback_path": str(page.parent) if page.is_file() else None,
        }
        notebook = {"notebook_id": assignment, "path": str(folder / f"{assignment}.ipynb")}
        return {"timestamp": stamp, "status": "submitted", "path": str(folder), "notebooks": [notebook | seen], **seen}


class ExchangeFetchFeedback(Exchange, abc.ExchangeFetchFeedback):
    def copy_files(self) -> None:
        name = self.coursedir.assignment_id
        for one in self.asked(f"/assignments/{quote(name, safe='')}/submissions"):
            given, state = one["receipt"], one["status"]
            if state["state"] != "graded" or state["feedback"] != "full":
                continue
            stamp = stamped(given["received"])
            page = self.here / "feedback" / stamp / f"{name}.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_bytes(self.ask(f"/submissions/{given['id']}/feedback.html"))
            self.log.info("Fetched feedback: %s", page)


def stamped(received: str) -> str:
    """As nbgrader writes a moment."""
    return datetime.fromisoformat(received).strftime(STAMP)


# ── what instructors' buttons ask for: the server has done it ────────────────


class ExchangeReleaseAssignment(Exchange, abc.ExchangeReleaseAssignment):
    def copy_files(self) -> None:
        self.log.info(DONE_BY_US)


class ExchangeCollect(Exchange, abc.ExchangeCollect):
    def copy_files(self) -> None:
        self.log.info(COLLECTED)


class ExchangeReleaseFeedback(Exchange, abc.ExchangeReleaseFeedback):
    def copy_files(self) -> None:
        self.log.info(SHOWN)


CONFIG = """\
# In nbgrader_config.py where students' Jupyter runs; grader/exchange.py is all of Partiel that it needs.
c.Exchange.url = "{url}"
c.ExchangeFactory.exchange = "grader.exchange.Exchange"
c.ExchangeFactory.fetch_assignment = "grader.exchange.ExchangeFetchAssignment"
c.ExchangeFactory.fetch_feedback = "grader.exchange.ExchangeFetchFeedback"
c.ExchangeFactory.list = "grader.exchange.ExchangeList"
c.ExchangeFactory.submit = "grader.exchange.ExchangeSubmit"
c.ExchangeFactory.release_assignment = "grader.exchange.ExchangeReleaseAssignment"
c.ExchangeFactory.collect = "grader.exchange.ExchangeCollect"
c.ExchangeFactory.release_feedback = "grader.exchange.ExchangeReleaseFeedback"
"""
