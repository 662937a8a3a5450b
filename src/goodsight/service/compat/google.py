"""Google Vision Product Search's images:annotate, for programs that were written for it.

A product set is a collection: `projects/P/locations/L/productSets/shoes` is `shoes`. Product
labels are attributes. Google's own category names choose between its models; here they narrow
only where the catalogue has a category of that name.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from goodsight.core.access import Role
from goodsight.core.errors import GoodsightError
from goodsight.core.types import Hit
from goodsight.service.access import Caller, needs
from goodsight.service.compat.google_filter import BadGoogleFilter, translate_filter
from goodsight.service.compat.google_shapes import (
    AnnotateAnswer,
    AnnotateRequest,
    BatchRequest,
    BoundingPoly,
    ProductSearch,
)
from goodsight.service.problems import Problem, problem_of
from goodsight.service.schemas import QueryTerm, SearchRequest
from goodsight.service.searching import Answered, decode_base64, find
from goodsight.service.state import ServiceState, State

__all__ = ["router"]

router = APIRouter(prefix="/compat/google/v1", tags=["compatibility"])

FEATURE = "PRODUCT_SEARCH"
DEFAULT_RESULTS = 10
MAX_RESULTS = 200
GOOGLE_CATEGORIES = frozenset(
    {
        "homegoods-v2",
        "apparel-v2",
        "toys-v2",
        "packagedgoods-v1",
        "general-v1",
        "homegoods",
        "apparel",
        "toys",
    }
)
SET_NAME = re.compile(r"(?P<parent>projects/[^/]+/locations/[^/]+)/productSets/(?P<name>[^/]+)")
NO_PARENT = "projects/goodsight/locations/local"
# google.rpc.Code by HTTP status: number and name.
CODES = {
    400: (3, "INVALID_ARGUMENT"),
    401: (16, "UNAUTHENTICATED"),
    403: (7, "PERMISSION_DENIED"),
    404: (5, "NOT_FOUND"),
    409: (9, "FAILED_PRECONDITION"),
    413: (3, "INVALID_ARGUMENT"),
    415: (3, "INVALID_ARGUMENT"),
    422: (3, "INVALID_ARGUMENT"),
    429: (8, "RESOURCE_EXHAUSTED"),
    500: (13, "INTERNAL"),
    503: (14, "UNAVAILABLE"),
}


class _Refused(Exception):
    """One request of the batch is not what can be answered."""


@router.post(
    "/images:annotate",
    operation_id="google_annotate",
    summary="Product search in Google Vision's request and response shape",
    response_model=AnnotateAnswer,
    response_model_exclude_unset=True,
    responses={
        code: {
            "description": "An error in Google's shape",
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
        for code in (400, 401, 403, 413, 429)
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/BatchRequest"}}
            },
        }
    },
)
async def annotate(request: Request, state: State) -> Response:
    """A refusal of one photo does not touch the others."""
    try:
        caller = await needs(Role.SEARCH)(request, state)
        batch = BatchRequest.model_validate_json(await request.body())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return _error(Problem("invalid-request", f"{place}: {first['msg']}"), status=400)
    except Problem as problem:
        return _error(problem)
    responses = []
    for asked in batch.requests:
        try:
            _check_reach(state, caller, asked)
            sent = await _photo(state, asked)
            responses.append(await state.work.run(partial(_answer, state, asked, sent)))
        except (GoodsightError, Problem, _Refused) as error:
            responses.append({"error": _status(error)})
    return JSONResponse({"responses": responses})


def _check_reach(state: ServiceState, caller: Caller, asked: AnnotateRequest) -> None:
    """The collection is named in the body here, where `needs` does not look. Raises Problem."""
    context = asked.image_context
    search = (context and context.product_search_params) or ProductSearch()
    _, collection = _collection(state, search.product_set)
    if caller.key is not None and not caller.key.opens(collection):
        raise Problem("forbidden", "the key is not for this collection")


def _answer(state: ServiceState, asked: AnnotateRequest, photo: bytes) -> dict[str, Any]:
    """The results for one photo. Raises what searching raises, and _Refused."""
    features = [feature for feature in asked.features if feature.type == FEATURE]
    if not features:
        raise _Refused(f"only the feature {FEATURE} is offered here")
    context = asked.image_context
    search = (context and context.product_search_params) or ProductSearch()
    parent, collection = _collection(state, search.product_set)
    box = _box(state, search.bounding_poly, photo)
    where = _filter(state, collection, search)
    # Google reads 0 as "as many as usual".
    limit = min(features[0].max_results or DEFAULT_RESULTS, MAX_RESULTS)
    query = SearchRequest(query=[QueryTerm(image="", box=box)], filter=where, limit=limit)
    found = find(state, collection, query, {0: photo})
    return {"productSearchResults": _results(state, found, collection, parent, box)}


def _results(
    state: ServiceState,
    found: Answered,
    collection: str,
    parent: str,
    box: tuple[float, float, float, float] | None,
) -> dict[str, Any]:
    info = state.info(collection, found.results.index_version)
    results = [_result(hit, parent) for hit in found.results.hits]
    x, y, width, height = box or (0.0, 0.0, 1.0, 1.0)
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    poly = {"normalizedVertices": [{"x": across, "y": down} for across, down in corners]}
    indexed = info.indexed_at
    return {
        "indexTime": None if indexed is None else indexed.isoformat().replace("+00:00", "Z"),
        "results": results,
        "productGroupedResults": [{"boundingPoly": poly, "results": results}],
    }


def _result(hit: Hit, parent: str) -> dict[str, Any]:
    product = hit.product
    name = f"{parent}/products/{product.id}"
    labels = [
        {"key": key, "value": value}
        for key, values in product.attributes.items()
        for value in values
    ]
    return {
        "product": {
            "name": name,
            "displayName": product.title,
            "description": product.description,
            "productCategory": "/".join(product.categories[0]) if product.categories else "",
            "productLabels": labels,
        },
        # Google's scores are from 0 to 1.
        "score": max(0.0, min(1.0, hit.score)),
        "image": f"{name}/referenceImages/{hit.content_hash[:32]}",
    }


async def _photo(state: ServiceState, asked: AnnotateRequest) -> bytes:
    """The photo's bytes. Raises PhotoError, Problem, _Refused."""
    image = asked.image
    if image is None or not (image.content or image.source):
        raise _Refused("image.content or image.source.imageUri is missing")
    if image.content:
        return decode_base64(image.content)
    source = image.source
    address = source and (source.image_uri or source.gcs_image_uri)
    if not address or address.startswith("gs://"):
        raise _Refused("photos in Google Cloud Storage are not fetched: send image.content")
    return await asyncio.to_thread(state.wiring.fetch_photo, address)


def _collection(state: ServiceState, product_set: str) -> tuple[str, str]:
    """The resource names' beginning, and the collection."""
    if not product_set:
        return NO_PARENT, state.settings.collection
    match = SET_NAME.fullmatch(product_set)
    if match is None:
        raise _Refused("productSet is projects/P/locations/L/productSets/ID")
    return match["parent"], match["name"]


def _filter(state: ServiceState, collection: str, search: ProductSearch) -> str | None:
    try:
        parts = [translate_filter(search.filter)]
    except BadGoogleFilter as error:
        raise _Refused(f"filter: {error}") from error
    wanted = set(search.product_categories)
    if wanted:
        store = state.wiring.store().open(collection)
        there = {name.casefold() for name in store.facets(["category"], None, None)["category"]}
        known = {name for name in wanted if name.casefold() in there}
        if wanted - known - GOOGLE_CATEGORIES:
            unknown = ", ".join(sorted(wanted - known - GOOGLE_CATEGORIES))
            raise _Refused(f"productCategories: the catalogue has no category {unknown}")
        if known:
            names = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(known))
            parts.append(f"category in ({names})")
    return " and ".join(part for part in parts if part) or None


def _box(
    state: ServiceState, poly: BoundingPoly | None, photo: bytes
) -> tuple[float, float, float, float] | None:
    """The rectangle around the region, in 0..1 and within the photo."""
    if poly is None or not (poly.vertices or poly.normalized_vertices):
        return None
    corners = poly.normalized_vertices or poly.vertices
    across, down = [corner.x for corner in corners], [corner.y for corner in corners]
    if not poly.normalized_vertices:
        size = state.wiring.decode_upload(photo, minimum_side=1)
        across = [x / size.width for x in across]
        down = [y / size.height for y in down]
    left, right = (min(1.0, max(0.0, edge)) for edge in (min(across), max(across)))
    top, bottom = (min(1.0, max(0.0, edge)) for edge in (min(down), max(down)))
    if right - left <= 0 or bottom - top <= 0:
        raise _Refused("boundingPoly has no area within the photo")
    return (left, top, right - left, bottom - top)


def _status(error: Exception) -> dict[str, Any]:
    """A google.rpc.Status for one photo."""
    if isinstance(error, _Refused):
        return {"code": 3, "message": str(error)}
    problem = problem_of(error)
    return {"code": CODES[problem.status][0], "message": problem.detail}


def _error(problem: Problem, status: int | None = None) -> Response:
    """An error of the whole request, as Google's front end writes it."""
    status = status or problem.status
    body: Mapping[str, Any] = {
        "error": {"code": status, "message": problem.detail, "status": CODES[status][1]}
    }
    return JSONResponse(body, status, headers=dict(problem.headers))
