"""The application: its routers in order, and what stands before each of them."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.types import ASGIApp, Scope

from grader import __version__
from grader.portal import answers, doors, pages
from grader.portal.desk import Desk
from grader.portal.headers import Headers
from grader.portal.limits import BodyCap, Limits
from grader.portal.refusals import refused

# Modules with a ``router``, and perhaps TABS for the navigation. One that is not there is passed over.
ROUTERS = (
    "links",
    "pages_student",
    "pages_staff",
    "hub",
    "lti",
    "builder",
    "api",
)


def create(root: Path, clock: Callable[[], float], local: str = "") -> FastAPI:
    """``local``: the address of a server for one person. Raises CourseError where there is no course or database."""
    desk = Desk(root, clock, local)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(
        title="Partiel",
        summary="Hand in notebooks, follow their grading, read the feedback.",
        version=__version__,
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(doors.guard)],
        lifespan=lifespan,
    )
    app.state.desk, app.state.limits = desk, Limits(clock)
    modules = [importlib.import_module(f"grader.portal.{name}") for name in ROUTERS if _is_there(name)]
    app.state.tabs = tuple(tab for module in modules for tab in getattr(module, "TABS", ()))
    for module in modules:
        app.include_router(module.router)
    app.add_api_route("/static/{name}", static, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route("/healthz", health, methods=["GET", "HEAD"], include_in_schema=False)
    answers.install(app)

    def refuse(scope: Scope) -> ASGIApp:
        return answers.answer(Request(scope), refused(413, "too_large", scope["path"]))

    app.add_middleware(BodyCap, largest=lambda: desk.course().service.largest_mib << 20, refuse=refuse)
    app.add_middleware(answers.Faults)
    app.add_middleware(Headers, https=lambda: desk.course().service.url.startswith("https://"))
    return app


def _is_there(name: str) -> bool:
    return importlib.util.find_spec(f"grader.portal.{name}") is not None


def static(name: str) -> Response:
    if name not in pages.files():
        raise refused(404, "nothing_here", name)
    data, kind = pages.files()[name]
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(data, media_type=kind, headers=kept)


def health(desk: doors.TheDesk) -> Response:
    """For whoever watches over the server: the database answers."""
    with desk.db.read():
        return PlainTextResponse("ok\n")
