"""The same twelve students on the web: they hand in to a real server while you look on, as them or as their teacher."""

from __future__ import annotations

import json
import random
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from rich.markup import escape

from grader import demo, lock, portal, release
from grader.demo import PLAYERS, Player
from grader.dispatch import supervise
from grader.model import Course
from grader.sandbox import standing
from grader.steps import err, out
from grader.store import Store, jobs, released, tokens

MORE = """
attempts = 3
due = {due}

[server]
url = "http://127.0.0.1:{port}"

[staff]
prof = "instructor"
assistant = "assistant"
"""
BETWEEN = (1.0, 6.0)  # seconds from one student to the next
SHOWN = "td1"  # whose feedback is released once all of it is graded


def run(folder: Path, students: int, port: int, trust: bool) -> None:
    """Until it is stopped."""
    players = PLAYERS[:students]
    if not trust and not standing():
        err.print("[bold]The sandbox cannot stand here[/]: hostile students stay at home. 'partiel doctor' says why.")
        trust = True
    players = tuple(one for one in players if not (trust and one.hostile))
    here = demo.fresh(folder, players, MORE.format(port=port, due=_in_a_week()))
    for assignment in here.assignments.values():
        release.generate(here, assignment)
    app = portal.create(here.root)
    with app.state.desk.db.write() as c:
        made = {one.id: tokens.make(c, one.id, "student", "demo", time.time()) for one in players}
    out.print("\n[bold]Come in as[/]")
    for who, what in (("prof", "the instructor"), ("assistant", "an assistant"), *((p.id, p.did) for p in players)):
        out.print(f"  {what:22}{escape(portal.way_in(app, who))}", soft_wrap=True)
    out.print("\nStop with Ctrl-C.\n")
    threading.Thread(target=_students, args=(here, players, made, port, app.state.desk.db), daemon=True).start()
    with supervise.working(here.root, *(["--trust-submissions"] if trust else [])):
        portal.run(app, "127.0.0.1", port)


def _in_a_week() -> str:
    end = datetime.now().astimezone().replace(hour=23, minute=59, second=0, microsecond=0)
    return (end + timedelta(days=7)).isoformat()


def _students(here: Course, players: tuple[Player, ...], made: dict[str, str], port: int, db: Store) -> None:
    """One after the other, in an order of chance; theory first, as they would."""
    address = f"http://127.0.0.1:{port}/api/v1"
    _until_it_answers(f"http://127.0.0.1:{port}/healthz")
    drawn = random.Random(1)
    for assignment in here.assignments:
        handed = lock.read(here, assignment)
        for player in drawn.sample(players, len(players)):
            time.sleep(drawn.uniform(*BETWEEN))
            body = json.dumps(demo.composed(handed, player)).encode()
            asked = Request(
                f"{address}/assignments/{assignment}/submissions", body, {"Authorization": f"Bearer {made[player.id]}"}
            )
            try:
                with urlopen(asked, timeout=60) as said:
                    number = json.load(said)["attempt"]
                err.print(f"{player.name} hands in {assignment}, attempt {number}")
            except HTTPError as error:
                with error:
                    err.print(escape(f"{player.name}, {assignment}: refused, {error.read()[:200]!r}"))
    _until_graded(db)
    with db.write() as c:
        released.release(c, SHOWN, "prof", time.time())
    err.print(f"Everything is graded; feedback of {SHOWN} is released.")


def _until_it_answers(url: str) -> None:
    for _ in range(120):
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.5)


def _until_graded(db: Store) -> None:
    while True:
        with db.read() as c:
            left = jobs.count(c)
        if not left.get("queued") and not left.get("leased"):
            return
        time.sleep(1)
