"""The routes: the page for a clerk, and `POST /api/score` for the page, a macro, a script."""

import base64
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files as package_files
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

from xlflow.config import Workspace
from xlflow.errors import XlflowError
from xlflow.plain_answer import MEDIA_TYPE
from xlflow.review import Outcome
from xlflow.server.judging import Judges, Served
from xlflow.server.tokens import Holder, Tokens, load_tokens
from xlflow.server.uploads import Refused, Room, announced_size, body_of, file_name

_LOG = logging.getLogger("xlflow.server")
_PAGE = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_WORKBOOKS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_BEARER = "Bearer "
_WRONG_PATHS = {404: "no_page", 405: "no_method"}


def create_app(
    workspace: Workspace, *, jobs: int | None = None, open_to_all: bool = False
) -> FastAPI:
    """Return the application that scores workbooks by the rules of a workspace.

    Without `open_to_all` each request needs a token that was given to a unit. Nothing of what
    is sent is kept.
    """

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        app.state.judges = Judges(workspace, jobs or os.cpu_count() or 1)
        yield
        app.state.judges.close()

    # No pages about itself: they would be fetched from elsewhere.
    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    room = Room()

    @app.middleware("http")
    async def with_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers.update(_HEADERS)
        return response

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        del request
        return _refusal(error)

    @app.exception_handler(XlflowError)
    async def failed(request: Request, error: XlflowError) -> Response:
        del request
        _LOG.error("%s", error)
        return JSONResponse({"message": error.zh, "message_en": error.en}, 503)

    @app.exception_handler(HTTPException)
    async def unknown(request: Request, error: HTTPException) -> Response:
        del request
        return _refusal(Refused(error.status_code, _WRONG_PATHS.get(error.status_code, "no_page")))

    @app.post("/api/score")
    async def score(request: Request, accept: Annotated[str, Header()] = "") -> Response:
        started = time.monotonic()
        holder = None if open_to_all else _holder(request, load_tokens(workspace))
        size = announced_size(request.headers.get("content-length"))
        name = file_name(request.headers.get("x-xlflow-name"))
        with room.hold(size):
            package = await body_of(request.stream(), size)
            served = await app.state.judges.judge(package, name, holder)
        if served.foreign is not None:
            unit = holder.unit if holder else ""
            raise Refused(403, "foreign", unit=unit, other=served.foreign)
        seconds = time.monotonic() - started
        _LOG.info("%s %s %d KB %.2f s", served.outcome, holder, len(package) >> 10, seconds)
        return _answer(served, name, accept)

    @app.get("/api/info")
    async def info() -> dict[str, bool]:
        return {"token_needed": not open_to_all}

    for path, (page, media_type) in _PAGE.items():
        app.add_api_route(path, _page(page, media_type), methods=["GET"])
    return app


def _page(name: str, media_type: str) -> Callable[[], Awaitable[Response]]:
    content = package_files("xlflow.server").joinpath("page", name).read_bytes()

    async def page() -> Response:
        return Response(content, media_type=media_type)

    return page


def _holder(request: Request, tokens: Tokens) -> Holder:
    written = request.headers.get("authorization", "")
    holder = tokens.holder_of(written.removeprefix(_BEARER)) if written else None
    if holder is None:
        raise Refused(401, "no_token" if not written else "wrong_token")
    return holder


def _answer(served: Served, name: str, accept: str) -> Response:
    """Return the answer in the kind asked for: JSON, lines for a macro, or the workbook alone."""
    status = 422 if served.outcome is Outcome.QUARANTINED else 200
    if accept.startswith("text/plain"):
        return Response(served.plain, status, media_type=MEDIA_TYPE)
    scored = f"{PurePosixPath(name).stem}.scored{served.suffix}"
    if any(accept.startswith(kind) for kind in _WORKBOOKS.values()) and served.workbook:
        told = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(scored)}",
            "X-Xlflow-Outcome": served.outcome.value,
        }
        media_type = _WORKBOOKS[served.suffix]
        return Response(served.workbook, status, headers=told, media_type=media_type)
    return JSONResponse(
        {
            "outcome": served.outcome.value,
            "message": served.sentence,
            "results": list(served.results),
            "file": scored if served.workbook else None,
            "workbook": base64.b64encode(served.workbook).decode() if served.workbook else None,
        },
        status,
    )


def _refusal(error: Refused) -> Response:
    # The rest of a body that is not taken is not waited for.
    told = (
        {"Connection": "close"}
        | ({"WWW-Authenticate": "Bearer"} if error.status == 401 else {})
        | ({"Retry-After": "10"} if error.status == 503 else {})
    )
    return JSONResponse({"message": error.zh, "message_en": error.en}, error.status, headers=told)
