"""The application put together: middleware from the outside in, routes, errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

from goodsight import __version__
from goodsight.config import Settings
from goodsight.core.errors import GoodsightError
from goodsight.service.access import CSRF_HEADER
from goodsight.service.compat import google
from goodsight.service.compat.google_shapes import BatchRequest
from goodsight.service.guards import BodyLimits, HeadAsGet, HostGuard, SlowBodyGuard
from goodsight.service.headers import SecurityHeaders
from goodsight.service.pages import Pages
from goodsight.service.problems import Problem, answer_to_error
from goodsight.service.routes import (
    bulk,
    collections,
    explanation,
    health,
    models,
    owner,
    photos,
    products,
    search,
    sessions,
    speech,
    suggestions,
    understanding,
)
from goodsight.service.schemas import ProblemAnswer, SearchRequest
from goodsight.service.state import ServiceState
from goodsight.service.telemetry import RequestRecord
from goodsight.wiring import Wiring

__all__ = ["create_app"]

LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
SMALL_BODY_BYTES = 1 << 20
# A recording of 10 MB, and the form around it.
SPEECH_BODY_BYTES = 11 << 20
BULK_BODY_BYTES = 4 << 30
# What routes refer to by name, because they read bodies of several kinds themselves.
SCHEMAS_BY_NAME: dict[str, type[BaseModel]] = {
    "Problem": ProblemAnswer,
    "SearchRequest": SearchRequest,
    "BatchRequest": BatchRequest,
}
DESCRIPTION = """
Search a shop's catalogue with a photo. Errors are problem documents (RFC 9457). A key goes into
`Authorization: Bearer KEY`; roles are `search`, `edit`, `admin`, each with all of the former's
rights.
"""


def create_app(
    settings: Settings, *, open_search: bool | None = None, send_telemetry: bool = False
) -> FastAPI:
    """An ASGI application over the collections of a database.

    `open_search` lets anyone search without a key; unless given, the settings say so, and on a
    loopback address everyone may. With `send_telemetry` traces go where the standard
    OTEL_EXPORTER_OTLP_ENDPOINT says.
    """
    local = settings.host in ("127.0.0.1", "localhost", "::1")
    if open_search is None:
        open_search = local or settings.public_search
    state = ServiceState.of(settings, Wiring(settings), open_search=open_search)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        state.close()

    app = FastAPI(
        title="Goodsight",
        version=__version__,
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0"},
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        telemetry={
            "auto_configure": send_telemetry,
            "tracing": True,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
        },
    )
    app.state.goodsight = state
    for module in (
        search,
        explanation,
        suggestions,
        products,
        bulk,
        photos,
        collections,
        owner,
        models,
        sessions,
    ):
        app.include_router(module.router)
    for module in (speech, understanding, health, google):
        app.include_router(module.router)
    _add_pages(app)
    _add_errors(app)
    _add_middleware(app, state, local=local)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _add_middleware(app: FastAPI, state: ServiceState, *, local: bool) -> None:
    """The last one added is the outermost."""
    settings = state.settings
    app.add_middleware(HeadAsGet)
    app.add_middleware(SlowBodyGuard, seconds=float(settings.request_seconds))
    app.add_middleware(BodyLimits, limit_of=lambda path: _body_limit(settings, path))
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.allowed_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-API-Key", "X-Request-Id"],
            expose_headers=["X-Request-Id", "Retry-After"],
            max_age=600,
        )
    allowed = settings.allowed_hosts or (LOCAL_NAMES if local else ())
    app.add_middleware(HostGuard, allowed=allowed)
    app.add_middleware(
        SecurityHeaders,
        cross_origin=bool(settings.allowed_origins),
        over_tls=bool(settings.tls_certificate),
    )
    app.add_middleware(RequestRecord, metrics=state.metrics)


def _body_limit(settings: Settings, path: str) -> int:
    if path.endswith("/feeds"):
        return settings.max_feed_megabytes << 20
    if path.endswith(("/search", "/explanation", "/photos", "images:annotate")):
        return settings.max_body_megabytes << 20
    if path.endswith("/transcribe"):
        return SPEECH_BODY_BYTES
    # The stream of products has a limit for each line; it is never held whole.
    return BULK_BODY_BYTES if path.endswith("/products") else SMALL_BODY_BYTES


def _add_errors(app: FastAPI) -> None:
    for kind in (Problem, GoodsightError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _answer)


async def _answer(request: Request, error: Exception) -> Response:
    response = await answer_to_error(request, error)
    if response.status_code >= 400:
        state: ServiceState = request.app.state.goodsight
        state.metrics.refusals.labels(str(response.status_code)).inc()
    return response


def _add_pages(app: FastAPI) -> None:
    pages = Pages()

    async def page(request: Request) -> Response:
        return pages.answer(request, request.url.path)

    for path in ("/", "/owner", "/{name}", "/assets/{name:path}"):
        app.add_api_route(path, page, methods=["GET"], include_in_schema=False)


def _openapi(app: FastAPI) -> dict[str, object]:
    """The OpenAPI document, with the schemas that routes refer to by name."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            license_info=app.license_info,
            routes=app.routes,
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        template = "#/components/schemas/{model}"
        for name, model in SCHEMAS_BY_NAME.items():
            schema = model.model_json_schema(ref_template=template)
            schemas.update(schema.pop("$defs", {}))
            schemas[name] = schema
        document["components"]["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer"},
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "goodsight_session",
                "description": f"Changes also need the header {CSRF_HEADER}",
            },
        }
        for path in document["paths"].values():
            for operation in path.values():
                # FastAPI adds its own shape for 422; ours are problem documents.
                if 401 in {int(code) for code in operation["responses"] if code.isdecimal()}:
                    operation["security"] = [{"key": []}, {"session": []}, {}]
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        app.openapi_schema = document
    return app.openapi_schema
