"""What the core needs for queries of several kinds of terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

__all__ = ["TextMatcher"]


class TextMatcher(Protocol):
    """Knows how far products have what a text says."""

    def text_fits(
        self, text: str, product_ids: Sequence[str], *, in_meaning: bool
    ) -> Mapping[str, float]:
        """Product id -> 0..1, for those of the products that have anything of it.

        1 is all words or the product's own id; less is a part of the words, by how much each
        tells, or with `in_meaning` nearness in meaning alone. Raises ModelError,
        CollectionNotFound.
        """
        ...
