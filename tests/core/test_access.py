"""Roles, and texts that may be keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from goodsight.core.access import (
    ApiKey,
    Role,
    csrf_token_of,
    hash_of_secret,
    is_secret,
    join_key,
    new_key_id,
    new_secret,
    parse_role,
    split_key,
)
from goodsight.core.errors import UsageError

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def key(**values) -> ApiKey:
    return ApiKey("a1", "shop", Role.SEARCH, None, NOW, **values)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.SEARCH, {Role.SEARCH}),
        (Role.EDIT, {Role.SEARCH, Role.EDIT}),
        (Role.ADMIN, {Role.SEARCH, Role.EDIT, Role.ADMIN}),
    ],
)
def test_each_role_allows_what_the_ones_before_it_do(role, allowed):
    assert {needed for needed in Role if role.allows(needed)} == allowed


def test_an_unknown_role_names_the_choices():
    assert parse_role("edit") is Role.EDIT
    with pytest.raises(UsageError, match="'root': choose from search, edit, admin"):
        parse_role("root")


@pytest.mark.parametrize(
    ("values", "valid"),
    [
        ({}, True),
        ({"expires_at": NOW + timedelta(seconds=1)}, True),
        ({"expires_at": NOW}, False),
        ({"revoked_at": NOW - timedelta(days=1)}, False),
    ],
)
def test_a_key_is_valid_until_it_is_revoked_or_expires(values, valid):
    assert key(**values).is_valid(NOW) is valid


def test_a_key_splits_into_what_it_was_joined_from():
    # The alphabet of secrets has an underscore of its own.
    for secret in (new_secret(), "_a_b_"):
        key_id = new_key_id()
        assert split_key(join_key(key_id, secret)) == (key_id, secret)


@pytest.mark.parametrize("text", ["", "gs_", "gs__x", "gs_a_", "gs_ä_x", "gs_a-b_x", "a_b_c"])
def test_other_texts_are_no_keys(text):
    assert split_key(text) is None


def test_only_the_secret_itself_is_the_secret():
    secret = new_secret()
    assert is_secret(secret, hash_of_secret(secret))
    assert not is_secret(secret[:-1], hash_of_secret(secret))
    assert not is_secret("", hash_of_secret(secret))


def test_a_csrf_token_follows_from_its_session_and_does_not_show_it():
    token = new_secret()
    assert csrf_token_of(token) == csrf_token_of(token) != csrf_token_of(new_secret())
    assert token not in csrf_token_of(token)
