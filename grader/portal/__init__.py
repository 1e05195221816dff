"""The grading server: pages, an interface for programs, and the ways in. No other module imports FastAPI."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError

if TYPE_CHECKING:
    from fastapi import FastAPI

Clock = Callable[[], float]
NEEDED = UsageError("partiel serve", "the server's packages are not installed", "Run: pip install 'partiel[server]'")


def create(root: Path, clock: Clock = time.time, local: str = "") -> FastAPI:
    """The application of a course folder; ``local``: its address, for one person. Raises CourseError, UsageError."""
    try:
        from grader.portal import app
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "grader":
            raise
        raise NEEDED from error
    return app.create(root, clock, local)


def build(root: Path, port: int, ready: Callable[[str], None]) -> None:
    """The builder for whoever sits here, until it is stopped; ``ready`` is told the address that lets them in."""
    served = create(root, local=f"http://127.0.0.1:{port}")
    from grader.portal.desk import LOCAL

    ready(way_in(served, LOCAL))
    run(served, "127.0.0.1", port)


def way_in(served: FastAPI, who: str) -> str:
    """Somebody's personal link."""
    from grader.portal import links

    return links.link(served.state.desk, who)


def serve(
    root: Path, host: str = "127.0.0.1", port: int = 8000, *, proxies: str = "127.0.0.1", trust: bool = False
) -> None:
    """Until it is stopped. ``proxies``: whose word is taken on where a request came from, and whether by https.

    ``trust``: regrades asked for on its pages run without walls, as its worker does then.
    """
    served = create(root)
    served.state.desk.trust = trust
    run(served, host, port, proxies)


def run(served: FastAPI, host: str, port: int, proxies: str = "127.0.0.1") -> None:
    """Until it is stopped."""
    from grader.portal import connections

    connections.run(served, host, port, proxies)
