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


def create(root: Path, clock: Clock = time.time) -> FastAPI:
    """The application of a course folder. Raises CourseError, UsageError."""
    try:
        from grader.portal import app
    except ModuleNotFoundError as error:
        raise NEEDED from error
    return app.create(root, clock)


def serve(root: Path, host: str = "127.0.0.1", port: int = 8000, *, proxies: str = "127.0.0.1") -> None:
    """Until it is stopped. ``proxies``: whose word is taken on where a request came from, and whether by https."""
    served = create(root)
    import uvicorn

    uvicorn.run(
        served,
        host=host,
        port=port,
        proxy_headers=True,
        forwarded_allow_ips=proxies,
        server_header=False,
        access_log=False,
        log_level="warning",
        timeout_keep_alive=20,
        timeout_graceful_shutdown=20,
        limit_concurrency=2000,
    )
