from __future__ import annotations

import pytest

from goodsight.catalogs.rows import Row
from goodsight.catalogs.shelf import Shelf
from goodsight.core.errors import CatalogError


def test_remembers_the_first_line_of_a_key() -> None:
    with Shelf() as shelf:
        assert shelf.remember("id", "A", 2) is None
        assert shelf.remember("id", "A", 9) == 2
        assert shelf.remember("other", "A", 9) is None
        assert shelf.line_of("id", "A") == 2
        assert shelf.line_of("id", "B") is None


def test_keeps_notes_in_order() -> None:
    with Shelf() as shelf:
        for note in ("b", "a", "b"):
            shelf.add("photos", "A", note)
        assert shelf.notes("photos", "A") == ["b", "a", "b"]
        assert shelf.has("photos", "A")
        shelf.remove("photos", "A")
        assert not shelf.has("photos", "A")


def test_counts() -> None:
    with Shelf() as shelf:
        assert [shelf.tally("group", "G"), shelf.tally("group", "G")] == [1, 2]
        assert shelf.total("group", "G") == 2
        assert shelf.total("group", "H") == 0


def test_rows_come_back_as_they_were() -> None:
    row = Row(7, {"título": "añ\x1f\nb", "n": "1.299"}, frozenset({"n"}))
    with Shelf() as shelf:
        shelf.add_row("member", "G", row)
        assert list(shelf.rows("member", "G")) == [row]


def test_keys_may_be_removed_while_they_are_listed() -> None:
    with Shelf() as shelf:
        for key in ("c", "a", "b", "a"):
            shelf.add("kind", key, "")
        found = []
        for key in shelf.keys("kind"):
            found.append(key)
            shelf.remove("kind", key)
        assert found == ["a", "b", "c"]


def test_a_failing_database_is_a_catalog_error() -> None:
    with Shelf() as shelf:
        pass
    with pytest.raises(CatalogError, match="temporary file"):
        shelf.add("kind", "key", "note")
