"""What is near in meaning and looks, where words are not enough."""

import pytest

from goodsight.core.reading_words import LEAST_COSINE_ALONE, read_words
from goodsight.core.spelling import KnownWords

FAR, NEAR = LEAST_COSINE_ALONE - 0.01, LEAST_COSINE_ALONE


class Counter:
    """A catalogue that knows the words it is given, one product each."""

    def __init__(self, *known, near=(), by_looks=()):
        self._known, self._near, self._by_looks = known, near, by_looks
        self.asked_for_looks = 0

    def has_all(self, asked):
        return all(thing.word in self._known for thing in asked.wanted)

    def counts(self, wanted):
        return [int(thing.word in self._known) for thing in wanted]

    def near(self, text):
        return self._near

    def near_by_looks(self, text):
        self.asked_for_looks += 1
        return self._by_looks

    def known_words(self):
        return KnownWords({})


LOOKS = [(2, NEAR + 0.1), (1, NEAR + 0.05), (3, NEAR), (4, FAR)]


def test_looks_add_to_what_meaning_finds():
    counter = Counter(near=[(1, NEAR), (5, FAR)], by_looks=LOOKS)
    assert read_words("striped", counter).near == (1, 2, 3)


def test_looks_find_nothing_by_themselves():
    counter = Counter(near=[(1, FAR)], by_looks=LOOKS)
    assert read_words("laptop", counter).near == ()
    assert counter.asked_for_looks == 0


@pytest.mark.parametrize(
    "text", ["milk striped", "a sentence of many words", "milk", "striped -milk"]
)
def test_looks_are_left_alone_where_words_say_which_product(text):
    counter = Counter("milk", near=[(1, NEAR)], by_looks=LOOKS)
    read_words(text, counter)
    assert counter.asked_for_looks == 0
