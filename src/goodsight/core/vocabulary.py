"""What one catalogue can be asked about: the names and values that its products have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

__all__ = ["Vocabulary", "VocabularyReader"]

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Values and how many products have each.

    `categories` are single levels and whole runs of levels (`men/shoes`); `attributes` map a
    name to its values; `seen_colours` are keys of the colours that photos show. All but those
    keys are in the folded form in which filters compare. `currencies` are ISO 4217 codes.
    `has_stock` tells that the catalogue knows what is left.
    """

    categories: Counts = field(default_factory=dict)
    brands: Counts = field(default_factory=dict)
    attributes: Mapping[str, Counts] = field(default_factory=dict)
    seen_colours: Counts = field(default_factory=dict)
    currencies: tuple[str, ...] = ()
    least_price: Decimal | None = None
    greatest_price: Decimal | None = None
    has_stock: bool = False


class VocabularyReader(Protocol):
    """A collection whose vocabulary can be read."""

    def vocabulary(self) -> Vocabulary:
        """As of now; remembered until the collection changes. Raises CollectionNotFound."""
        ...
