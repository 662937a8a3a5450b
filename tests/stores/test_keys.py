"""Keys are shown once, kept hashed, end when they should, and take their sessions with them."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import pytest

from goodsight.core.access import Role, csrf_token_of, split_key
from goodsight.core.errors import StoreError, UsageError

DAY = timedelta(days=1)


@pytest.fixture
def keys(postgres_store):
    yield postgres_store.keys
    execute(postgres_store, "DELETE FROM api_keys")


def execute(store, statement, *values):
    with store.database.connect() as session:
        cursor = session.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


class TestCreating:
    def test_gives_a_text_that_is_the_key(self, keys):
        made = keys.create("the shop", Role.SEARCH, collections=["shoes"], valid_for=DAY)
        found = keys.verify(made.text)
        assert found.id == made.key.id
        assert (found.name, found.role, found.collections) == ("the shop", "search", ("shoes",))
        assert found.expires_at - found.created_at == DAY
        assert found.opens("shoes")
        assert not found.opens("hats")

    def test_a_key_without_list_opens_every_collection_for_ever(self, keys):
        key = keys.create("owner", Role.ADMIN).key
        assert key.collections is None
        assert key.opens("anything")
        assert key.expires_at is None

    def test_the_secret_has_256_random_bits_and_is_nowhere_in_the_database(
        self, postgres_store, keys
    ):
        made = [keys.create("x", Role.EDIT) for _ in range(2)]
        _, secret = split_key(made[0].text)
        assert len(secret) == 43
        assert secret not in repr(made[0])
        assert made[0].text.split("_", 2)[2] != made[1].text.split("_", 2)[2]
        rows = execute(postgres_store, "SELECT k::text, k.secret_hash FROM api_keys k")
        assert not any(secret in text for text, _ in rows)
        assert hashlib.sha256(secret.encode()).digest() in {kept for _, kept in rows}

    @pytest.mark.parametrize(
        ("name", "options", "message"),
        [
            (" ", {}, "needs a name"),
            ("n" * 201, {}, "needs a name"),
            ("n", {"collections": []}, "opens nothing"),
            ("n", {"collections": [""]}, "name is empty"),
            ("n", {"valid_for": timedelta()}, "valid for"),
            ("n", {"valid_for": -DAY}, "valid for"),
            ("n", {"valid_for": 1_000_000 * DAY}, "valid for"),
        ],
    )
    def test_refuses_what_cannot_be(self, keys, name, options, message):
        with pytest.raises(UsageError, match=message):
            keys.create(name, Role.SEARCH, **options)
        assert list(keys.list()) == []


class TestVerifying:
    @pytest.mark.parametrize(
        "text",
        ["", "gs", "gs__", "gs_a_", "xx_{id}_{secret}", "gs_{id}_{secret}x", "gs_{id}_", "{id}",
         "gs_000000000000_{secret}", "gs_{id}\0_{secret}", "gs_é_{secret}", "gs_{id}_\udc80",
         "gs_{id}_{secret} ", "gs_' OR '1'='1_{secret}", "gs_{id}_" + "a" * 10_000],
    )  # fmt: skip
    def test_a_text_that_is_not_the_key_is_none(self, keys, text):
        key_id, secret = split_key(keys.create("x", Role.SEARCH).text)
        assert keys.verify(text.format(id=key_id, secret=secret)) is None

    def test_every_secret_is_compared_in_constant_time_an_unknown_ids_too(
        self, postgres_store, keys, monkeypatch
    ):
        compared = []
        compare = hmac.compare_digest

        def watch(one, other):
            compared.append((len(one), len(other)))
            return compare(one, other)

        monkeypatch.setattr(hmac, "compare_digest", watch)
        key_id, secret = split_key(keys.create("x", Role.SEARCH).text)
        for text in (f"gs_{key_id}_{secret}", f"gs_{key_id}_wrong", f"gs_unknown_{secret}"):
            keys.verify(text)
        assert compared == [(32, 32)] * 3

    def test_a_revoked_key_is_none_and_stays_listed(self, keys):
        made = keys.create("x", Role.ADMIN)
        other = keys.create("y", Role.ADMIN)
        assert keys.revoke(made.key.id).revoked_at is not None
        assert keys.verify(made.text) is None
        assert keys.verify(other.text) is not None
        assert [key.name for key in keys.list() if key.revoked_at] == ["x"]

    def test_revoking_again_keeps_the_first_time(self, keys):
        made = keys.create("x", Role.ADMIN)
        first = keys.revoke(made.key.id)
        assert keys.revoke(made.key.id) == first

    def test_revoking_an_unknown_key_says_so(self, keys):
        assert keys.revoke("nobody") is None
        assert keys.revoke("no\0body") is None

    def test_an_expired_key_is_none(self, postgres_store, keys):
        made = keys.create("x", Role.EDIT, valid_for=DAY)
        assert keys.verify(made.text) is not None
        execute(postgres_store, "UPDATE api_keys SET expires_at = now() - interval '1 second'")
        assert keys.verify(made.text) is None
        [key] = keys.list()
        assert not key.is_valid(key.expires_at)

    def test_use_is_noted_to_the_minute(self, postgres_store, keys):
        made = keys.create("x", Role.SEARCH)
        assert keys.list()[0].last_used_at is None
        keys.verify("gs_" + made.key.id + "_wrong")
        assert keys.list()[0].last_used_at is None
        keys.verify(made.text)
        first = keys.list()[0].last_used_at
        keys.verify(made.text)
        assert keys.list()[0].last_used_at == first
        execute(postgres_store, "UPDATE api_keys SET last_used_at = '2020-01-01'")
        keys.verify(made.text)
        assert keys.list()[0].last_used_at >= first

    def test_keys_are_listed_newest_first(self, keys):
        for name in "abc":
            keys.create(name, Role.SEARCH)
        assert [key.name for key in keys.list()] == ["c", "b", "a"]


class TestSessions:
    @pytest.fixture
    def key(self, keys):
        return keys.create("owner", Role.ADMIN).key

    def test_a_session_is_found_by_its_token_alone(self, postgres_store, key):
        sessions = postgres_store.sessions
        begun = sessions.begin(key)
        found = sessions.find(begun.token)
        assert found.key.id == key.id
        assert found.expires_at == begun.expires_at
        assert found.expires_at - key.created_at < timedelta(hours=12, minutes=1)
        for wrong in ("", "x", begun.token + "x", begun.csrf_token, "é", "a" * 10_000):
            assert sessions.find(wrong) is None

    def test_neither_token_is_kept_or_shown(self, postgres_store, key):
        begun = postgres_store.sessions.begin(key)
        [(row,)] = execute(postgres_store, "SELECT s::text FROM sessions s")
        for text in (row, repr(begun), repr(postgres_store.sessions.find(begun.token))):
            assert begun.token not in text
            assert begun.csrf_token not in text

    def test_the_csrf_token_belongs_to_its_session_and_is_the_same_in_every_tab(
        self, postgres_store, key
    ):
        sessions = postgres_store.sessions
        one, other = sessions.begin(key), sessions.begin(key)
        found = sessions.find(one.token)
        assert found.csrf_token == one.csrf_token == csrf_token_of(one.token)
        assert found.accepts(one.csrf_token)
        assert not found.accepts(other.csrf_token)
        assert not found.accepts("")

    def test_signing_out_ends_one(self, postgres_store, key):
        sessions = postgres_store.sessions
        one, other = sessions.begin(key), sessions.begin(key)
        sessions.end(one.token)
        sessions.end("unknown")
        assert sessions.find(one.token) is None
        assert sessions.find(other.token) is not None

    def test_a_revoked_key_ends_its_sessions(self, postgres_store, keys, key):
        begun = postgres_store.sessions.begin(key)
        keys.revoke(key.id)
        assert postgres_store.sessions.find(begun.token) is None
        assert execute(postgres_store, "SELECT key_id FROM sessions") == []
        with pytest.raises(StoreError, match="has ended"):
            postgres_store.sessions.begin(key)

    def test_an_expired_key_ends_them_too(self, postgres_store, key):
        begun = postgres_store.sessions.begin(key)
        execute(postgres_store, "UPDATE api_keys SET expires_at = now()")
        assert postgres_store.sessions.find(begun.token) is None

    def test_a_session_ends_no_later_than_its_key(self, postgres_store, keys):
        key = keys.create("x", Role.ADMIN, valid_for=timedelta(hours=1)).key
        assert postgres_store.sessions.begin(key).expires_at == key.expires_at

    def test_an_expired_session_is_gone_with_the_next_one(self, postgres_store, key):
        begun = postgres_store.sessions.begin(key)
        execute(postgres_store, "UPDATE sessions SET expires_at = now() - interval '1 second'")
        assert postgres_store.sessions.find(begun.token) is None
        postgres_store.sessions.begin(key)
        assert len(execute(postgres_store, "SELECT key_id FROM sessions")) == 1
