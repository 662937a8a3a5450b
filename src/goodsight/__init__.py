"""Goodsight: search a shop's catalogue with a photo.

    import goodsight
    shop = goodsight.open("~/shop")
    shop.index("products.csv")
    results = shop.search("photo.jpg", where="price < 50", limit=10)

Importing this package loads nothing heavy; names are resolved when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from goodsight.asking import term
    from goodsight.core.errors import GoodsightError
    from goodsight.core.types import Hit, Metric, Photo, Product, Results, Variant
    from goodsight.shop import Shop, open

__version__ = "0.1.0"

__all__ = [
    "GoodsightError",
    "Hit",
    "Metric",
    "Photo",
    "Product",
    "Results",
    "Shop",
    "Variant",
    "__version__",
    "open",
    "term",
]

_HOME_OF = {
    "GoodsightError": "goodsight.core.errors",
    "Hit": "goodsight.core.types",
    "Metric": "goodsight.core.types",
    "Photo": "goodsight.core.types",
    "Product": "goodsight.core.types",
    "Results": "goodsight.core.types",
    "Shop": "goodsight.shop",
    "Variant": "goodsight.core.types",
    "open": "goodsight.shop",
    "term": "goodsight.asking",
}


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'goodsight' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
