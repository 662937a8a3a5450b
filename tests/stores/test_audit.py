"""The audit takes entries and gives nothing up."""

from __future__ import annotations

import psycopg
import pytest

from goodsight.core.errors import StoreError
from goodsight.stores import open_store


@pytest.fixture
def audit(postgres_store):
    return postgres_store.audit


def test_entries_come_newest_first_and_page_by_id(audit):
    for number in range(5):
        audit.write("key a1", "collection.delete", f"shop {number}", {"number": number})
    latest = audit.entries(2)
    assert [entry.target for entry in latest] == ["shop 4", "shop 3"]
    assert latest[0].detail == {"number": 4}
    assert (latest[0].actor, latest[0].action) == ("key a1", "collection.delete")
    assert latest[0].at >= latest[1].at
    older = audit.entries(2, before=latest[-1].id)
    assert [entry.target for entry in older] == ["shop 2", "shop 1"]


def test_an_entry_needs_no_detail(audit):
    audit.write("command line", "key.create", "a1")
    assert audit.entries(1)[0].detail == {}


def test_odd_text_is_kept_readable(audit):
    audit.write("nobody\0", "höchst\ud800", "目录", {"reason": "中\n\"'; DROP TABLE audit"})
    entry = audit.entries(1)[0]
    assert (entry.actor, entry.action, entry.target) == ("nobody\ufffd", "höchst\ufffd", "目录")
    assert entry.detail["reason"].startswith("中\n")


def test_a_detail_that_json_cannot_hold_is_still_recorded(audit):
    audit.write("a", "b", "c", {"name": "nul \0 and surrogate \ud800"})
    assert audit.entries(1)[0].detail["name"].startswith("nul ")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'someone else'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE audit SET actor = 'no row at all' WHERE FALSE",
    ],
)
def test_nothing_changes_or_forgets_an_entry(postgres_store, audit, statement):
    audit.write("a", "b", "c")
    before = list(audit.entries(10))
    with (
        postgres_store.database.connect() as session,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        session.execute(statement)
    assert list(audit.entries(10)) == before


def test_a_server_that_is_away_is_an_error():
    store = open_store("postgresql://u:p@127.0.0.1:9/d")
    with pytest.raises(StoreError, match="cannot be reached"):
        store.audit.write("a", "b", "c")
    store.close()
