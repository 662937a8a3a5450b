"""One query's outcome: what was right, what came, where, how sure, how long."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from goodsight.core.types import Hit, Product, Timings

__all__ = ["DEPTH", "Judgement", "Level", "WrongAnswer", "category_of"]

# Ranks beyond this count as not found.
DEPTH = 100


class Level(StrEnum):
    """What must be right: the product, or the very variant."""

    PRODUCT = "product"
    VARIANT = "variant"


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """What came first instead of the right product; `content_hash` is of its best photo."""

    product_id: str
    title: str
    content_hash: str

    @classmethod
    def of(cls, hit: Hit) -> WrongAnswer:
        """The hit as a wrong answer."""
        return cls(hit.product.id, hit.product.title, hit.content_hash)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One query, answered and judged.

    `ranks` are the 0-based ranks of right hits above `DEPTH`, `relevant` is how many right
    answers there are; a query that is not `known` shows something the catalogue lacks.
    `product_id` and `title` are the right product's, empty where it is not known. `score` and
    `confidence` are the top hit's. `query` is the query photo's reference (or the text), and
    `content_hash` its hash where it is a photo of the catalogue. `group` names queries that
    are no independent evidence, such as photos of one product; empty: this one stands alone.
    """

    query: str
    ranks: tuple[int, ...]
    relevant: int
    known: bool
    score: float
    confidence: float | None = None
    category: str = ""
    product_id: str = ""
    title: str = ""
    content_hash: str = ""
    first: WrongAnswer | None = None
    timings: Timings | None = None
    group: str = ""

    @property
    def rank(self) -> int:
        """0-based rank of the first right hit, `DEPTH` where there is none."""
        return self.ranks[0] if self.ranks else DEPTH


def category_of(product: Product | None) -> str:
    """The product's first category path, its levels joined by "/"; empty without one."""
    paths = product.categories if product is not None else ()
    return "/".join(paths[0]) if paths else ""
