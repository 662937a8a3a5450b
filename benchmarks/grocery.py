"""81 products with their train photos; unseen phone photos as queries."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.data import GROCERY, grocery_products, grocery_queries
from benchmarks.figures import Figure

__all__ = ["measure"]


def measure() -> list[Figure]:
    name = "grocery, lite0, recall@1 on {}"
    if not GROCERY.exists():
        return [Figure(name.format("dev"), None, "", 0.61, True, "no photos here")]
    import goodsight

    figures = []
    with tempfile.TemporaryDirectory() as work, goodsight.open(Path(work) / "home") as shop:
        shop.index(grocery_products(Path(work)))
        for split in ("val", "dev"):
            for metric in ("cosine", "euclidean", "kl"):
                queries = grocery_queries(Path(work), split)
                found = shop.evaluate(queries, metric=metric)
                low, high = found.ci95["recall@1"]
                note = f"{metric}, {found.queries} queries, 95 % interval {low:.3f} to {high:.3f}"
                recall = found.recall[1]
                figures.append(Figure(name.format(split), recall, "", 0.61, True, note))
    return figures
