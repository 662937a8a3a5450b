"""Why a product was found."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Path

from goodsight.service.access import Searches
from goodsight.service.explaining import answer_explanation
from goodsight.service.routes.search import sent_photos
from goodsight.service.schemas import ExplanationAnswer, ExplanationRequest, problems
from goodsight.service.state import State

__all__ = ["router"]

router = APIRouter(tags=["search"])


@router.post(
    "/v1/collections/{collection}/explanation",
    operation_id="explanation",
    summary="Why a search finds a product",
    response_model=ExplanationAnswer,
    responses=problems(401, 403, 404, 409, 413, 415, 422, 429, 503),
)
async def explanation(
    asked: ExplanationRequest, state: State, _: Searches, collection: str = Path(max_length=200)
) -> dict[str, Any]:
    """Maps of what each part of query and photo adds to the score, and each kind of likeness.

    Takes a search's request with the `product_id` of one of its hits.
    """
    sent = await sent_photos(state, asked, [])
    return await state.work.run(lambda: answer_explanation(state, collection, asked, sent))
