"""Owners' sessions as rows: a random cookie, kept as its hash, that lives as its key does."""

from __future__ import annotations

from psycopg import sql

from goodsight.core.access import (
    SESSION_LIFETIME,
    ApiKey,
    NewSession,
    OwnerSession,
    csrf_token_of,
    hash_of_secret,
    new_secret,
)
from goodsight.core.errors import StoreError
from goodsight.stores.postgres.database import Database
from goodsight.stores.postgres.failures import translated
from goodsight.stores.postgres.keys import KEY_COLUMNS, KEY_HOLDS, key_of

__all__ = ["PostgresOwnerSessions"]

# Longer than any token of ours: what is longer is none.
MAX_TOKEN_CHARACTERS = 200

_DROP_ENDED = "DELETE FROM sessions WHERE expires_at <= now()"
# A key that has ended meanwhile begins no session.
_BEGIN = sql.SQL("""
    INSERT INTO sessions (token_hash, key_id, csrf_hash, expires_at)
    SELECT %(token_hash)s, k.id, %(csrf_hash)s,
           least(now() + %(lifetime)s, coalesce(k.expires_at, 'infinity'))
    FROM api_keys k WHERE k.id = %(key)s AND {holds}
    RETURNING expires_at
""").format(holds=KEY_HOLDS)
_FIND = sql.SQL("""
    SELECT s.csrf_hash, s.expires_at, {columns}
    FROM sessions s JOIN api_keys k ON k.id = s.key_id
    WHERE s.token_hash = %s AND now() < s.expires_at AND {holds}
""").format(columns=KEY_COLUMNS, holds=KEY_HOLDS)
_END = "DELETE FROM sessions WHERE token_hash = %s"


class PostgresOwnerSessions:
    """The owners' sessions of a database; see the port `SessionStore`.

    A token is looked up by its hash: how long that takes tells nothing about a token.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, key: ApiKey) -> NewSession:
        """Begin a session. Raises StoreError where the key has ended."""
        token = new_secret()
        csrf_token = csrf_token_of(token)
        values = {
            "token_hash": hash_of_secret(token),
            "csrf_hash": hash_of_secret(csrf_token),
            "lifetime": SESSION_LIFETIME,
            "key": key.id,
        }
        with translated("signing in"), self._database.connect() as connection:
            connection.execute(_DROP_ENDED)
            row = connection.execute(_BEGIN, values).fetchone()
        if row is None:
            raise StoreError(f"signing in: the key '{key.name}' has ended: use another one")
        return NewSession(token, csrf_token, row[0])

    def find(self, token: str) -> OwnerSession | None:
        """The session of this cookie; None once it, or its key, has ended."""
        if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
            return None
        row = self._database.read(
            "looking up a session",
            lambda c: c.execute(_FIND, [hash_of_secret(token)]).fetchone(),
        )
        if row is None:
            return None
        csrf_hash, expires_at, *columns = row
        return OwnerSession(key_of(*columns), csrf_token_of(token), csrf_hash, expires_at)

    def end(self, token: str) -> None:
        """End the session, if it is one."""
        with translated("signing out"), self._database.connect() as connection:
            connection.execute(_END, [hash_of_secret(token)])
