"""What a database remembers in this process."""

from __future__ import annotations

from goodsight.stores.postgres.database import REMEMBERED_ANSWERS, Database


def test_answers_asked_for_last_are_remembered_longest():
    database = Database("postgresql://nobody@127.0.0.1/none")
    asked = []

    def ask(number):
        asked.append(number)
        return number * 2

    for number in range(REMEMBERED_ANSWERS):
        assert database.remembered(number, lambda number=number: ask(number)) == number * 2
    assert database.remembered(0, lambda: ask(0)) == 0
    # One more crowds out the one that nobody has asked for longest, which is no longer the first.
    database.remembered("more", lambda: ask(1))
    asked.clear()
    for number in (0, 2, 1):
        assert database.remembered(number, lambda number=number: ask(number)) == number * 2
    assert asked == [1]
