"""Results that show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from goodsight.core.errors import UsageError
from goodsight.core.explaining import Explanation
from goodsight.core.types import Photo, Results
from goodsight.rendering.cards import results_html
from goodsight.rendering.explained import ExplainedResults

__all__ = ["ShownResults"]


def _no_thumbnails(content_hashes: Sequence[str]) -> Mapping[str, bytes]:  # noqa: ARG001 - a default
    return {}


def _no_reasons(product_id: str) -> Explanation:
    raise UsageError(f"'{product_id}' was found by no shop that could be asked why")


@dataclass(frozen=True, slots=True)
class ShownResults(Results):
    """Results as product cards; the pictures are loaded when the notebook asks for them."""

    load_thumbnails: Callable[[Sequence[str]], Mapping[str, bytes]] = field(
        default=_no_thumbnails, repr=False, compare=False
    )
    explain_hit: Callable[[str], Explanation] = field(
        default=_no_reasons, repr=False, compare=False
    )
    query_photos: tuple[Photo, ...] = field(default=(), repr=False, compare=False)

    def explained(self) -> ExplainedResults:
        """The same with the reason of each hit, drawn over the photos.

        Costs about four searches for each hit. Raises UsageError for a query of words alone,
        and what `Shop.explain` raises.
        """
        return ExplainedResults(
            results=self,
            explanations={hit.product.id: self.explain_hit(hit.product.id) for hit in self.hits},
            query_photos=self.query_photos,
            thumbnails=self.load_thumbnails([hit.content_hash for hit in self.hits]),
        )

    def _repr_html_(self) -> str:
        return results_html(self, self.load_thumbnails([hit.content_hash for hit in self.hits]))
