"""Problem documents, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from goodsight.service.problems import PROBLEM_MEDIA_TYPE

__all__ = ["ProblemAnswer", "problems"]


class ProblemAnswer(BaseModel):
    """An error, after RFC 9457."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str = Field(examples=["/problems/collection-not-found"])
    title: str = Field(examples=["No such collection"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["no collection 'shoes'"])
    request_id: str = Field(examples=["0f0e9a4a8a4d4c5f8a1d8f2b3c4d5e6f"])


def _problem(description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


_PROBLEMS = {
    401: _problem("No key, or one that is not valid"),
    403: _problem("The key does not allow this"),
    404: _problem("There is no such thing"),
    409: _problem("Not possible in this state"),
    413: _problem("Too large"),
    415: _problem("Not this content type"),
    422: _problem("The request cannot be used"),
    429: _problem("Too many requests, or too many waiting"),
    503: _problem("The database is away"),
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the `responses` of a route: the problems that can happen to it."""
    return {status: _PROBLEMS[status] for status in statuses}
