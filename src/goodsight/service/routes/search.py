"""Searching, and the photos searched with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Path
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from goodsight.core.errors import PhotoError
from goodsight.service.access import Searches
from goodsight.service.problems import Problem
from goodsight.service.schemas import SearchAnswer, SearchRequest, problems
from goodsight.service.searching import (
    KEPT_LONG_SIDE_PIXELS,
    answer_search,
    decode_base64,
    decode_base64_sound,
)
from goodsight.service.state import ServiceState, State

__all__ = ["content_kind", "read_search", "router", "sent_photos"]

router = APIRouter(tags=["search"])

MAX_FILES = 10
MAX_FIELDS = 30
MAX_FIELD_BYTES = 32 << 10
# Fields that are files, in the order in which they become the query's first terms.
FILE_FIELDS = ("image", "audio")
# Fields that become the query's terms, in this order.
TERM_FIELDS = ("image_id", "image_url", "product_id", "text")
# Fields of several values, separated by commas.
LIST_FIELDS = ("facets", "colours")
OTHER_FIELDS = (
    *("filter", "sort", "limit", "cursor", "min_confidence", "explain", "metric", "look"),
    "understand",
)

_FORM_SCHEMA = {
    "type": "object",
    "properties": {
        "image": {"type": "string", "format": "binary"},
        "audio": {"type": "string", "format": "binary", "description": "WAV, FLAC or Ogg"},
        "image_id": {"type": "string", "maxLength": 100},
        "image_url": {"type": "string", "maxLength": 2000},
        "product_id": {"type": "string", "maxLength": 2000},
        "text": {"type": "string", "maxLength": 1000},
        "box": {"type": "string", "description": "x,y,width,height of the first photo"},
        "filter": {"type": "string", "maxLength": 4000},
        "facets": {"type": "string", "description": "Names, separated by commas"},
        "sort": {"type": "string", "enum": ["match", "price", "-price"]},
        "limit": {"type": "integer", "minimum": 1, "maximum": 200},
        "cursor": {"type": "string", "maxLength": 100},
        "metric": {"type": "string", "enum": ["cosine", "euclidean", "kl"]},
        "look": {"type": "string", "enum": ["style", "colour", "both", "pattern"]},
        "colours": {"type": "string", "description": "Names or #rrggbb, separated by commas"},
        "understand": {"type": "boolean"},
    },
    "additionalProperties": False,
}
_FORM_EXAMPLE = {"text": "hoodie", "filter": "price < 60", "facets": "color,price", "limit": 3}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/SearchRequest"}},
            "multipart/form-data": {"schema": _FORM_SCHEMA, "example": _FORM_EXAMPLE},
        },
    }
}


@router.post(
    "/v1/collections/{collection}/search",
    operation_id="search",
    summary="Find products by photo, words, or another product",
    response_model=SearchAnswer,
    responses=problems(401, 403, 404, 409, 413, 415, 422, 429, 503),
    openapi_extra=_BODY,
)
async def search(
    request: Request, state: State, _: Searches, collection: str = Path(max_length=200)
) -> Response:
    """Rank the catalogue by likeness to the photos; words and filter narrow it."""
    asked, files = await read_search(request)
    sent = await sent_photos(state, asked, files)
    document = await state.work.run(lambda: answer_search(state, collection, asked, sent))
    return JSONResponse(document)


@router.get(
    "/v1/uploads/{image_id}",
    operation_id="upload",
    summary="A photo that was searched with, without its metadata",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}},
        **problems(404, 422),
    },
)
async def upload(state: State, image_id: str = Path(max_length=100)) -> Response:
    """Its random id is all that is needed: only who sent the photo knows it."""
    kept = state.uploads.get(image_id)
    if kept is None:
        raise Problem("upload-expired", "the photo is not kept any more")
    made = await state.work.run(
        lambda: state.wiring.remake(kept.data, long_side=KEPT_LONG_SIDE_PIXELS)
    )
    return Response(made, media_type="image/jpeg", headers={"Cache-Control": "private"})


@router.delete(
    "/v1/uploads/{image_id}",
    operation_id="drop_upload",
    summary="Forget a photo now",
    status_code=204,
    responses=problems(404, 422),
)
async def drop_upload(state: State, image_id: str = Path(max_length=100)) -> Response:
    """Whoever knows the id may delete the photo."""
    if not state.uploads.drop(image_id):
        raise Problem("upload-expired", "the photo is not kept any more")
    return Response(status_code=204)


def content_kind(request: Request) -> str:
    """The media type of the request's body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_search(request: Request) -> tuple[SearchRequest, list[bytes]]:
    """The request's query, and the files that came with it. Raises Problem."""
    kind = content_kind(request)
    try:
        if kind == "application/json":
            return SearchRequest.model_validate_json(await request.body()), []
        if kind == "multipart/form-data":
            form = request.form(
                max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
            )
            async with form as fields:
                return _asked_by(fields), [await file.read() for file in _files(fields)]
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    raise Problem("unsupported-type", "send application/json or multipart/form-data")


async def sent_photos(
    state: ServiceState, asked: SearchRequest, files: Sequence[bytes]
) -> dict[int, bytes]:
    """Bytes of the query's photos and recordings by their term's position; URLs are fetched."""
    sent: dict[int, bytes] = {}
    remaining = iter(files)
    for position, term in enumerate(asked.query):
        if files and (term.image is not None or term.audio is not None):
            sent[position] = next(remaining)
        elif term.image is not None:
            sent[position] = decode_base64(term.image)
        elif term.audio is not None:
            sent[position] = decode_base64_sound(term.audio)
        elif term.image_url is not None:
            sent[position] = await _fetched(state, term.image_url)
    return sent


async def _fetched(state: ServiceState, url: str) -> bytes:
    try:
        return await asyncio.to_thread(state.wiring.fetch_photo, url)
    except PhotoError as error:
        raise Problem("fetch-refused", error.reason) from error


def _files(fields: FormData) -> list[UploadFile]:
    """The photos, then the recordings."""
    return [
        file
        for name in FILE_FIELDS
        for file in fields.getlist(name)
        if isinstance(file, UploadFile)
    ]


def _asked_by(fields: FormData) -> SearchRequest:
    """The fields of a form as a request; a file's term is empty."""
    known = {*FILE_FIELDS, "box", *LIST_FIELDS, *TERM_FIELDS, *OTHER_FIELDS}
    for name, value in fields.multi_items():
        if name not in known or (name in FILE_FIELDS) != isinstance(value, UploadFile):
            raise Problem("invalid-request", f"the field '{name[:50]}' is not one of ours")
    query: list[dict[str, Any]] = [{name: ""} for name in FILE_FIELDS for _ in fields.getlist(name)]
    query += [
        {name: value} for name in TERM_FIELDS for value in fields.getlist(name) if value != ""
    ]
    if box := fields.get("box"):
        if not query:
            raise Problem("invalid-request", "a box is for a photo")
        query[0]["box"] = _box(str(box))
    values: dict[str, Any] = {
        name: str(given) for name in OTHER_FIELDS if (given := fields.get(name))
    }
    for name in LIST_FIELDS:
        parts = [part.strip() for part in str(fields.get(name) or "").split(",")]
        values |= {name: kept} if (kept := [part for part in parts if part]) else {}
    return SearchRequest.model_validate({"query": query, **values})


def _box(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise Problem("invalid-request", "box is x,y,width,height in 0..1") from None
