"""Sixty requests in words to the sample store, thirty in English and thirty in Chinese.

`luma_requests.csv` was written from the catalogue, before any answer was seen: a request, and a
filter that a right product passes. A request is answered if one of the first five is right.

Asked: 0.90, with requests understood. Beside it the same requests taken literally.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import goodsight
from benchmarks.data import SHARED
from benchmarks.figures import Figure
from goodsight.core.filter_parser import parse_filter
from goodsight.core.filters import matches

__all__ = ["measure"]

REQUESTS = Path(__file__).with_name("luma_requests.csv")
SHOWN = 5
ASKED = 0.90
# A folder where the sample store is indexed already, to measure again without the photos.
KEPT_HOME = "GOODSIGHT_REQUESTS_HOME"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and the filter of right answers."""

    language: str
    text: str
    right: str


def measure() -> list[Figure]:
    """Shares of requests with a right product among the first five."""
    name = "requests, right in the top 5, {}, {}"
    luma = SHARED / "luma"
    if not luma.exists():
        return [Figure(name.format("understood", "both"), None, "", ASKED, True, "no feed here")]
    requests = read_requests()
    figures = []
    kept = os.environ.get(KEPT_HOME)
    with tempfile.TemporaryDirectory() as folder, goodsight.open(kept or folder) as shop:
        if kept is None:
            shop.index(luma / "products.csv", media=luma / "media" / "product")
        for understand, way in ((True, "understood"), (False, "taken literally")):
            answered = {request: is_answered(shop, request, understand) for request in requests}
            for language, spoken in (("en", "English"), ("zh", "Chinese"), ("", "both")):
                told = [ok for r, ok in answered.items() if language in ("", r.language)]
                note = f"{sum(told)} of {len(told)}"
                bound = ASKED if understand else 0.0
                share = sum(told) / len(told)
                figures.append(Figure(name.format(way, spoken), share, "", bound, True, note))
    return figures


def read_requests() -> list[Request]:
    """The list, in its order."""
    with REQUESTS.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        return [Request(row["language"], row["request"], row["right"]) for row in rows]


def is_answered(shop: goodsight.Shop, request: Request, understand: bool) -> bool:
    """Whether a right product is among the first; those that are not are told."""
    results = shop.search(request.text, limit=SHOWN, understand=understand)
    right = parse_filter(request.right)
    answered = any(matches(right, hit.product) for hit in results.hits)
    if understand and not answered:
        said = results.understood.said() if results.understood else ""
        print(f"not answered: {request.text}: read as {said}", file=sys.stderr)
    return answered
