"""Products one by one: shown, put, given photos, removed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from goodsight.core.types import Product
from goodsight.service.access import Edits, Searches
from goodsight.service.documents import photo_path, product_page
from goodsight.service.problems import Problem
from goodsight.service.putting import put_products
from goodsight.service.schemas import (
    BulkAnswer,
    ProductAnswer,
    ProductInput,
    problems,
)
from goodsight.service.state import ServiceState, State

__all__ = ["router"]

router = APIRouter(tags=["products"])

READ_PROBLEMS = problems(401, 403, 404, 422, 429, 503)
EDIT_PROBLEMS = problems(401, 403, 404, 413, 415, 422, 429, 503)


def CollectionPath() -> Any:  # noqa: N802 - stands where FastAPI's Path stands
    """A collection's name in a path."""
    return Path(max_length=200)


@router.post(
    "/v1/collections/{collection}/products/{product_id:path}/photos",
    operation_id="add_photo",
    summary="Give a product one more photo",
    status_code=201,
    responses={
        201: {
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {"photo": {"type": "string"}},
                        "required": ["photo"],
                    }
                }
            }
        },
        **EDIT_PROBLEMS,
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["image"],
                        "additionalProperties": False,
                        "properties": {"image": {"type": "string", "format": "binary"}},
                    }
                }
            },
        }
    },
)
async def add_photo(
    request: Request,
    state: State,
    _: Edits,
    collection: str = CollectionPath(),
    product_id: str = Path(max_length=2000),
) -> Response:
    """The photo is found once this is answered."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem("unsupported-type", "send multipart/form-data with a file 'image'")
    async with request.form(max_files=1, max_fields=1) as fields:
        file = fields.get("image")
        if not isinstance(file, UploadFile):
            raise Problem("invalid-request", "the file 'image' is missing")
        data = await file.read()

    def work() -> str:
        _existing(state, collection, product_id)
        return state.shop(collection).editor().add_photo(product_id, data)

    content_hash = await state.work.run(work)
    return JSONResponse({"photo": photo_path(collection, content_hash)}, 201)


@router.get(
    "/v1/collections/{collection}/products/{product_id:path}",
    operation_id="product",
    summary="A product with photos, variants and attributes",
    response_model=ProductAnswer,
    responses=READ_PROBLEMS,
)
async def product(
    state: State,
    _: Searches,
    collection: str = CollectionPath(),
    product_id: str = Path(max_length=2000),
) -> Response:
    """What the shop's feed said, and the photos that are kept."""

    def work() -> dict[str, Any]:
        found = _existing(state, collection, product_id)
        return product_page(found, state.shop(collection).photos(product_id), collection)

    return JSONResponse(await run_in_threadpool(work))


@router.put(
    "/v1/collections/{collection}/products/{product_id:path}",
    operation_id="put_product",
    summary="Insert or replace a product",
    response_model=BulkAnswer,
    responses=EDIT_PROBLEMS,
)
async def put_product(
    given: ProductInput,
    state: State,
    _: Edits,
    collection: str = CollectionPath(),
    product_id: str = Path(min_length=1, max_length=1000),
) -> Response:
    """Durable once this is answered; its photos, given as URLs, are fetched before."""
    answers = await state.work.run(
        lambda: list(put_products(state, collection, [(0, product_id, given)]))
    )
    return JSONResponse(answers[0])


@router.delete(
    "/v1/collections/{collection}/products/{product_id:path}",
    operation_id="delete_product",
    summary="Remove a product",
    status_code=204,
    responses=READ_PROBLEMS,
)
async def delete_product(
    state: State,
    _: Edits,
    collection: str = CollectionPath(),
    product_id: str = Path(max_length=2000),
) -> Response:
    """With the photos that only it showed."""
    removed = await run_in_threadpool(lambda: state.shop(collection).editor().remove([product_id]))
    if not removed:
        raise Problem("product-not-found", f"no product '{product_id}'")
    return Response(status_code=204)


def _existing(state: ServiceState, collection: str, product_id: str) -> Product:
    found = state.shop(collection).products([product_id])
    if not found:
        raise Problem("product-not-found", f"no product '{product_id}'")
    return found[0]
