"""Many products in one request: a line of JSON each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from goodsight.service.access import Edits
from goodsight.service.problems import Problem
from goodsight.service.putting import put_lines
from goodsight.service.schemas import problems
from goodsight.service.state import State

__all__ = ["router"]

router = APIRouter(tags=["products"])

PRODUCTS_PER_BATCH = 100
MAX_LINE_BYTES = 1 << 20
ANSWERS_IN_MEMORY_BYTES = 1 << 20
NDJSON = "application/x-ndjson"
_EXAMPLE = """\
{"id": "bag-7", "title": "Canvas bag", "price": "19.90", "currency": "EUR", "stock": 4}
{"id": "bag-8", "title": "Leather bag", "price": "89.00", "currency": "EUR", "stock": 0}
"""


@router.post(
    "/v1/collections/{collection}/products",
    operation_id="put_products",
    summary="Insert or replace many products: a line of JSON each, a line of answer each",
    responses={
        200: {
            "description": "One BulkAnswer for each line, in order",
            "content": {NDJSON: {}},
        },
        **problems(401, 403, 404, 413, 415, 422, 429, 503),
    },
    response_class=StreamingResponse,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {NDJSON: {"schema": {"type": "string"}, "example": _EXAMPLE}},
        }
    },
)
async def put_products(
    request: Request, state: State, _: Edits, collection: str = Path(max_length=200)
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
            answers.write(await state.work.run(partial(put_lines, state, collection, numbered)))
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


async def _parts(file: BinaryIO | Any) -> AsyncIterator[bytes]:
    try:
        while part := file.read(64 << 10):
            yield part
    finally:
        file.close()
