"""Whatever goes wrong below, the store says so in its own words."""

from __future__ import annotations

import numpy as np
import psycopg
import pytest

from goodsight.core.errors import StoreError
from goodsight.core.types import Product
from goodsight.stores import open_store
from goodsight.stores.postgres import schema
from goodsight.stores.postgres.failures import is_lost_connection, translated
from stores.samples import BARE, SHIRT, begin, filled, photo, place, query, unit


def every_driver_error() -> list[type[psycopg.Error]]:
    return [
        kind
        for kind in vars(psycopg.errors).values()
        if isinstance(kind, type) and issubclass(kind, psycopg.Error)
    ]


@pytest.mark.parametrize("kind", every_driver_error())
def test_no_error_of_the_driver_escapes(kind):
    expected = pytest.raises(StoreError, match=r"^keeping photos: .*the cause")
    with expected as caught, translated("keeping photos"):
        raise kind("the cause")
    assert isinstance(caught.value.__cause__, kind)


def test_lost_connections_are_told_from_other_failures():
    assert is_lost_connection(psycopg.errors.AdminShutdown())
    assert is_lost_connection(psycopg.OperationalError("server closed the connection"))
    assert not is_lost_connection(psycopg.errors.DiskFull())
    assert not is_lost_connection(psycopg.errors.DeadlockDetected())
    assert not is_lost_connection(psycopg.errors.ProtocolViolation())
    assert not is_lost_connection(psycopg.errors.UndefinedTable())


class TestUrls:
    @pytest.mark.parametrize("url", ["mysql://u:s3cret@h/d", "shop.db", ""])
    def test_of_other_kinds_are_refused(self, url):
        with pytest.raises(StoreError, match="postgresql://") as caught:
            open_store(url)
        assert "s3cret" not in str(caught.value)

    def test_that_do_not_read_are_refused_without_repeating_them(self):
        with pytest.raises(StoreError, match="does not read") as caught:
            open_store("postgresql://u:s3cret@h/d?nothing=known")
        assert "s3cret" not in str(caught.value)
        assert caught.value.__suppress_context__

    def test_of_a_server_that_is_not_there(self):
        store = open_store("postgresql://u:s3cret@127.0.0.1:9/d")
        with pytest.raises(StoreError, match=r"127\.0\.0\.1:9/d.*cannot be reached") as caught:
            store.names()
        assert "s3cret" not in str(caught.value)
        store.close()

    def test_with_a_wrong_password(self, loopback_server):
        store = open_store(loopback_server.url.replace("s3cret", "guess"))
        with pytest.raises(StoreError, match="password authentication failed"):
            store.names()
        store.close()

    def test_of_a_database_that_is_not_there(self, loopback_server):
        store = open_store(loopback_server.url.replace("/postgres", "/nowhere"))
        with pytest.raises(StoreError, match='database "nowhere" does not exist'):
            store.names()
        store.close()


class TestServers:
    def test_too_old_a_server_is_refused(self, loopback_server, monkeypatch):
        monkeypatch.setattr(schema, "MINIMUM_SERVER_VERSION", 990000)
        store = open_store(loopback_server.url)
        with pytest.raises(StoreError, match="PostgreSQL 16; Goodsight needs 99"):
            store.names()
        store.close()

    def test_too_old_a_pgvector_is_refused(self, loopback_server, monkeypatch):
        monkeypatch.setattr(schema, "MINIMUM_VECTOR_VERSION", (99, 1))
        store = open_store(loopback_server.url)
        with pytest.raises(StoreError, match=r"pgvector 0\..*needs 99\.1"):
            store.names()
        store.close()

    def test_a_server_without_pgvector_is_refused(self, loopback_server):
        """The extension's control file is out of the way for a moment."""
        control = loopback_server.programs.parent / "share/postgresql/extension/vector.control"
        hidden = control.with_suffix(".hidden")
        name = "without_vector"
        with psycopg.connect(loopback_server.url, autocommit=True) as session:
            session.execute(f"CREATE DATABASE {name}")
        store = open_store(loopback_server.url.replace("/postgres", f"/{name}"))
        control.rename(hidden)
        try:
            with pytest.raises(StoreError, match="no pgvector: install"):
                store.names()
        finally:
            hidden.rename(control)
            store.close()
            with psycopg.connect(loopback_server.url, autocommit=True) as session:
                session.execute(f"DROP DATABASE {name} WITH (FORCE)")


class TestInputs:
    def test_a_vector_of_another_length(self, postgres_store):
        shop = filled(postgres_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        with pytest.raises(StoreError, match="dimension"):
            shop.search(query(np.ones(3, dtype=np.float32)))
        run = begin(postgres_store)
        with pytest.raises(StoreError, match="dimension"):
            run.put_photos([photo("c", np.ones(3, dtype=np.float32))], [])
        run.finish([], remove_missing=False, complete=False)

    @pytest.mark.parametrize("number", [np.nan, np.inf])
    def test_a_vector_that_is_not_finite(self, postgres_store, number):
        shop = filled(postgres_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        bad = np.full(16, number, dtype=np.float32)
        with pytest.raises(StoreError, match="not finite"):
            shop.search(query(bad))
        run = begin(postgres_store)
        with pytest.raises(StoreError, match="not finite"):
            run.put_photos([photo("c", bad)], [])
        assert run.known_photos([photo("c", bad).content_hash]) == frozenset()
        run.finish([], remove_missing=False, complete=False)

    def test_text_the_database_cannot_hold_is_kept_without_it(self, postgres_store):
        odd = Product(
            id="a\0b",
            title="\ud800 lone",
            attributes={"n\0": ("v\udfff",)},
            photos=("caf\udce9.jpg",),
            source="f\0",
        )
        run = begin(postgres_store)
        run.put_products([odd])
        run.put_photos([photo("p", unit(1))], [place("a\0b", "caf\udce9.jpg", "p")])
        run.finish([], remove_missing=True, complete=True)
        shop = postgres_store.open("shop")
        hit = shop.search(query(unit(1))).products[0]
        assert hit.product.id == "a�b"
        assert hit.product.title == "� lone"
        assert hit.photo == "caf�.jpg"
        assert shop.get(["a\0b"]) == [hit.product]

    def test_no_products_and_no_photos_are_nothing_to_do(self, postgres_store):
        run = begin(postgres_store)
        assert list(run.put_products([])) == []
        run.put_photos([], [])
        assert run.known_places([]) == {}
        assert run.known_photos([]) == frozenset()
        run.finish([], remove_missing=True, complete=True)


class TestRestarts:
    def test_a_search_survives_a_restart_of_the_server(self, loopback_server):
        store = open_store(loopback_server.url)
        shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)}, "restart")
        assert len(shop.search(query(unit(1))).products) == 1
        loopback_server.stop()
        with pytest.raises(StoreError, match="cannot be reached or went away"):
            shop.search(query(unit(1)))
        loopback_server.start()
        assert len(shop.search(query(unit(1))).products) == 1
        loopback_server.stop()
        loopback_server.start()
        assert len(shop.search(query(unit(1))).products) == 1
        store.delete("restart")
        store.close()

    def test_a_run_does_not(self, loopback_server):
        store = open_store(loopback_server.url)
        run = begin(store, "restart")
        run.put_products([BARE])
        loopback_server.stop()
        loopback_server.start()
        with pytest.raises(StoreError, match=r"keeping products: .*went away"):
            run.put_products([SHIRT])
        with pytest.raises(StoreError):
            run.finish([], remove_missing=True, complete=True)
        again = begin(store, "restart")
        assert again.put_products([BARE])[0].value == "unchanged"
        again.finish([], remove_missing=True, complete=True)
        store.delete("restart")
        store.close()

    def test_a_closed_store_says_so(self, postgres_store):
        run = begin(postgres_store)
        postgres_store.close()
        with pytest.raises(StoreError):
            run.put_photos([photo("a", unit(1))], [place("p", "a")])
