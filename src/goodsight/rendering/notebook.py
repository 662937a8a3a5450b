"""Results that show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from goodsight.core.types import Results
from goodsight.rendering.cards import results_html

__all__ = ["ShownResults"]


def _no_thumbnails(content_hashes: Sequence[str]) -> Mapping[str, bytes]:  # noqa: ARG001 - a default
    return {}


@dataclass(frozen=True, slots=True)
class ShownResults(Results):
    """Results as product cards; the pictures are loaded when the notebook asks for them."""

    load_thumbnails: Callable[[Sequence[str]], Mapping[str, bytes]] = field(
        default=_no_thumbnails, repr=False, compare=False
    )

    def _repr_html_(self) -> str:
        return results_html(self, self.load_thumbnails([hit.content_hash for hit in self.hits]))
