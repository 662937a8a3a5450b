"""Pictures of the catalogue's photos.

They need no key: an <img> can send none. Their names are SHA-256 hashes of the photos, which
searching gives out and nobody guesses.
"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from goodsight.service.access import address_of
from goodsight.service.problems import Problem
from goodsight.service.schemas import problems
from goodsight.service.state import State

__all__ = ["router"]

router = APIRouter(tags=["photos"])

# Longer side, where there is more to be had than the small one that is kept.
MEDIUM_SIDE_PIXELS = 640
LARGE_SIDE_PIXELS = 1280
ONE_DAY_SECONDS = 24 * 3600
# A page of results shows dozens of pictures for each search.
PICTURES_FOR_EACH_REQUEST = 50


@router.get(
    "/v1/collections/{collection}/photos/{content_hash}",
    operation_id="photo",
    summary="A picture of a catalogue photo",
    response_class=Response,
    responses={
        200: {"content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}}},
        304: {"description": "The picture has not changed"},
        **problems(404, 422, 429, 503),
    },
)
async def photo(
    request: Request,
    state: State,
    collection: str = Path(max_length=200),
    content_hash: str = Path(pattern=r"^[0-9a-f]{64}$"),
    size: Literal["small", "medium", "large"] = "small",
) -> Response:
    """`medium` and `large` are made of the original where that is still there.

    Where it is gone, they are the small one.
    """
    per_minute = state.settings.requests_per_minute * PICTURES_FOR_EACH_REQUEST
    state.rates.check("picture", address_of(request), per_minute)
    etag = f'"{content_hash[:32]}-{size}"'
    headers = {"ETag": etag, "Cache-Control": f"private, max-age={ONE_DAY_SECONDS}"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    shop = state.shop(collection)
    small = await run_in_threadpool(lambda: shop.thumbnails([content_hash]).get(content_hash))
    if small is None:
        raise Problem("not-found", "no such photo in this collection")
    picture = small
    if size != "small":
        side = LARGE_SIDE_PIXELS if size == "large" else MEDIUM_SIDE_PIXELS
        larger = await state.work.run(lambda: shop.picture(content_hash, side))
        picture = larger or small
    return Response(picture, media_type="image/webp", headers=headers)
