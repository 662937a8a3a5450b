"""Suggestions over HTTP and by the client."""

from __future__ import annotations

import pytest

from goodsight.client import Client, SuggestedText

PATH = "/v1/collections/default/suggestions"


def test_suggestions_begin_as_typed(service):
    answer = service.client.get(PATH, params={"text": "prod", "limit": 3})
    assert answer.status_code == 200
    found = answer.json()["suggestions"]
    assert 1 <= len(found) <= 3
    assert all("prod" in suggestion["text"].casefold() for suggestion in found)
    assert {*found[0]} == {"text", "kind", "products"}


def test_a_misspelt_beginning_is_forgiven(service):
    [found] = service.client.get(PATH, params={"text": "orhid"}).json()["suggestions"]
    assert "orchid" in found["text"].casefold()


@pytest.mark.parametrize("asked", [{}, {"text": "a", "limit": 11}, {"text": "a" * 201}])
def test_what_cannot_be_answered_is_refused(service, asked):
    assert service.client.get(PATH, params=asked).status_code == 422


def test_an_unknown_collection_is_told(service):
    answer = service.client.get("/v1/collections/nowhere/suggestions", params={"text": "a"})
    assert answer.status_code == 404


def test_the_client_asks_too(service):
    with Client(str(service.client.base_url)) as client:
        found = client.suggestions("product s", limit=2)
    assert 1 <= len(found) <= 2
    assert isinstance(found[0], SuggestedText)
