"""How a refusal or a fault reaches whoever asked: a page for people, JSON for programs, in the reader's language."""

from __future__ import annotations

import logging
import re
import secrets
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grader.errors import PartielError
from grader.portal import pages
from grader.portal.refusals import API, Refusal, refused, said
from grader.store import Trouble

NAMED = {
    400: "not_understood",
    401: "sign_in",
    404: "nothing_here",
    405: "not_that_way",
    408: "silent",
    413: "too_large",
    415: "not_understood",
}


def answer(request: Request, refusal: Refusal) -> Response:
    """A page for people, JSON for programs; whoever is not signed in is led to where they can."""
    lang = pages.visitor_of(request).lang
    if request.url.path.startswith(API):
        return JSONResponse(said(refusal, lang), refusal.status, headers=dict(refusal.headers))
    if refusal.status == 401 and request.method in ("GET", "HEAD"):
        if request.headers.get("hx-request"):
            return Response(status_code=401, headers={"HX-Refresh": "true"})
        to = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?to={quote(to, safe='/')}", 303)
    shown = pages.page(
        request,
        "refused.html.j2",
        status=refusal.status,
        problem=refusal.problem[lang],
        remedy=refusal.remedy[lang],
        where=refusal.where,
        quoted=refusal.quoted,
    )
    shown.headers.update(refusal.headers)
    return shown


def install(app: FastAPI) -> None:
    """Every way in which a request can fail ends in ``answer``."""

    @app.exception_handler(Refusal)
    def meant(request: Request, error: Refusal) -> Response:
        return answer(request, error)

    @app.exception_handler(HTTPException)
    def by_the_framework(request: Request, error: HTTPException) -> Response:
        name = NAMED.get(error.status_code, "not_understood")
        headers = dict(error.headers or {})
        if error.status_code == 405 and (allowed := _allowed(request)):
            headers["Allow"] = allowed
        return answer(request, refused(error.status_code, name, request.url.path, **headers))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0] if error.errors() else {}
        where = ".".join(str(part) for part in first.get("loc", ()))
        return answer(request, refused(422, "not_understood", where))

    @app.exception_handler(PartielError)
    def ours_to_mend(request: Request, error: PartielError) -> Response:
        """A course that cannot be read: for its instructor. Where its files are is nobody else's business."""
        return _fault(request, error)

    @app.exception_handler(Trouble)
    def out_of_reach(request: Request, error: Trouble) -> Response:
        logging.getLogger(__name__).error("%s %s", request.method, _path(request), exc_info=error)
        return answer(request, refused(503, "out_of_reach", "", Retry_After="10"))


class Faults:
    """What nobody expected is logged under a number, which is all that the reader is told."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched if scope["type"] == "http" else send)
        except ClientDisconnect:
            return  # there is nobody to answer
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await _fault(Request(scope), error)(scope, receive, send)


def _fault(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    logging.getLogger(__name__).error("%s %s %s", number, request.method, _path(request), exc_info=error)
    return answer(request, refused(500, "our_fault", number))


def _path(request: Request) -> str:
    """For the log: on one line, and without a personal link, which is a way in."""
    path = request.url.path
    return "/in/…" if path.startswith("/in/") else ascii(path)[1:-1]


def _allowed(request: Request) -> str:
    """Every method of an address of the interface for programs: the framework knows those of one route."""
    for path, methods in request.app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.url.path):
            return ", ".join(sorted(method.upper() for method in methods))
    return ""
