"""Rerankers look as far as they must, and read only where it can matter."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from goodsight.core.choices import Look
from goodsight.core.colour_names import picked_colours
from goodsight.core.errors import UsageError
from goodsight.core.looks import Described, PhotoLooks, SeenPhoto
from goodsight.core.store_ports import ScoredProduct
from goodsight.core.types import Photo, Product, Query, Term
from goodsight.rerankers import (
    RERANKERS,
    ColourReranker,
    PatternReranker,
    PrintedWordsReranker,
)

VECTOR = np.array([1, 0], dtype=np.float32)
PHOTO = Photo("query", "", np.zeros((2, 2, 3), dtype=np.uint8), 2, 2)
CANDIDATES = [
    ScoredProduct(Product(id=key, title=key), key, key, (), score, {"best": score, "mean": score})
    for key, score in (("red", 0.9), ("blue", 0.8))
]


LYING, UPRIGHT = (np.array(shares, dtype=np.float32) for shares in ([0.9, 0.1], [0.1, 0.9]))


@dataclass
class Reader:
    words: tuple[str, ...] | None = None
    patterns: tuple[np.ndarray | None, np.ndarray | None] = (LYING, UPRIGHT)

    def looks(self, product_ids):
        patterns = dict(zip(("red", "blue"), self.patterns, strict=True))
        return {
            key: [SeenPhoto(key, key, VECTOR, picked_colours([key]), patterns[key], self.words)]
            for key in product_ids
            if key in patterns
        }


@dataclass
class SeesBlue:
    reach: Described = Described.WITH_WORDS
    read: list[Photo] = field(default_factory=list)

    def describe_plainly(self, photo):
        return PhotoLooks(picked_colours(["blue"]), ("blue",), 0, UPRIGHT)

    describe = describe_plainly

    def words(self, photo):
        self.read.append(photo)
        return ("blue",)


def asked(**values) -> Query:
    return Query(**{"terms": (Term(photo=PHOTO),), **values})


def order(found):
    return [scored.product.id for scored in found]


class TestColour:
    reranker = ColourReranker(Reader(), SeesBlue())

    @pytest.mark.parametrize(
        ("query", "depth"),
        [
            (asked(), 0),
            (asked(look=Look.BOTH), 200),
            (asked(look=Look.COLOUR, limit=500, offset=100), 600),
            (asked(colours=("red",)), 200),
            (asked(look=Look.PATTERN), 0),
        ],
    )
    def test_looks_only_where_a_colour_is_asked_for(self, query, depth):
        assert self.reranker.depth(query) == depth

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            (asked(look=Look.BOTH), ["blue", "red"]),
            (asked(look=Look.COLOUR), ["blue", "red"]),
            (asked(colours=("red",)), ["red", "blue"]),
            (asked(terms=(Term(product_id="red"),), look=Look.COLOUR), ["red", "blue"]),
        ],
    )
    def test_the_colour_comes_from_hand_photo_or_product(self, query, expected):
        assert order(self.reranker.rerank(query, VECTOR, CANDIDATES)) == expected

    def test_without_a_source_of_colour_it_says_what_to_do(self):
        query = asked(terms=(Term(product_id="grey"),), look=Look.COLOUR)

        with pytest.raises(UsageError, match="pick one"):
            self.reranker.rerank(query, VECTOR, CANDIDATES)


class TestPattern:
    reranker = PatternReranker(Reader(), SeesBlue())

    @pytest.mark.parametrize(
        ("query", "depth"),
        [
            (asked(), 0),
            (asked(look=Look.BOTH), 0),
            (asked(look=Look.PATTERN), 200),
            (asked(look=Look.PATTERN, limit=500, offset=100), 600),
        ],
    )
    def test_looks_only_where_a_pattern_is_asked_for(self, query, depth):
        assert self.reranker.depth(query) == depth

    @pytest.mark.parametrize(
        ("terms", "expected"),
        [
            ((Term(photo=PHOTO),), ["blue", "red"]),
            ((Term(product_id="red"),), ["red", "blue"]),
            ((Term(photo=PHOTO), Term(product_id="red", weight=3)), ["red", "blue"]),
        ],
    )
    def test_the_pattern_comes_from_photo_or_product(self, terms, expected):
        query = asked(terms=terms, look=Look.PATTERN)
        assert order(self.reranker.rerank(query, VECTOR, CANDIDATES)) == expected

    def test_what_cannot_be_compared_says_what_to_do(self):
        before = PatternReranker(Reader(patterns=(None, None)), SeesBlue())
        with pytest.raises(UsageError, match="run goodsight index once more"):
            before.rerank(asked(look=Look.PATTERN), VECTOR, CANDIDATES)
        with pytest.raises(UsageError, match="pick none"):
            self.reranker.rerank(asked(look=Look.PATTERN, colours=("red",)), VECTOR, CANDIDATES)
        grey = asked(terms=(Term(product_id="grey"),), look=Look.PATTERN)
        with pytest.raises(UsageError, match="give a photo"):
            self.reranker.rerank(grey, VECTOR, CANDIDATES)

    def test_photos_of_before_come_last(self):
        some = PatternReranker(Reader(patterns=(LYING, None)), SeesBlue())
        found = some.rerank(asked(look=Look.PATTERN), VECTOR, CANDIDATES)
        assert order(found) == ["red", "blue"]
        assert found[1].parts["pattern"] == 0

    def test_nothing_found_is_nothing(self):
        assert self.reranker.rerank(asked(look=Look.PATTERN), VECTOR, ()) == ()


def test_every_reranker_of_the_room_works():
    assert set(RERANKERS) == {ColourReranker, PatternReranker, PrintedWordsReranker}


class TestPrintedWords:
    def test_words_read_bring_their_product_forward(self):
        reranker = PrintedWordsReranker(Reader(("milk",)), SeesBlue())

        assert order(reranker.rerank(asked(), VECTOR, CANDIDATES)) == ["blue", "red"]

    @pytest.mark.parametrize("words", [None, ()])
    def test_nothing_is_read_where_nothing_is_printed(self, words):
        describer = SeesBlue()
        reranker = PrintedWordsReranker(Reader(words), describer)

        assert reranker.rerank(asked(), VECTOR, CANDIDATES) == tuple(CANDIDATES)
        assert describer.read == []

    def test_depth(self):
        reads, blind = (
            PrintedWordsReranker(Reader(), SeesBlue(reach))
            for reach in (Described.WITH_WORDS, Described.PLAINLY)
        )

        assert reads.depth(asked()) == 50
        assert reads.depth(asked(terms=(Term(product_id="red"),))) == 0
        assert blind.depth(asked()) == 0
