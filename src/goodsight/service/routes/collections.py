"""Collections: which there are, how they stand, what they can be narrowed by."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from goodsight.core.errors import UsageError
from goodsight.core.types import Query
from goodsight.service.access import Admin, Searches
from goodsight.service.documents import collection_summary, photo_path
from goodsight.service.problems import Problem
from goodsight.service.schemas import CollectionAnswer, CollectionList, problems
from goodsight.service.state import ServiceState, State

__all__ = ["router"]

router = APIRouter(tags=["collections"])

EXAMPLES = 8
# Examples are spread over so many products, so that they differ.
EXAMPLE_WINDOW = 200


@router.get(
    "/v1/collections",
    operation_id="collections",
    summary="The collections",
    response_model=CollectionList,
    responses=problems(401, 403, 429, 503),
)
async def collections(state: State, caller: Searches) -> Response:
    """Those that the key opens."""

    def work() -> dict[str, Any]:
        infos = state.shop(state.settings.collection).collections()
        opened = [info for info in infos if caller.key is None or caller.key.opens(info.name)]
        return {"collections": [collection_summary(info) for info in opened]}

    return JSONResponse(await run_in_threadpool(work))


@router.get(
    "/v1/collections/{collection}",
    operation_id="collection",
    summary="A collection, with facets worth showing and photos to begin with",
    response_model=CollectionAnswer,
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def collection(state: State, _: Searches, collection: str = Path(max_length=200)) -> Response:
    """How the collection stands now."""
    return JSONResponse(await run_in_threadpool(lambda: _described(state, collection)))


@router.put(
    "/v1/collections/{collection}",
    operation_id="make_collection",
    summary="Make a collection, empty, where it does not exist",
    status_code=204,
    responses=problems(401, 403, 409, 422, 429, 503),
)
async def make_collection(
    state: State,
    caller: Admin,
    collection: str = Path(max_length=200, pattern=r"^[^\x00-\x1f/]+$"),
    profile: Literal["fast", "quality"] = "fast",
) -> Response:
    """In the profile `fast` unless the other one is named."""
    try:
        await state.work.run(lambda: state.shop(collection).create(profile))
    except UsageError as error:
        raise Problem("conflict", str(error)) from error
    await run_in_threadpool(
        lambda: state.wiring.store().audit.write(caller.name, "make collection", collection)
    )
    return Response(status_code=204)


@router.delete(
    "/v1/collections/{collection}",
    operation_id="delete_collection",
    summary="Delete a collection with everything in it",
    status_code=204,
    responses=problems(401, 403, 404, 422, 429, 503),
)
async def delete_collection(
    state: State, caller: Admin, collection: str = Path(max_length=200)
) -> Response:
    """Products, photos, vectors and runs; there is no way back."""

    def work() -> None:
        state.shop(collection).delete()
        state.forget(collection)
        state.wiring.store().audit.write(caller.name, "delete collection", collection)

    await run_in_threadpool(work)
    return Response(status_code=204)


def _described(state: ServiceState, name: str) -> dict[str, Any]:
    shop = state.shop(name)
    info = shop.info()
    results = shop.find(Query(limit=EXAMPLE_WINDOW))
    shown = [hit for hit in results.hits if hit.content_hash]
    step = max(1, len(shown) // EXAMPLES)
    currencies = [hit.product.currency for hit in results.hits if hit.product.currency]
    return {
        **collection_summary(info),
        "currency": max(currencies, key=currencies.count) if currencies else None,
        "voice": state.wiring.understands_speech,
        "patterns": shop.sees_patterns(),
        "facets": list(shop.narrowings()),
        "examples": [
            {
                "product_id": hit.product.id,
                "title": hit.product.title,
                "photo": photo_path(name, hit.content_hash),
            }
            for hit in shown[::step][:EXAMPLES]
        ],
    }
