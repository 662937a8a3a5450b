"""Tables are made and migrated once, whoever comes first, and recognised cheaply after."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.conninfo import make_conninfo

from goodsight.core.errors import StoreError
from goodsight.core.store_ports import BrowseQuery
from goodsight.core.types import Product, Variant
from goodsight.stores import open_store
from goodsight.stores.postgres.schema import HEAD, MIGRATIONS, SCHEMA
from stores.samples import SHIRT, filled, query, unit

OPEN = "from goodsight.stores import open_store; import sys; store = open_store(sys.argv[1]);"
# What later versions added, taken away again.
BACK_TO_THE_FIRST_VERSION = f"""
    ALTER TABLE {SCHEMA}.images DROP colours, DROP colour_names, DROP perceptual_hash,
        DROP printed_words, DROP pattern;
    SET search_path = {SCHEMA};
    DROP TABLE projections, calibrations, text_vectors, bridges, tuning_runs;
    ALTER TABLE vector_sets DROP base_id, DROP learnt_photos, DROP retired_at,
        DROP retired_version, DROP former_id, DROP index_kind, DROP model, DROP profile, DROP card,
        DROP begun_at;
    DROP TABLE originals, sessions, api_keys, audit;
    DROP FUNCTION audit_is_append_only;
    ALTER TABLE products DROP words, DROP spellings;
    UPDATE alembic_version SET version_num = '0001';
"""
WORDS = f"""
    SELECT product_key, array(SELECT lexeme FROM unnest(tsvector_to_array(words)) AS lexeme
                              WHERE lexeme NOT LIKE '~红%' ORDER BY lexeme),
           array(SELECT unnest(spellings) ORDER BY 1)
    FROM {SCHEMA}.products ORDER BY product_key
"""
WEIGHTS = (
    f"SELECT ts_filter(words, '{{a}}')::text FROM {SCHEMA}.products WHERE product_key = 'MH01'"
)
DRESS = Product(
    id="裙-1",
    title="红色连衣裙 ＡＢＣ Größe",
    description="真丝, washed",
    categories=(("女装", "Dresses"),),
    attributes={"颜色": ("深红",)},
    variants=(Variant("裙-1-S", {"尺码": ("小",)}),),
)


@pytest.fixture
def database(loopback_server, request) -> Iterator[str]:
    """The URL of a new, empty database."""
    name = f"test_{abs(hash(request.node.nodeid))}"
    with psycopg.connect(loopback_server.url, autocommit=True) as session:
        session.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield loopback_server.url.replace("/postgres", f"/{name}")
    with psycopg.connect(loopback_server.url, autocommit=True) as session:
        session.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def execute(url, statement, **settings):
    with psycopg.connect(make_conninfo(url, **settings), autocommit=True) as session:
        cursor = session.execute(statement)
        return cursor.fetchall() if cursor.description else None


def opened_names(url):
    store = open_store(url)
    try:
        return list(store.names())
    finally:
        store.close()


def test_the_head_is_alembics_head():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_an_empty_database_gets_its_tables_in_a_schema_of_their_own(database):
    assert opened_names(database) == []
    tables = execute(database, f"SELECT tablename FROM pg_tables WHERE schemaname = '{SCHEMA}'")
    assert {"collections", "products", "photos", "images", "alembic_version"} <= {
        t for (t,) in tables
    }
    assert execute(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


def test_opening_again_imports_no_migration_library(database):
    assert opened_names(database) == []
    check = "store.names(); store.close(); print(sorted({'alembic', 'psycopg'} & {*sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", OPEN + check, database], check=True, capture_output=True, text=True
    )
    assert done.stdout == "['psycopg']\n"


def test_importing_the_room_imports_no_driver():
    code = "import goodsight.stores, sys; print('psycopg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"


def test_several_processes_may_come_first_at_once(database):
    command = [sys.executable, "-c", OPEN + "print(store.names()); store.close()", database]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[0] for process in processes] == ["[]\n"] * 4


def test_tables_of_a_newer_version_are_left_alone(database):
    opened_names(database)
    execute(database, f"UPDATE {SCHEMA}.alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"9999.*upgrade Goodsight"):
        opened_names(database)
    assert execute(database, f"SELECT version_num FROM {SCHEMA}.alembic_version") == [("9999",)]


def test_a_migration_that_fails_leaves_nothing_behind(database):
    execute(database, f"CREATE SCHEMA {SCHEMA}")
    execute(database, f"CREATE TABLE {SCHEMA}.photos (mine text)")
    with pytest.raises(StoreError, match="photos"):
        opened_names(database)
    tables = execute(database, f"SELECT tablename FROM pg_tables WHERE schemaname = '{SCHEMA}'")
    assert {name for (name,) in tables} <= {"photos", "alembic_version"}


def test_the_vector_type_may_live_in_any_schema(database):
    execute(database, 'CREATE SCHEMA "my extensions"')
    execute(database, 'CREATE EXTENSION vector SCHEMA "my extensions"')
    store = open_store(database)
    shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
    assert shop.search(query(unit(1))).products[0].photo == "a.jpg"
    store.close()


def test_the_url_may_carry_options_of_its_own(database):
    store = open_store(f"{database}?options=-c%20work_mem%3D77MB&application_name=mine")
    with store.database.connect() as session:
        assert session.execute("SHOW work_mem").fetchone() == ("32MB",)
        assert session.execute("SHOW application_name").fetchone() == ("mine",)
        assert session.execute("SHOW jit").fetchone() == ("off",)
    store.close()


def test_a_database_of_the_first_version_is_brought_along_with_its_rows(database):
    store = open_store(database)
    filled(store, [SHIRT, DRESS], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
    written = execute(database, WORDS), execute(database, WEIGHTS)
    store.close()
    execute(database, BACK_TO_THE_FIRST_VERSION)
    store = open_store(database)
    try:
        assert store.names() == ["shop"]
        assert execute(database, f"SELECT version_num FROM {SCHEMA}.alembic_version") == [(HEAD,)]
        assert (execute(database, WORDS), execute(database, WEIGHTS)) == written
        assert "'armel'" in written[1][0][0]
        assert [
            hit.product.id
            for hit in store.open("shop").browse(BrowseQuery(words="连衣裙")).products
        ] == ["裙-1"]
        found = store.open("shop").search(query(unit(1)))
        assert [hit.product.id for hit in found.products] == ["MH01"]
        seen = store.open("shop").looks(["MH01"])["MH01"]
        assert [(photo.colours, photo.pattern) for photo in seen] == [(None, None)] * 2
        assert store.keys.list() == []
        # The encoder it has had so far is that of its features now.
        encoders = f"SELECT model, profile, card ->> 'space', begun_at FROM {SCHEMA}.vector_sets"
        assert execute(database, encoders) == [("tiny", "fast", "tiny-1", None)]
        assert store.open("shop").photo_side() == 8
    finally:
        store.close()


class TestRights:
    @pytest.fixture
    def clerk(self, database, loopback_server):
        """The URL of a user without any special right."""
        name = database.rpartition("/")[2]
        execute(
            database, sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'clerk'").format(sql.Identifier(name))
        )
        yield database.replace("shopkeeper:s3cret", f"{name}:clerk")
        execute(database, sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(name)))
        execute(database, sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))

    def test_a_user_who_may_not_prepare_is_told_what_to_ask_for(self, clerk):
        with pytest.raises(StoreError, match=r"CREATE EXTENSION vector; CREATE SCHEMA goodsight"):
            opened_names(clerk)

    def test_that_is_enough(self, database, clerk):
        name = database.rpartition("/")[2]
        execute(database, "CREATE EXTENSION vector")
        execute(
            database,
            sql.SQL("CREATE SCHEMA goodsight AUTHORIZATION {}").format(sql.Identifier(name)),
        )
        store = open_store(clerk)
        shop = filled(store, [SHIRT], {"a.jpg": unit(1), "b.jpg": unit(0, 1)})
        assert shop.search(query(unit(1))).products[0].photo == "a.jpg"
        unwell = {check.name for check in store.checks() if not check.ok}
        assert unwell == {"page checksums", "writes reach the disk"}, "as that server is set up"
        store.close()
