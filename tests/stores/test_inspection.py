"""The doctor's view of a database, well and unwell."""

from __future__ import annotations

import psycopg
import pytest

from goodsight.core.errors import StoreError
from goodsight.stores import open_store
from goodsight.stores.postgres.schema import HEAD
from stores.samples import SHIRT, begin, filled, unit

MARK_INDEX = """
    UPDATE pg_index SET indisvalid = {} WHERE indexrelid = 'products_by_price'::regclass
"""


def unwell(store):
    return {check.name: check for check in store.checks() if not check.ok}


@pytest.fixture
def shop(embedded_store):
    return filled(embedded_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})


@pytest.mark.embedded
def test_a_healthy_store_passes(embedded_store, shop):
    checks = {check.name: check for check in embedded_store.checks()}
    assert unwell(embedded_store) == {}
    assert checks["database"].detail.startswith("PostgreSQL 18.")
    assert checks["page checksums"].detail == "on"
    assert "1 products, 2 photos" in checks["contents"].detail
    assert checks["index runs"].detail == "all finished"


def test_an_empty_store_passes(embedded_store):
    assert unwell(embedded_store) == {}


def test_a_run_going_on_is_mentioned(embedded_store, shop):
    run = begin(embedded_store)
    checks = {check.name: check for check in embedded_store.checks()}
    assert checks["index runs"].detail == "1 unfinished"
    run.finish([], remove_missing=False, complete=False)


@pytest.mark.parametrize(
    ("damage", "repair", "name", "detail"),
    [
        (
            "CREATE TABLE photo_vectors_999999 (image_id bigint)",
            "DROP TABLE photo_vectors_999999",
            "no orphaned vector tables",
            "photo_vectors_999999",
        ),
        (
            MARK_INDEX.format("false"),
            MARK_INDEX.format("true"),
            "no unfinished indexes",
            "products_by_price",
        ),
        (
            "UPDATE alembic_version SET version_num = '0000'",
            f"UPDATE alembic_version SET version_num = '{HEAD}'",
            "tables",
            "version 0000",
        ),
    ],
)
def test_damage_is_found(embedded_store, shop, damage, repair, name, detail):
    with embedded_store.database.connect() as session:
        session.execute(damage)
        try:
            found = unwell(embedded_store)
            assert list(found) == [name]
            assert found[name].detail == detail
            assert found[name].remedy
        finally:
            session.execute(repair)


def test_a_photo_without_vector_is_found(embedded_store, shop):
    with embedded_store.database.connect() as session:
        session.execute(f"DELETE FROM photo_vectors_{shop._known.vectors.id}")
    found = unwell(embedded_store)
    assert found["every photo of 'shop' has its vector"].detail == "2 without"


def test_a_server_that_is_away_is_a_finding(loopback_server):
    store = open_store("postgresql://u:p@127.0.0.1:9/d")
    [check] = store.checks()
    assert not check.ok
    assert "127.0.0.1:9/d" in check.detail
    store.close()


def test_a_server_that_goes_away_meanwhile_is_a_finding(loopback_server):
    store = open_store(loopback_server.url)
    assert store.names() == []
    loopback_server.stop()
    try:
        with pytest.raises(StoreError):
            store.names()
        assert [check.name for check in store.checks() if not check.ok] == ["database"]
    finally:
        loopback_server.start()
        store.close()
    with psycopg.connect(loopback_server.url) as session:
        assert session.execute("SELECT 1").fetchone() == (1,)
