"""The models a collection keeps, and the runs that tuned them. Needs the role `admin`."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from goodsight.core.errors import UsageError
from goodsight.service.access import Admin, Caller
from goodsight.service.documents import photo_path
from goodsight.service.model_documents import (
    space_document,
    tuning_run_document,
    tuning_run_summary,
)
from goodsight.service.problems import Problem
from goodsight.service.schemas import (
    SpaceInUse,
    SpaceList,
    SpacesDropped,
    TuningRunAnswer,
    TuningRunList,
    problems,
)
from goodsight.service.state import ServiceState, State
from goodsight.switching import Switcher

__all__ = ["router"]

router = APIRouter(tags=["models"])

READ = problems(401, 403, 404, 422, 429, 503)
SWITCH = problems(401, 403, 404, 409, 422, 429, 503)
MAX_RUNS = 200
# What the database numbers with.
LARGEST_ID = 2**62


@router.get(
    "/v1/collections/{collection}/tuning-runs",
    operation_id="tuning_runs",
    summary="Tuning runs: what they came to, and why",
    response_model=TuningRunList,
    responses=READ,
)
async def tuning_runs(
    state: State,
    _: Admin,
    collection: str = Path(max_length=200),
    limit: int = Query(50, ge=1, le=MAX_RUNS),
) -> Response:
    """The latest first."""
    found = await run_in_threadpool(lambda: state.shop(collection).switcher().runs(limit))
    return JSONResponse({"runs": [tuning_run_summary(run) for run in found]})


@router.get(
    "/v1/collections/{collection}/tuning-runs/{run_id}",
    operation_id="tuning_run",
    summary="A tuning run with its curve, its verdict, and the queries that changed",
    response_model=TuningRunAnswer,
    responses=READ,
)
async def tuning_run(
    state: State,
    _: Admin,
    collection: str = Path(max_length=200),
    run_id: int = Path(ge=1, le=LARGEST_ID),
) -> Response:
    """All that was recorded, as far as the run has come."""
    found = await run_in_threadpool(lambda: state.shop(collection).switcher().run(run_id))
    if found is None:
        raise Problem("not-found", "no such tuning run of this collection")
    return JSONResponse(tuning_run_document(found, lambda shown: photo_path(collection, shown)))


@router.get(
    "/v1/collections/{collection}/spaces",
    operation_id="spaces",
    summary="The space a collection is searched in, and those it keeps",
    response_model=SpaceList,
    responses=READ,
)
async def spaces(state: State, _: Admin, collection: str = Path(max_length=200)) -> Response:
    """In the order they were made."""
    found = await run_in_threadpool(lambda: state.shop(collection).switcher().kept_spaces())
    return JSONResponse({"spaces": [space_document(kept) for kept in found]})


@router.post(
    "/v1/collections/{collection}/spaces/rollback",
    operation_id="roll_back_space",
    summary="Search with the former model again, at once",
    response_model=SpaceInUse,
    responses=SWITCH,
)
async def roll_back_space(
    state: State, caller: Admin, collection: str = Path(max_length=200)
) -> Response:
    """The present one is kept. A conflict where none came before it, or that was dropped."""
    return await _switched(
        state, caller, collection, "roll back model", Switcher.go_back, "conflict"
    )


@router.post(
    "/v1/collections/{collection}/spaces/{space_id}/activate",
    operation_id="activate_space",
    summary="Search in another space that is kept",
    response_model=SpaceInUse,
    responses=READ,
)
async def activate_space(
    state: State,
    caller: Admin,
    collection: str = Path(max_length=200),
    space_id: int = Path(ge=1, le=LARGEST_ID),
) -> Response:
    """In one step; the one in use is kept. Nothing happens where it is the one in use."""
    return await _switched(
        state,
        caller,
        collection,
        "switch model",
        lambda switcher: switcher.go_to(space_id),
        "not-found",
    )


@router.post(
    "/v1/collections/{collection}/spaces/prune",
    operation_id="prune_spaces",
    summary="Drop the kept spaces that are not in use",
    response_model=SpacesDropped,
    responses=READ,
)
async def prune_spaces(
    state: State, caller: Admin, collection: str = Path(max_length=200)
) -> Response:
    """There is no way back to them."""

    def work() -> int:
        dropped = state.shop(collection).switcher().prune()
        audit = state.wiring.store().audit
        audit.write(caller.name, "prune models", collection, {"spaces": dropped})
        return dropped

    return JSONResponse({"dropped": await run_in_threadpool(work)})


async def _switched(
    state: ServiceState,
    caller: Caller,
    collection: str,
    action: str,
    switch: Callable[[Switcher], str],
    refusal: str,
) -> Response:
    """Switch and record it; `refusal` is the kind of problem where there is nothing to go to."""

    def work() -> str:
        try:
            space = switch(state.shop(collection).switcher())
        except UsageError as error:
            raise Problem(refusal, str(error)) from error
        state.wiring.store().audit.write(caller.name, action, collection, {"space": space})
        return space

    return JSONResponse({"space": await run_in_threadpool(work)})
