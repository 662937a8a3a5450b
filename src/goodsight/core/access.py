"""Who may do what over HTTP: roles, keys, an owner's sessions, and the record of their acts.

A key is shown once, as `gs_<public id>_<secret>`. What is kept is its id and the SHA-256 of
its secret: a secret of 256 random bits needs no slow hash, which is for what people choose.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from goodsight.core.errors import UsageError

__all__ = [
    "SESSION_LIFETIME",
    "ApiKey",
    "AuditEntry",
    "AuditLog",
    "KeyStore",
    "NewKey",
    "NewSession",
    "OwnerSession",
    "Role",
    "SessionStore",
    "csrf_token_of",
    "hash_of_secret",
    "is_secret",
    "join_key",
    "new_key_id",
    "new_secret",
    "parse_role",
    "split_key",
]

PREFIX = "gs"
ID_BYTES = 6
SECRET_BYTES = 32
# Longer than any key of ours: what is longer is no key and is not looked at further.
MAX_KEY_CHARACTERS = 200
SESSION_LIFETIME = timedelta(hours=12)


class Role(StrEnum):
    """What a key allows; each role allows all that the ones before it do."""

    SEARCH = "search"
    EDIT = "edit"
    ADMIN = "admin"

    def allows(self, needed: Role) -> bool:
        """Whether this role is at least the one needed."""
        order = tuple(Role)
        return order.index(self) >= order.index(needed)


def parse_role(text: str) -> Role:
    """The role a user named. Raises UsageError with the choices."""
    try:
        return Role(text)
    except ValueError as error:
        raise UsageError(f"role '{text}': choose from {', '.join(Role)}") from error


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept, without its secret.

    `collections` are the ones it opens, None for all. Times know their zone; `expires_at` is None
    for a key that does not expire, `last_used_at` is right to the minute.
    """

    id: str
    name: str
    role: Role
    collections: tuple[str, ...] | None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None

    def opens(self, collection: str) -> bool:
        """Whether the key is good for this collection."""
        return self.collections is None or collection in self.collections

    def is_valid(self, now: datetime) -> bool:
        """Whether the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made, with the text that its holder sends. No one can ever see it again."""

    key: ApiKey
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just begun. `token` is the cookie's value, known to the browser alone."""

    token: str = field(repr=False)
    csrf_token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OwnerSession:
    """A session that holds, and the key it was begun with."""

    key: ApiKey
    csrf_token: str = field(repr=False)
    csrf_hash: bytes = field(repr=False)
    expires_at: datetime

    def accepts(self, csrf_token: str) -> bool:
        """Whether a request carries the token that only our own page can read."""
        return is_secret(csrf_token, self.csrf_hash)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One administrative act: who did what to which thing, and when."""

    id: int
    at: datetime
    actor: str
    action: str
    target: str
    detail: Mapping[str, object] = field(default_factory=dict)


class KeyStore(Protocol):
    """The keys of a database."""

    def create(
        self,
        name: str,
        role: Role,
        *,
        collections: Sequence[str] | None = None,
        valid_for: timedelta | None = None,
    ) -> NewKey:
        """Make a key for all collections or the ones named, for ever or a while.

        Raises UsageError for a name, list or time that cannot be.
        """
        ...

    def list(self) -> Sequence[ApiKey]:
        """All keys, revoked and expired ones too, newest first."""
        ...

    def revoke(self, key_id: str) -> ApiKey | None:
        """End a key and its sessions at once; None where there is no such key."""
        ...

    def verify(self, text: str) -> ApiKey | None:
        """The key this text is; None for one that is unknown, wrong, expired or revoked.

        Takes as long for an unknown id as for a wrong secret.
        """
        ...


class SessionStore(Protocol):
    """Sessions of owners who signed in with a key."""

    def begin(self, key: ApiKey) -> NewSession:
        """Begin a session that lasts `SESSION_LIFETIME`, or as long as its key."""
        ...

    def find(self, token: str) -> OwnerSession | None:
        """The session of this cookie; None once it, or its key, has ended."""
        ...

    def end(self, token: str) -> None:
        """End the session, if it is one."""
        ...


class AuditLog(Protocol):
    """The record of administrative acts: written to, read, never changed."""

    def write(
        self, actor: str, action: str, target: str, detail: Mapping[str, object] | None = None
    ) -> None:
        """Record an act; durable when this returns."""
        ...

    def entries(self, limit: int, *, before: int | None = None) -> Sequence[AuditEntry]:
        """The latest entries, newest first; those before the entry with this id."""
        ...


def new_key_id() -> str:
    """A public id; it has no underscore, which separates it from the secret."""
    return secrets.token_hex(ID_BYTES)


def new_secret() -> str:
    """A secret of 256 random bits, as text that goes into a header or cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def join_key(key_id: str, secret: str) -> str:
    """The text a key's holder sends."""
    return f"{PREFIX}_{key_id}_{secret}"


def split_key(text: str) -> tuple[str, str] | None:
    """The id and secret in a key's text; None for a text that cannot be a key."""
    if len(text) > MAX_KEY_CHARACTERS:
        return None
    prefix, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    if prefix != PREFIX or not key_id.isalnum() or not key_id.isascii() or not secret:
        return None
    return key_id, secret


def hash_of_secret(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def is_secret(secret: str, expected_hash: bytes) -> bool:
    """Whether the secret is the one hashed; takes the same time wherever they differ."""
    return hmac.compare_digest(hash_of_secret(secret), expected_hash)


def csrf_token_of(session_token: str) -> str:
    """The token that a session's own page sends along.

    It follows from the session's token, so that every tab of a browser has the same one,
    and tells nothing about it.
    """
    return hmac.new(session_token.encode(), b"csrf", hashlib.sha256).hexdigest()
