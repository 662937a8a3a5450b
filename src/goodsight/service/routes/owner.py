"""What owners look after: index runs, feeds, health, keys, audit. Needs the role `admin`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from goodsight.rendering import key_document
from goodsight.service.access import Admin, Caller
from goodsight.service.documents import job_document, photo_path
from goodsight.service.feeds import index_feed, receive_feed
from goodsight.service.owner_documents import audit_document, health_document, run_document
from goodsight.service.problems import Problem
from goodsight.service.schemas import (
    AuditList,
    FeedAccepted,
    HealthReport,
    JobAnswer,
    KeyInput,
    KeyList,
    NewKeyAnswer,
    RunList,
    problems,
)
from goodsight.service.state import ServiceState, State

__all__ = ["router"]

router = APIRouter(tags=["owner"])

READ = problems(401, 403, 404, 422, 429, 503)
MAX_ENTRIES = 500


@router.get(
    "/v1/collections/{collection}/runs",
    operation_id="runs",
    summary="Index runs, with what they left out and why",
    response_model=RunList,
    responses=READ,
)
async def runs(
    state: State,
    _: Admin,
    collection: str = Path(max_length=200),
    limit: int = Query(50, ge=1, le=MAX_ENTRIES),
) -> Response:
    """The latest first."""
    found = await run_in_threadpool(lambda: state.wiring.store().runs(collection, limit))
    return JSONResponse({"runs": [run_document(run) for run in found]})


@router.get(
    "/v1/collections/{collection}/health-report",
    operation_id="health_report",
    summary="What is wrong with products and photos",
    response_model=HealthReport,
    responses=READ,
)
async def health_report(state: State, _: Admin, collection: str = Path(max_length=200)) -> Response:
    """Searches for up to 500 products by their own photos, which takes a moment."""
    health = await state.work.run(lambda: state.wiring.store().health(collection))
    return JSONResponse(health_document(health, lambda shown: photo_path(collection, shown)))


@router.post(
    "/v1/collections/{collection}/feeds",
    operation_id="send_feed",
    summary="Send a feed, with photos if it has them, and index it",
    status_code=202,
    response_model=FeedAccepted,
    responses=problems(401, 403, 413, 415, 422, 429, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["feed"],
                        "properties": {
                            "feed": {"type": "string", "format": "binary"},
                            "photos": {
                                "type": "array",
                                "items": {"type": "string", "format": "binary"},
                            },
                            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                            "profile": {"type": "string"},
                            "keep_missing": {"type": "boolean"},
                        },
                    },
                    "example": {
                        "feed": "id,title,price\nbag-7,Canvas bag,19.90",
                        "currency": "EUR",
                    },
                }
            },
        }
    },
)
async def send_feed(
    request: Request,
    state: State,
    caller: Admin,
    collection: str = Path(max_length=200, pattern=r"^[^\x00-\x1f/]+$"),
) -> Response:
    """Answered once the files are here; ask for the job to see how far it is."""
    feed = await receive_feed(request, state.settings.home / "feeds", collection)
    job = state.jobs.start(
        collection,
        feed.path.name,
        lambda job, stop: index_feed(state.shop(collection), feed, job, stop),
    )
    await _note(state, caller, "send feed", collection, {"feed": feed.path.name})
    return JSONResponse({"job_id": job.job_id}, 202)


@router.get(
    "/v1/jobs/{job_id}",
    operation_id="job",
    summary="How far an index run is that was started here",
    response_model=JobAnswer,
    responses=READ,
)
async def job(state: State, _: Admin, job_id: str = Path(max_length=100)) -> Response:
    """Jobs are remembered until the service ends; runs for ever."""
    found = state.jobs.get(job_id)
    if found is None:
        raise Problem("job-not-found", "no such job; finished ones are among the runs")
    return JSONResponse(job_document(found))


@router.get(
    "/v1/keys",
    operation_id="keys",
    summary="All keys, without their secrets",
    response_model=KeyList,
    responses=READ,
)
async def keys(state: State, _: Admin) -> Response:
    """Revoked and expired ones too."""
    found = await run_in_threadpool(state.wiring.store().keys.list)
    return JSONResponse({"keys": [key_document(key) for key in found]})


@router.post(
    "/v1/keys",
    operation_id="make_key",
    summary="Make a key; its text is shown this once",
    status_code=201,
    response_model=NewKeyAnswer,
    responses=problems(401, 403, 413, 422, 429, 503),
)
async def make_key(given: KeyInput, state: State, caller: Admin) -> Response:
    """For all collections or the ones named."""
    made = await run_in_threadpool(
        lambda: state.wiring.store().keys.create(
            given.name,
            given.role,
            collections=given.collections,
            valid_for=None if given.days is None else timedelta(days=given.days),
        )
    )
    await _note(state, caller, "make key", made.key.id, {"name": given.name, "role": given.role})
    return JSONResponse({**key_document(made.key), "key": made.text}, 201)


@router.delete(
    "/v1/keys/{key_id}",
    operation_id="revoke_key",
    summary="Revoke a key and end its sessions",
    status_code=204,
    responses=READ,
)
async def revoke_key(state: State, caller: Admin, key_id: str = Path(max_length=100)) -> Response:
    """At once; the key stays listed as revoked."""
    revoked = await run_in_threadpool(lambda: state.wiring.store().keys.revoke(key_id))
    if revoked is None:
        raise Problem("not-found", "no such key")
    await _note(state, caller, "revoke key", key_id, {"name": revoked.name})
    return Response(status_code=204)


@router.get(
    "/v1/audit",
    operation_id="audit",
    summary="Administrative acts, the latest first",
    response_model=AuditList,
    responses=READ,
)
async def audit(
    state: State,
    _: Admin,
    limit: int = Query(100, ge=1, le=MAX_ENTRIES),
    before: int | None = Query(None, ge=1, le=2**62),
) -> Response:
    """Nobody can change or remove an entry."""
    entries = await run_in_threadpool(
        lambda: state.wiring.store().audit.entries(limit, before=before)
    )
    return JSONResponse({"entries": [audit_document(entry) for entry in entries]})


async def _note(
    state: ServiceState, caller: Caller, action: str, target: str, detail: dict[str, Any]
) -> None:
    await run_in_threadpool(
        lambda: state.wiring.store().audit.write(caller.name, action, target, detail)
    )
