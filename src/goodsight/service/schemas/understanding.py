"""Requests in words: what is sent, and how it was read."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["UnderstandingRequest", "UnderstoodAnswer"]

MAX_TEXT_CHARACTERS = 1000


class UnderstandingRequest(BaseModel):
    """A request as a person types it, in English or Chinese."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "crimson discs under 50 in stock"},
                {"text": "不要圆的, 五十以下"},
            ]
        },
    )

    text: str = Field(max_length=MAX_TEXT_CHARACTERS)


class UnderstoodChip(BaseModel):
    """One thing that was understood."""

    kind: Literal["category", "brand", "colour", "attribute", "price", "stock", "word"]
    label: str = Field(description="For people")
    filter: str = Field(description="Its part of the filter; empty where it adds words alone")
    words: str = Field(description="What it adds to the text")
    start: int = Field(description="Its first character in the request, counted from 0")
    end: int = Field(description="The character after its last one")


class UnderstoodAnswer(BaseModel):
    """How a request was read. Each word of it is in one chip or in the text."""

    text: str = Field(description="The words to search by")
    filter: str | None
    colours: list[str] = Field(description="Keys of the colours asked for")
    word_use: Literal["all", "any", "none"] = Field(
        description="Which of the words the products found have: where none has all, any will do"
    )
    chips: list[UnderstoodChip]
