"""Results with the reason of each hit, as a notebook and the picture page show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from goodsight.core.explaining import Explanation
from goodsight.core.types import Photo, Results
from goodsight.rendering.cards import CARD_STYLE, cards_html
from goodsight.rendering.explanation_view import WHY_STYLE, why_html

__all__ = ["ExplainedResults"]


@dataclass(frozen=True, slots=True)
class ExplainedResults:
    """Results, product id -> why it was found, the query's photos, thumbnails by hash."""

    results: Results
    explanations: Mapping[str, Explanation]
    query_photos: tuple[Photo, ...]
    thumbnails: Mapping[str, bytes]

    def cards(self) -> str:
        """The cards as HTML without their style."""
        reasons = {
            product_id: why_html(found, self.query_photos, self.thumbnails.get(found.content_hash))
            for product_id, found in self.explanations.items()
        }
        return cards_html(self.results, self.thumbnails, reasons)

    def _repr_html_(self) -> str:
        style = f"<style>{CARD_STYLE}\n{WHY_STYLE}</style>"
        return f'{style}<div class="goodsight">{self.cards()}</div>'
