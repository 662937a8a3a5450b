"""Products: shown, put, removed, one by one or as a stream of lines."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from fastapi import APIRouter, Path
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from goodsight.core.types import Product, Variant
from goodsight.editing import API_SOURCE, ItemAnswer
from goodsight.service.access import Edits, Searches
from goodsight.service.documents import photo_path, product_page
from goodsight.service.problems import Problem
from goodsight.service.schemas import (
    BulkAnswer,
    ProductAnswer,
    ProductInput,
    VariantInput,
    problems,
)
from goodsight.service.schemas.catalogue import BulkProduct, as_values
from goodsight.service.state import ServiceState, State

__all__ = ["router"]

router = APIRouter(tags=["products"])

PRODUCTS_PER_BATCH = 100
MAX_LINE_BYTES = 1 << 20
ANSWERS_IN_MEMORY_BYTES = 1 << 20
NDJSON = "application/x-ndjson"
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
    answers = await state.work.run(lambda: list(_put(state, collection, [(0, product_id, given)])))
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


@router.post(
    "/v1/collections/{collection}/products",
    operation_id="put_products",
    summary="Insert or replace many products: a line of JSON each, a line of answer each",
    responses={
        200: {
            "description": "One BulkAnswer for each line, in order",
            "content": {NDJSON: {}},
        },
        **EDIT_PROBLEMS,
    },
    response_class=StreamingResponse,
    openapi_extra={
        "requestBody": {"required": True, "content": {NDJSON: {"schema": {"type": "string"}}}}
    },
)
async def put_products(
    request: Request, state: State, _: Edits, collection: str = CollectionPath()
) -> Response:
    """Lines are worked on as they come, 100 at a time; a bad line refuses only itself.

    The answers come when the last line has been read: a client that sends before it reads
    would otherwise wait for us while we wait for it.
    """
    if not request.headers.get("content-type", "").startswith((NDJSON, "application/jsonl")):
        raise Problem("unsupported-type", f"send {NDJSON}: one product in each line")
    await run_in_threadpool(lambda: state.shop(collection).info())
    with ExitStack() as unfinished:
        answers = unfinished.enter_context(SpooledTemporaryFile(ANSWERS_IN_MEMORY_BYTES))
        row = 0
        async for batch in _batches(request):
            numbered = [(row + number, line) for number, line in enumerate(batch, start=1)]
            row += len(batch)
            answers.write(await state.work.run(partial(_put_lines, state, collection, numbered)))
        answers.seek(0)
        unfinished.pop_all()  # it is the response's to close now
    return StreamingResponse(_parts(answers), media_type=NDJSON)


async def _batches(request: Request) -> AsyncIterator[list[bytes]]:
    """The body's lines, so many at a time. Raises Problem for a line without end."""
    rest, batch = b"", []
    async for chunk in request.stream():
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            raise Problem("too-large", f"a line is longer than {MAX_LINE_BYTES:,} bytes")
        batch += lines
        while len(batch) >= PRODUCTS_PER_BATCH:
            yield batch[:PRODUCTS_PER_BATCH]
            batch = batch[PRODUCTS_PER_BATCH:]
    if rest.strip():
        batch.append(rest)
    if batch:
        yield batch


def _put_lines(state: ServiceState, collection: str, lines: list[tuple[int, bytes]]) -> bytes:
    good: list[tuple[int, str, ProductInput]] = []
    answers: dict[int, dict[str, Any]] = {}
    for row, line in lines:
        if not line.strip():
            continue
        try:
            given = BulkProduct.model_validate_json(line)
        except ValidationError as error:
            answers[row] = _refused(row, line, error)
        else:
            good.append((row, given.id, given))
    for answer in _put(state, collection, good):
        answers[answer["row"]] = answer
    return b"".join(json.dumps(answers[row]).encode() + b"\n" for row in sorted(answers))


def _put(
    state: ServiceState, collection: str, given: list[tuple[int, str, ProductInput]]
) -> Iterator[dict[str, Any]]:
    if not given:
        return
    shop = state.shop(collection)
    asking = [product_id for _, product_id, product in given if product.photos is None]
    kept = {product.id: product.photos for product in shop.products(asking)}
    products = [_product(key, product, kept.get(key, ())) for _, key, product in given]
    answers = shop.editor().put(products)
    for (row, _, _), answer in zip(given, answers, strict=True):
        yield _bulk_answer(row, answer)


def _product(product_id: str, given: ProductInput, kept: tuple[str, ...]) -> Product:
    photos = kept if given.photos is None else tuple(given.photos)
    variants = tuple(_variant(variant) for variant in given.variants)
    of_variants = (photo for variant in variants for photo in variant.photos)
    return Product(
        id=product_id,
        title=given.title,
        description=given.description,
        price=given.price,
        currency=given.currency,
        own_stock=given.stock,
        categories=tuple(_path(path) for path in given.categories if _path(path)),
        brand=given.brand,
        url=given.url,
        attributes=as_values(given.attributes),
        variants=variants,
        photos=tuple(dict.fromkeys((*photos, *of_variants))),
        source=API_SOURCE,
    )


def _variant(given: VariantInput) -> Variant:
    return Variant(
        id=given.id,
        options=as_values(given.options),
        price=given.price,
        stock=given.stock,
        photos=tuple(given.photos),
    )


def _path(text: str) -> tuple[str, ...]:
    return tuple(level.strip() for level in text.split("/") if level.strip())


def _bulk_answer(row: int, answer: ItemAnswer) -> dict[str, Any]:
    return {
        "row": row,
        "id": answer.product_id,
        "status": str(answer.change),
        "photos": answer.photos,
        "skipped": [{"ref": skip.reference, "reason": skip.reason} for skip in answer.skipped],
        "error": None,
    }


def _refused(row: int, line: bytes, error: ValidationError) -> dict[str, Any]:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    reason = f"{place}: {first['msg']}" if place else str(first["msg"])
    product_id = None
    with suppress(ValueError, AttributeError, RecursionError):
        product_id = json.loads(line).get("id")
    return {
        "row": row,
        "id": product_id if isinstance(product_id, str) else None,
        "status": "refused",
        "photos": 0,
        "skipped": [],
        "error": reason,
    }


def _existing(state: ServiceState, collection: str, product_id: str) -> Product:
    found = state.shop(collection).products([product_id])
    if not found:
        raise Problem("product-not-found", f"no product '{product_id}'")
    return found[0]


async def _parts(file: BinaryIO | Any) -> AsyncIterator[bytes]:
    try:
        while part := file.read(64 << 10):
            yield part
    finally:
        file.close()
