"""Commands of whoever runs the server, and of whoever hands in from a terminal."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from http.client import HTTPException
from pathlib import Path
from socket import gaierror
from ssl import SSLCertVerificationError
from typing import Annotated, Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import typer
from rich.markup import escape

from grader.cli.options import Json, opened
from grader.errors import PartielError, UsageError, near_miss
from grader.model import Course
from grader.steps import err, out

commands = typer.Typer()
PATIENCE = 120.0  # seconds that the server may take
FAULT = 500  # and above: not the fault of who asked
NOTEBOOK = "application/x-ipynb+json"
NOT_REACHED = (ConnectionRefusedError, gaierror, SSLCertVerificationError)  # before anything was sent
NOTHING = "Nothing was handed in; try again in a moment."
PERHAPS = "It may have been received: send the same file again in a moment. The same bytes are taken once."


@commands.command()
def build(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8010,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say the address.")] = False,
) -> None:
    """Put an assignment together in the browser: the catalogue, variants, points, previews; on this machine alone."""
    from grader import portal

    def ready(address: str) -> None:
        out.print(escape(address), soft_wrap=True)
        err.print("Stop with Ctrl-C. What you pick is kept; course.toml is written when you say so.")
        if not no_browser:
            typer.launch(address)

    portal.build(opened().root, port, ready)


@commands.command()
def links(
    who: Annotated[list[str] | None, typer.Argument(help="Only these people.")] = None,
    staff: Annotated[bool, typer.Option("--staff", help="Instructors and assistants; unless said, students.")] = False,
    renew: Annotated[bool, typer.Option("--renew", help="From now on their old links open nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Renew them all, without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Each student's own way in, as CSV for a mail merge. Whoever has a link is that person: send it to them alone."""
    from grader import marks, portal
    from grader.portal import links as ways
    from grader.store import audit, tokens

    here = opened()
    desk = portal.create(here.root).state.desk
    try:
        students = [one.id for one in here.students if not one.withdrawn]
        known = {*here.staff, *students}
        chosen = list(dict.fromkeys(who or (here.staff if staff else students)))
        for one in chosen:
            if one not in known:
                raise _nobody(here, one)
        if renew and not (who or yes) and not _agreed(len(chosen)):
            problem = f"the links of all {len(chosen)}, sent before, would open nothing any more"
            raise UsageError("--renew", problem, "Name whose, or say --yes.")
        if renew:
            with desk.db.write() as c:
                for one in chosen:
                    tokens.renew(c, one)
                    audit.note(c, time.time(), "partiel", "command", "renew_link", one)
        made = {one: ways.link(desk, one) for one in chosen}
    finally:
        desk.close()
    if as_json:
        print(json.dumps(made, ensure_ascii=False, indent=1))
        return
    people = {one.id: one for one in here.students}
    rows = [["id", "name", "email", "link"]]
    for one, link in made.items():
        person = people.get(one)
        rows.append([one, person.name if person else "", person.email if person else "", link])
    sys.stdout.flush()
    sys.stdout.buffer.write(marks.as_csv(rows, here.lang))
    sys.stdout.buffer.flush()


@commands.command()
def token(
    who: str,
    label: Annotated[str, typer.Option(help="What it is for: it is taken back by this name.")] = "terminal",
    days: Annotated[int, typer.Option(min=1, help="How long it works.")] = 120,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take it back.")] = False,
) -> None:
    """A token with which a program acts for somebody; shown once."""
    from grader import store
    from grader.store import audit, tokens

    here = opened()
    role = here.staff.get(who) or ("student" if any(one.id == who for one in here.students) else None)
    gone = who not in here.staff and any(one.id == who and one.withdrawn for one in here.students)
    if role is None or (gone and not revoke):
        raise _nobody(here, who)
    db = store.of(here)
    try:
        with db.write() as c:
            now = time.time()
            if revoke:
                count = tokens.revoke(c, who, label)
            else:
                made = tokens.make(c, who, role, label, now, days)
            audit.note(c, now, "partiel", "command", "revoke" if revoke else "token", f"{who}/{label}")
    finally:
        db.close()
    print(f"{count} taken back." if revoke else made)


def _agreed(count: int) -> bool:
    return sys.stdin.isatty() and typer.confirm(f"Renew all {count} links? Old ones open nothing.", err=True)


def _nobody(here: Course, who: str) -> UsageError:
    if any(one.id == who for one in here.students):
        return UsageError(who, "has withdrawn", "Where that is wrong: correct their line in students.csv.")
    known = [*here.staff, *(one.id for one in here.students if not one.withdrawn)]
    return UsageError(who, "is neither in students.csv nor in [staff]", near_miss(who, known, "Add them."))


@commands.command()
def receipt(file: Path) -> None:
    """Whether a receipt that a student shows was given by this course, to the letter."""
    from grader import receipt as receipts

    here = opened()
    try:
        said = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(file, f"cannot be read: {error}", "Give the text file that the student downloaded.") from error
    if not receipts.genuine(here, said):
        err.print("[bold]Not genuine[/]: this course did not give it, or something in it was changed.")
        raise typer.Exit(1)
    out.print("Genuine: this course received exactly that, at that time.")


class Refused(PartielError):
    """The server said no."""


@commands.command()
def submit(
    file: Path,
    assignment: Annotated[
        str | None, typer.Option(help="If neither its name nor the notebook itself says which.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="URL", help="The server; else $PARTIEL_URL.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until it is graded.")] = False,
    as_json: Json = False,
) -> None:
    """Hand in a notebook to the server, with $PARTIEL_TOKEN; the receipt is written beside it.

    Where trained weights are asked for, weights.npz or weights.safetensors beside it goes along.
    """
    from grader.exchange import body

    url = (to or os.environ.get("PARTIEL_URL", "http://127.0.0.1:8000")).rstrip("/")
    token = os.environ.get("PARTIEL_TOKEN", "")
    if not token:
        raise UsageError("PARTIEL_TOKEN", "is not set", f"Get a token on {url}/terminal, then: export PARTIEL_TOKEN=…")
    if not file.is_file():
        raise UsageError(file, "there is no such file", "Give the .ipynb file that you filled in.")
    held = {one["id"]: one for one in _ask(url, token, "/assignments")}
    name = _meant(file, assignment, list(held))
    data, kind = body(file, weights=held[name]["weights"])
    said = _ask(url, token, f"/assignments/{quote(name, safe='')}/submissions", data, kind)
    kept = file.with_name(f"{file.stem}-receipt-{said['attempt']}.txt")
    kept.write_text(said["text"], "utf-8")
    if as_json and not wait:
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        told = f"Received: {name}, attempt {said['attempt']}, {said['received']}. Receipt: {kept}"
        (err if as_json else out).print(escape(told), soft_wrap=True)
    if wait:
        _follow(url, token, said["id"], as_json=as_json)


def _meant(file: Path, said: str | None, held: list[str]) -> str:
    """Which assignment it is: a second download of td1.ipynb is called "td1 (1).ipynb"."""
    guesses = (said,) if said else (file.stem, _written_in(file), re.sub(r" ?\(\d+\)$", "", file.stem))
    found = next((one for one in guesses if one in held), None)
    if found is not None:
        return found
    where = "--assignment" if said else file
    problem = f"'{said}' is no assignment of yours" if said else "nothing says which assignment it is"
    remedy = f"Say which: --assignment ID. Yours are: {', '.join(held)}." if held else "You have none yet."
    raise UsageError(where, problem, remedy)


def _written_in(file: Path) -> str | None:
    """What a notebook that we handed out says of itself."""
    try:
        said = json.loads(file.read_bytes())["metadata"]["partiel"]["assignment"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return said if isinstance(said, str) else None


def _follow(url: str, token: str, id: str, *, as_json: bool) -> None:
    known = f"It was handed in, and you have its receipt: only its state could not be asked. It is on {url}."
    with err.status("queued") as status:
        while (said := _ask(url, token, f"/submissions/{id}", known=known))["state"] in ("queued", "running"):
            status.update(
                f"queued, {said['ahead']} before"
                if said["state"] == "queued"
                else f"{said['question']}/{said['questions']}"
            )
            time.sleep(1)
    found = _ask(url, token, f"/submissions/{id}/feedback", known=known)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    out.print(said["state"])
    for remark in found.get("remarks", ()):
        out.print(escape(f"  {remark}"), soft_wrap=True)
    for one in (*found["coarse"], *found["full"]):
        points = f" {one['earned']:g}/{one['points']:g}" if "earned" in one else ""
        out.print(escape(f"  {one['question']}: {one['result']}{points}"))


def _ask(url: str, token: str, path: str, data: bytes | None = None, kind: str = NOTEBOOK, known: str = "") -> Any:
    """``known``: what is true of what was handed in, whatever becomes of this question."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    try:
        with urlopen(Request(f"{url}/api/v1{path}", data, headers), timeout=PATIENCE) as answer:
            return json.loads(answer.read())
    except HTTPError as error:
        lost = PERHAPS if data is not None and error.code >= FAULT else "Is this the server's address?"
        with error:
            try:
                said = json.loads(error.read(65536))
                raise Refused(said["where"] or path, said["problem"], f"{said['remedy']} {known}".strip()) from error
            except (ValueError, KeyError, TypeError, OSError, HTTPException):
                raise Refused(url, f"it said {error.code} {error.reason}", known or lost) from error
    except (OSError, HTTPException, ValueError) as error:
        why = getattr(error, "reason", error)
        lost = NOTHING if data is None or isinstance(why, NOT_REACHED) else PERHAPS
        raise Refused(url, f"it does not answer: {why}", known or lost) from error
