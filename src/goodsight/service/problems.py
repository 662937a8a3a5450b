"""Errors as RFC 9457 problem documents; the one table from an error to its answer.

type                            status
/problems/invalid-request       422   the request is not what the interface asks for
/problems/filter-invalid        422   with "position" in the filter's text
/problems/photo-unreadable      422   no photo, or one beyond the limits
/problems/sound-unreadable      422   no recording, one beyond the limits, nothing understood
/problems/feed-unreadable       422
/problems/fetch-refused         422   a URL that is not fetched
/problems/unauthorized          401   no key, or one that is unknown, expired, revoked
/problems/forbidden             403   the key's role or collections do not reach so far
/problems/not-found             404   also collection-, product-, upload-expired, job-
/problems/method-not-allowed    405
/problems/conflict              409
/problems/too-large             413
/problems/unsupported-type      415
/problems/too-many-requests     429   with Retry-After
/problems/busy                  429   with Retry-After
/problems/internal              500   nothing about the cause; the log has it
/problems/unavailable           503   the database is away; with Retry-After
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from goodsight.core.errors import (
    CatalogError,
    CollectionNotFound,
    FilterError,
    GoodsightError,
    MissingExtra,
    PhotoError,
    SoundError,
    SpaceMismatch,
    StoreError,
    UsageError,
)

__all__ = [
    "PROBLEM_MEDIA_TYPE",
    "Problem",
    "ProblemResponse",
    "answer_to_error",
    "problem_of",
    "request_id_of",
]

PROBLEM_MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2

_TITLES = {
    "invalid-request": (422, "The request is not understood"),
    "filter-invalid": (422, "The filter does not read"),
    "photo-unreadable": (422, "The photo cannot be used"),
    "sound-unreadable": (422, "The recording cannot be used"),
    "feed-unreadable": (422, "The feed cannot be read"),
    "fetch-refused": (422, "The URL is not fetched"),
    "unauthorized": (401, "A key is needed"),
    "forbidden": (403, "The key does not allow this"),
    "not-found": (404, "There is nothing here"),
    "collection-not-found": (404, "No such collection"),
    "product-not-found": (404, "No such product"),
    "upload-expired": (404, "The photo is not kept any more"),
    "job-not-found": (404, "No such job"),
    "method-not-allowed": (405, "Not this method"),
    "conflict": (409, "Not in this state"),
    "too-large": (413, "Too large"),
    "unsupported-type": (415, "Not this content type"),
    "too-many-requests": (429, "Too many requests"),
    "busy": (429, "Busy"),
    "internal": (500, "Something went wrong here"),
    "unavailable": (503, "Not available just now"),
}
_KINDS_BY_STATUS = {
    400: "invalid-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    415: "unsupported-type",
    422: "invalid-request",
    429: "too-many-requests",
    503: "unavailable",
}
_KINDS_BY_ERROR: tuple[tuple[type[GoodsightError], str], ...] = (
    (FilterError, "filter-invalid"),
    (UsageError, "invalid-request"),
    (PhotoError, "photo-unreadable"),
    (SoundError, "sound-unreadable"),
    (CatalogError, "feed-unreadable"),
    (CollectionNotFound, "collection-not-found"),
    (StoreError, "unavailable"),
    (SpaceMismatch, "conflict"),
    (MissingExtra, "conflict"),
)


@dataclass
class Problem(Exception):
    """An answer that is an error. `kind` is the end of its type, `detail` for the caller."""

    kind: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return _TITLES[self.kind][0]


class ProblemResponse(Response):
    """A problem as a response."""

    media_type = PROBLEM_MEDIA_TYPE

    def __init__(self, problem: Problem, request_id: str) -> None:
        status, title = _TITLES[problem.kind]
        document = {
            "type": f"/problems/{problem.kind}",
            "title": title,
            "status": status,
            "detail": problem.detail,
            "request_id": request_id,
            **problem.more,
        }
        headers = dict(problem.headers)
        if status in (429, 503):
            headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
        if status == 401:
            headers.setdefault("WWW-Authenticate", 'Bearer realm="goodsight"')
        super().__init__(json.dumps(document, ensure_ascii=False), status, headers)


def problem_of(error: Exception) -> Problem:
    """The problem an error becomes; what is not foreseen is "internal" and says no more."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return Problem("invalid-request", _first_errors(error))
    if isinstance(error, HTTPException):
        kind = _KINDS_BY_STATUS.get(error.status_code, "internal")
        return Problem(kind, str(error.detail), headers=dict(error.headers or {}))
    for type_, kind in _KINDS_BY_ERROR:
        if isinstance(error, type_):
            return _told(error, kind)
    return Problem("internal", "the request failed; its id is in the service's log")


def _told(error: GoodsightError, kind: str) -> Problem:
    if kind == "unavailable":
        # The words name hosts and paths, which are the owner's business.
        return Problem(kind, "the database cannot be reached just now; try again soon")
    if isinstance(error, FilterError):
        detail = str(error).partition("\n")[0]
        return Problem(kind, detail, {"position": error.position, "filter": error.text})
    if isinstance(error, PhotoError):
        return Problem(kind, error.reason)
    return Problem(kind, str(error))


def _first_errors(error: RequestValidationError) -> str:
    found = []
    for item in error.errors()[:3]:
        place = ".".join(str(part) for part in item["loc"] if part not in ("body",))
        found.append(f"{place}: {item['msg']}" if place else str(item["msg"]))
    return "; ".join(found)


def request_id_of(request: Request) -> str:
    """The id the request goes by in answers and logs."""
    return str(request.scope.get("goodsight.request_id", ""))


async def answer_to_error(request: Request, error: Exception) -> Response:
    """An exception handler for every kind of error."""
    return ProblemResponse(problem_of(error), request_id_of(request))
