"""Each fault made for real, found, mended, and not found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import psycopg
import pytest

from goodsight.core.projecting import Projection
from goodsight.core.types import Product
from goodsight.stores import open_store
from goodsight.stores.postgres import vector_index
from goodsight.stores.postgres.leftovers import remove_leftovers, sessions_left_open
from goodsight.stores.postgres.vector_index import MINIMUM_PHOTOS, IndexShape
from goodsight.stores.postgres.vector_sets import VectorSet
from stores.samples import DIMENSION, SHIRT, begin, filled, photo, place, random_units, unit
from stores.servers import eventually


@pytest.fixture
def shop(embedded_store):
    return filled(embedded_store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})


def unwell(store):
    return {check.name: check.detail for check in store.checks() if not check.ok}


def mended(store, name, detail):
    """What mending said about the one thing that was wrong."""
    assert unwell(store) == {name: detail}
    assert all("--fix" in check.remedy for check in store.checks() if not check.ok)
    done = list(store.mend())
    assert unwell(store) == {}
    return done


def test_nothing_is_mended_where_nothing_is_wrong(embedded_store, shop):
    assert list(embedded_store.mend()) == []


def test_a_table_without_a_vector_set(embedded_store, shop):
    with embedded_store.database.connect() as session:
        session.execute("CREATE TABLE photo_vectors_999999 (image_id bigint)")
    [done] = mended(embedded_store, "no orphaned vector tables", "photo_vectors_999999")
    assert "photo_vectors_999999" in done


def test_a_set_that_a_switch_left(embedded_store, shop):
    known = shop._known
    with embedded_store.database.connect() as session:
        [(set_id,)] = session.execute(
            "INSERT INTO vector_sets (collection_id, space, dimension, base_id)"
            " VALUES (%s, 'half', 4, %s) RETURNING id",
            [known.id, known.vectors.id],
        )
        VectorSet(set_id, 4).create(session)
    [done] = mended(embedded_store, "no unfinished vector sets", str(set_id))
    assert "left unfinished" in done
    assert shop.info().photos == 2


def test_a_former_space_is_no_leftover(embedded_store, shop):
    keeper = embedded_store.spaces("shop")
    own = keeper.active_space().space
    whole = Projection(
        np.zeros(DIMENSION, np.float32),
        np.eye(DIMENSION, dtype=np.float32),
        (DIMENSION,),
        False,
        2,
        2,
    )
    for columns in (8, 4):
        shorter = replace(whole, matrix=whole.matrix[:, :columns])
        keeper.switch_space(shorter, {}, keep_former=True)
    assert unwell(embedded_store) == {}
    assert list(embedded_store.mend()) == []
    assert len(keeper.kept_spaces()) == 3
    keeper.go_back()
    assert keeper.go_back() == own


def test_photos_that_no_product_shows(embedded_store, shop):
    with embedded_store.database.connect() as session:
        session.execute("DELETE FROM photos WHERE reference = 'b.jpg'")
    [done] = mended(embedded_store, "no photos that no product shows", "1 of 'shop'")
    assert "1 photos that no product shows of 'shop'" in done


def test_a_run_whose_process_is_gone(embedded_store, shop):
    run = begin(embedded_store)
    assert unwell(embedded_store) == {}, "a run that goes on is none"
    run._connection.close()
    # The server notices a little late that a session has ended.
    eventually(lambda: unwell(embedded_store) != {})
    [done] = mended(embedded_store, "no index runs whose process is gone", "1 of 'shop'")
    assert "1 index runs" in done
    assert embedded_store.runs("shop", 1)[0].status == "lost"


def test_a_transaction_left_open(embedded_store, shop):
    with embedded_store.database.connect() as left, embedded_store.database.connect() as doctor:
        left.execute("BEGIN")
        left.execute("SELECT FROM products")
        assert sessions_left_open(doctor) == [], "one may take its time"
        [pid] = sessions_left_open(doctor, timedelta(0))
        assert pid == left.info.backend_pid
        [done] = remove_leftovers(doctor, timedelta(0))
        assert str(pid) in done
        with pytest.raises(psycopg.OperationalError):
            left.execute("SELECT 1")


def test_an_older_pgvector_than_the_server_has(embedded_store, shop):
    """As after an upgrade of the wheel."""
    with embedded_store.database.connect() as session:
        [(version,)] = session.execute("SELECT extversion FROM pg_extension WHERE extname='vector'")
        session.execute("UPDATE pg_extension SET extversion = '0.8.0' WHERE extname = 'vector'")
    detail = f"0.8.0, and the server has {version}"
    [done] = mended(embedded_store, "pgvector up to date", detail)
    assert done.endswith(version)


def test_a_table_s_own_index_that_is_invalid(embedded_store, shop):
    with embedded_store.database.connect() as session:
        session.execute(
            "UPDATE pg_index SET indisvalid = false"
            " WHERE indexrelid = 'products_by_price'::regclass"
        )
    assert mended(embedded_store, "no unfinished indexes", "products_by_price") == [
        "built the index products_by_price again"
    ]


def test_uploads_that_changed_on_disk(embedded_store, shop):
    originals = embedded_store.originals("shop")
    originals.put("0" * 64, b"not what that hash says")
    assert unwell(embedded_store) == {"uploaded photos as they came": "1 of 1 are not what came"}
    with embedded_store.database.connect() as session:
        session.execute("UPDATE originals SET created_at = now() - interval '2 hours'")
    assert "dropped 1 uploaded photos" in next(embedded_store.mend())


@pytest.fixture(scope="module")
def large(postgres_home):
    store = open_store(postgres_home)
    names = [f"{number}.jpg" for number in range(MINIMUM_PHOTOS)]
    run = begin(store, "large")
    run.put_products([Product(id=name, title=name, photos=(name,)) for name in names])
    vectors = random_units(MINIMUM_PHOTOS, seed=8)
    run.put_photos(
        [photo(name, vector) for name, vector in zip(names, vectors, strict=True)],
        [place(name, name) for name in names],
    )
    run.finish([], remove_missing=True, complete=True)
    yield store
    store.delete("large")
    store.close()


def test_a_vector_index_that_is_absent(large):
    with large.database.connect() as session:
        session.execute(f"DROP INDEX {large.open('large')._known.vectors.photo_index.as_string()}")
    detail = "absent: searches compare with every photo"
    assert mended(large, "vector index of 'large'", detail) == ["built the vector index of 'large'"]
    assert large.open("large").info().has_vector_index


def test_a_vector_index_that_finds_too_little(large):
    """Built with so few links that much cannot be reached."""
    vectors = large.open("large")._known.vectors
    with large.database.connect() as session:
        vector_index.drop_indexes(session, vectors)
        vector_index.build_indexes(session, vectors, IndexShape(links=2, candidates=4))
    [(name, detail)] = unwell(large).items()
    assert name == "vector index of 'large'"
    assert "finds" in detail
    assert list(large.mend()) == ["built the vector index of 'large'"]
    assert unwell(large) == {}
