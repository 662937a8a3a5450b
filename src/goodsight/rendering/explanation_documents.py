"""Explanations as parts of JSON documents."""

from __future__ import annotations

from typing import Any

from goodsight.core.heat_maps import HeatMap

__all__ = ["heat_map_document"]


def heat_map_document(shown: HeatMap) -> dict[str, Any]:
    """The cells as rows of numbers, and the box [x, y, width, height] they cover."""
    return {
        "rows": [[round(float(cell), 7) for cell in row] for row in shown.values],
        "box": [round(edge, 6) for edge in shown.box],
    }
