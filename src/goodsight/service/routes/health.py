"""Whether the service lives and can work, and its numbers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from goodsight.core.access import Role
from goodsight.service.access import address_of, needs
from goodsight.service.schemas import problems
from goodsight.service.state import State

__all__ = ["router"]

router = APIRouter(tags=["health"])

METRICS_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OWN_ADDRESSES = ("127.0.0.1", "::1")
STATUS_SCHEMA = {
    "type": "object",
    "properties": {"status": {"type": "string"}},
    "required": ["status"],
}
HEALTHY: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"schema": STATUS_SCHEMA}}}
}


@router.get(
    "/v1/health/live",
    operation_id="live",
    summary="Whether the process answers",
    responses=HEALTHY,
)
async def live() -> Response:
    """Says nothing about the database."""
    return JSONResponse({"status": "live"})


@router.get(
    "/v1/health/ready",
    operation_id="ready",
    summary="Whether searches can be answered",
    responses={**HEALTHY, **problems(503)},
)
async def ready(state: State) -> Response:
    """Asks the database."""
    await run_in_threadpool(state.wiring.store().names)
    return JSONResponse({"status": "ready"})


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {METRICS_MEDIA_TYPE: {"schema": {"type": "string"}}}},
        **problems(401, 403),
    },
)
async def metrics(request: Request, state: State) -> Response:
    """Open to this machine where searching is; from elsewhere an admin's key is needed."""
    if not (state.open_search and address_of(request) in OWN_ADDRESSES):
        await needs(Role.ADMIN)(request, state)
    return Response(state.metrics.text(), media_type=METRICS_MEDIA_TYPE)
