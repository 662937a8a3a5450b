"""Requests in words, read without searching."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool

from goodsight.rendering import understood_document
from goodsight.service.access import Searches
from goodsight.service.schemas import UnderstandingRequest, UnderstoodAnswer, problems
from goodsight.service.state import State

__all__ = ["router"]

router = APIRouter(tags=["search"])


@router.post(
    "/v1/collections/{collection}/understanding",
    operation_id="understanding",
    summary="How a request in words is read",
    response_model=UnderstoodAnswer,
    responses=problems(401, 403, 404, 413, 422, 429, 503),
)
async def understanding(
    asked: UnderstandingRequest, state: State, _: Searches, collection: str = Path(max_length=200)
) -> dict[str, Any]:
    """Chips that filter by this catalogue's names and values, and the words that are left."""

    def work() -> dict[str, Any]:
        return understood_document(state.shop(collection).understand(asked.text))

    return await run_in_threadpool(work)
