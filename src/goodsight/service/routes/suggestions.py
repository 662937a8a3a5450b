"""What somebody who types may want to ask."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool

from goodsight.core.suggesting import MAX_SUGGESTIONS
from goodsight.service.access import Searches
from goodsight.service.schemas import SuggestionList, problems
from goodsight.service.state import State

__all__ = ["router"]

router = APIRouter(tags=["search"])


@router.get(
    "/v1/collections/{collection}/suggestions",
    operation_id="suggestions",
    summary="What to ask for, while typing",
    response_model=SuggestionList,
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def suggestions(
    state: State,
    _: Searches,
    text: Annotated[
        str, Query(max_length=200, description="What is typed so far", examples=["hood"])
    ],
    collection: str = Path(max_length=200),
    limit: Annotated[int, Query(ge=1, le=MAX_SUGGESTIONS)] = MAX_SUGGESTIONS,
) -> dict[str, Any]:
    """Categories, brands, frequent words and titles with words that begin as typed.

    Where there are none, misspelt words are put right.
    """
    found = await run_in_threadpool(lambda: state.shop(collection).suggestions(text, limit))
    return {"suggestions": [asdict(suggestion) for suggestion in found]}
