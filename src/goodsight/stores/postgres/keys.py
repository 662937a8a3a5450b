"""API keys as rows: made, listed, revoked, and recognised in constant time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from psycopg import sql

from goodsight.core.access import (
    ApiKey,
    NewKey,
    Role,
    hash_of_secret,
    is_secret,
    join_key,
    new_key_id,
    new_secret,
    split_key,
)
from goodsight.core.errors import UsageError
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.sessions import Connection
from goodsight.stores.postgres.text import storable

__all__ = ["KEY_COLUMNS", "KEY_HOLDS", "PostgresKeys", "key_of"]

MAX_NAME_CHARACTERS = 200
# Longer than any key should live, shorter than what the database's calendar holds.
LONGEST_VALIDITY = timedelta(days=36_500)

# Of `api_keys k`, in the order of `ApiKey`'s fields.
KEY_COLUMNS = sql.SQL("""
    k.id, k.name, k.role, k.collections, k.created_at, k.expires_at, k.revoked_at,
    k.last_used_at
""")
KEY_HOLDS = sql.SQL("(k.revoked_at IS NULL AND (k.expires_at IS NULL OR now() < k.expires_at))")

_CREATE = sql.SQL("""
    INSERT INTO api_keys AS k (id, name, role, collections, secret_hash, expires_at)
    VALUES (%(id)s, %(name)s, %(role)s, %(collections)s, %(secret_hash)s,
            now() + %(valid_for)s::interval)
    RETURNING {columns}
""").format(columns=KEY_COLUMNS)
_LIST = sql.SQL("SELECT {} FROM api_keys k ORDER BY k.created_at DESC, k.id").format(KEY_COLUMNS)
_REVOKE = sql.SQL("""
    UPDATE api_keys k SET revoked_at = coalesce(k.revoked_at, now()) WHERE k.id = %s
    RETURNING {}
""").format(KEY_COLUMNS)
_END_SESSIONS = "DELETE FROM sessions WHERE key_id = %s"
_FIND = sql.SQL("""
    SELECT k.secret_hash, {holds},
           k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute',
           {columns}
    FROM api_keys k WHERE k.id = %s
""").format(holds=KEY_HOLDS, columns=KEY_COLUMNS)
_USED = "UPDATE api_keys SET last_used_at = now() WHERE id = %s"
# What a secret is compared with where the id is unknown: as much work, no match.
_NO_SECRET = hash_of_secret("")


class PostgresKeys:
    """The keys of a database; see the port `KeyStore`. Safe to use from threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        role: Role,
        *,
        collections: Sequence[str] | None = None,
        valid_for: timedelta | None = None,
    ) -> NewKey:
        """Make a key; see the port. Raises UsageError, StoreError."""
        _check(name, collections, valid_for)
        key_id, secret = new_key_id(), new_secret()
        values = {
            "id": key_id,
            "name": storable(name.strip()),
            "role": role,
            "collections": None if collections is None else [storable(c) for c in collections],
            "secret_hash": hash_of_secret(secret),
            "valid_for": valid_for,
        }
        with translated("making a key"), self._database.connect() as connection:
            [row] = connection.execute(_CREATE, values).fetchall()
        return NewKey(key_of(*row), join_key(key_id, secret))

    def list(self) -> Sequence[ApiKey]:
        """All keys, revoked and expired ones too, newest first."""
        return self._database.read(
            "listing keys", lambda c: [key_of(*row) for row in c.execute(_LIST)]
        )

    def revoke(self, key_id: str) -> ApiKey | None:
        """End a key and its sessions at once; None where there is no such key."""
        with (
            translated("revoking a key"),
            self._database.connect() as connection,
            connection.transaction(),
        ):
            row = connection.execute(_REVOKE, [storable(key_id)]).fetchone()
            connection.execute(_END_SESSIONS, [storable(key_id)])
        return None if row is None else key_of(*row)

    def verify(self, text: str) -> ApiKey | None:
        """The key this text is, if it holds; see the port."""
        parts = split_key(text)
        if parts is None:
            return None
        key_id, secret = parts
        return self._database.read("checking a key", lambda c: _verified(c, key_id, secret))


def key_of(
    key_id: str, name: str, role: str, collections: Sequence[str] | None, *times: object
) -> ApiKey:
    """A row of `KEY_COLUMNS` as a key."""
    opened = None if collections is None else tuple(collections)
    return ApiKey(key_id, name, Role(role), opened, *times)  # type: ignore[arg-type]


def _verified(connection: Connection, key_id: str, secret: str) -> ApiKey | None:
    row = connection.execute(_FIND, [key_id]).fetchone()
    if row is None:
        is_secret(secret, _NO_SECRET)
        return None
    secret_hash, holds, use_is_news, *columns = row
    if not is_secret(secret, secret_hash) or not holds:
        return None
    if use_is_news:
        connection.execute(_USED, [key_id])
    return key_of(*columns)


def _check(name: str, collections: Sequence[str] | None, valid_for: timedelta | None) -> None:
    if not name.strip() or len(name) > MAX_NAME_CHARACTERS:
        raise UsageError(f"a key needs a name of 1 to {MAX_NAME_CHARACTERS} characters")
    if collections is not None and not all(collections):
        raise UsageError("a collection's name is empty: leave the list out to open all of them")
    if collections is not None and not collections:
        raise UsageError("a key for no collection opens nothing: name one, or leave the list out")
    if valid_for is not None and not timedelta() < valid_for <= LONGEST_VALIDITY:
        raise UsageError(f"a key is valid for 1 to {LONGEST_VALIDITY.days:,} days, or for ever")
