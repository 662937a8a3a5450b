from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogs.conftest import WriteFeed
from goodsight.catalogs import open_catalog

ALLOWED_GROWTH_BYTES = 300_000
PADDING = "x" * 60


def generic(count: int) -> str:
    rows = "".join(f"P{n},G{n // 4},{PADDING},5.00,{n}.jpg\n" for n in range(count))
    return "id,parent_id,title,price,image\n" + rows


def magento(count: int) -> str:
    rows = "".join(
        f'V{n},simple,5,"size={n % 4},note={PADDING}",\n'
        + (
            f"C{n},configurable,,," + "|".join(f"sku=V{m}" for m in range(n - 3, n + 1)) + "\n"
            if n % 4 == 3
            else ""
        )
        for n in range(count)
    )
    return "sku,product_type,price,additional_attributes,configurable_variations\n" + rows


def vendure(count: int) -> str:
    rows = "".join(
        f"{f'Name {n},slug-{n}' if n % 4 == 0 else ','},size,{n % 4} {PADDING},S{n},5\n"
        for n in range(count)
    )
    return "name,slug,optionGroups,optionValues,sku,price\n" + rows


def woocommerce(count: int) -> str:
    rows = "".join(
        f"{n},{'variable' if n % 4 == 0 else 'variation'},{PADDING},1,5,id:{n - n % 4}\n"
        for n in reversed(range(count))
    )
    return "ID,Type,Name,In stock?,Regular price,Parent\n" + rows


def google_xml(count: int) -> str:
    items = "".join(
        f"<item><g:id>{n}</g:id><title>{PADDING}</title>"
        f"<g:image_link>{n}.jpg</g:image_link><g:condition>new</g:condition></item>\n"
        for n in range(count)
    )
    return f"<rss><channel>\n{items}</channel></rss>"


def peak(path: Path) -> int:
    """Most Python memory in use while a feed is read and each product let go, in bytes."""
    tracemalloc.start()
    try:
        assert sum(1 for _ in open_catalog(str(path)).read()) > 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("make", [generic, magento, vendure, woocommerce, google_xml])
def test_memory_does_not_grow_with_the_feed(
    write_feed: WriteFeed, make: Callable[[int], str]
) -> None:
    # Both are longer than the pieces a file is read in, so that these are full in both.
    small = peak(write_feed(make(1_500), "small.csv"))
    large = peak(write_feed(make(6_000), "large.csv"))
    assert large - small < ALLOWED_GROWTH_BYTES
