"""Every home's database on one server, for `make test-server`.

On the path of Python's start-up, and so in every process of the tests: where TEST_SERVER_URL is
set, a store below a folder becomes a database of the folder's own on that server.
"""

import os
from contextlib import suppress
from pathlib import Path

SERVER = os.environ.get("TEST_SERVER_URL")


def database_of(folder):
    """The URL of the folder's database, made where there is none yet."""
    import hashlib

    import psycopg

    name = "home_" + hashlib.sha256(os.fsencode(Path(folder).absolute())).hexdigest()[:24]
    with psycopg.connect(SERVER, autocommit=True) as session:
        known = session.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            # Another process may be quicker.
            with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                session.execute(f"CREATE DATABASE {name}")
    return SERVER.rpartition("/")[0] + "/" + name


def on_the_server(open_store):
    """`open_store`, but below a folder it opens the folder's database."""

    def opened(location, *arguments, **options):
        if isinstance(location, Path):
            location = database_of(location)
        return open_store(location, *arguments, **options)

    return opened


if SERVER:
    import goodsight.stores

    goodsight.stores.open_store = on_the_server(goodsight.stores.open_store)
