"""What somebody who types may want to ask: the answer."""

from __future__ import annotations

from pydantic import BaseModel, Field

from goodsight.core.suggesting import SuggestionKind

__all__ = ["SuggestionList"]


class SuggestedText(BaseModel):
    """A text to search for."""

    text: str
    kind: SuggestionKind
    products: int = Field(description="How many products it stands for")


class SuggestionList(BaseModel):
    """At most ten, the best first."""

    suggestions: list[SuggestedText]
