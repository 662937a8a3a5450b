"""A real service on loopback over a small shop, and the page that it serves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import goodsight
from goodsight.config import Settings
from service.page import browser, open_page, page_home, shop_page
from service.running import RunningService, run_service

__all__ = ["browser", "open_page", "page_home", "shop_page"]


@pytest.fixture(scope="session")
def service_home(tmp_path_factory, small_shop) -> Path:
    """A home with the small shop indexed as the collection 'default'."""
    home = tmp_path_factory.mktemp("service_home")
    with goodsight.open(home) as shop:
        shop.index(small_shop / "feed.csv")
    return home


@pytest.fixture(scope="session")
def service(service_home) -> Iterator[RunningService]:
    yield from run_service(Settings(home=service_home, requests_per_minute=0))


@pytest.fixture
def start_service(service_home):
    """Start services with other settings over the same home; all end with the test."""
    running = []

    def start(*, open_search: bool | None = None, **changes) -> RunningService:
        settings = Settings(**{"home": service_home, "requests_per_minute": 0, **changes})
        generator = run_service(settings, open_search=open_search)
        running.append(generator)
        return next(generator)

    yield start
    for generator in running:
        next(generator, None)
