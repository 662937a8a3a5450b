"""Proposals of a language model become chips only where the catalogue bears them."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodsight.core.filter_parser import parse_filter
from goodsight.core.proposals import Proposal, is_worth_asking, unread_texts, with_proposals
from goodsight.core.request_tokens import tokenize
from goodsight.core.shop_words import ShopWords
from goodsight.core.understanding import Understander
from goodsight.core.understood import ChipKind
from goodsight.core.vocabulary import Vocabulary

WORDS = ShopWords.read((resources.files("goodsight") / "shop_words.tsv").read_text("utf-8"))
OUTDOOR = Vocabulary(
    categories={"shoes": 9, "jackets": 7, "men": 9, "men/shoes": 4},
    brands={"acme": 9},
    attributes={
        "season": {"winter": 5, "summer": 4},
        "water": {"proof": 3, "none": 2},
        "sale": {"yes": 3, "no": 9},
        "grams": {"200": 2, "300": 1},
    },
    seen_colours={"red": 3, "blue": 2},
    least_price=Decimal(5),
    greatest_price=Decimal(300),
    has_stock=True,
)
READER = Understander(OUTDOOR, WORDS)


def read(request: str, *proposals: tuple[str, str]):
    return with_proposals(
        READER.understand(request), [Proposal(*proposal) for proposal in proposals], OUTDOOR
    )


@pytest.mark.parametrize(
    ("request_", "proposals", "filter_", "text"),
    [
        ("jacket against freezing nights", [("freezing nights", "season = 'winter'")],
         "category = 'jackets' and season = 'winter'", "against"),
        ("jacket against freezing nights", [("Against  FREEZING nights", "season = 'Winter'")],
         "category = 'jackets' and season = 'Winter'", ""),
        ("for the snow and for puddles",
         [("snow", "season = 'winter'"), ("puddles", "water = 'proof'")],
         "season = 'winter' and water = 'proof'", ""),
        ("dirt cheap hiking things", [("dirt cheap", "price < 20"), ("things", "not sale")],
         "price < 20 and not sale", "hiking"),
        ("nothing for the snow please", [("nothing for the snow", "not season = 'winter'")],
         "not season = 'winter'", ""),
        ("下雪天穿的 jacket", [("下雪天", "season = 'winter'")],
         "season = 'winter' and category = 'jackets'", ""),
        ("really featherlight things", [("featherlight", "grams <= 250 and in_stock")],
         "grams <= 250 and in_stock", "really things"),
        ("I want snowproof things", [("snowproof", "season = 'winter'")],
         "season = 'winter'", "things"),
        ("things with ketchup tint", [("ketchup tint", "seen_colour = 'red'")],
         "seen_colour = 'red'", "things"),
    ],
)  # fmt: skip
def test_what_the_catalogue_bears_becomes_a_chip(request_, proposals, filter_, text):
    understood = read(request_, *proposals)
    assert (understood.filter, understood.text) == (filter_, text)


@pytest.mark.parametrize(
    ("request_", "words", "filter_"),
    [
        # No words of the request, half a word, words that the rules have read, small words.
        ("snowy jacket nights", "warm", "season = 'winter'"),
        ("snowy jacket nights", "snow", "season = 'winter'"),
        ("snowy jacket nights", "jacket", "season = 'winter'"),
        ("snowy jacket nights", "snowy jacket", "season = 'winter'"),
        ("snowy jacket nights", "", "season = 'winter'"),
        ("snowy jacket nights for the", "for the", "season = 'winter'"),
        # Filters that do not parse, or name what the catalogue does not have.
        ("snowy jacket nights", "snowy", "season == winter; drop table"),
        ("snowy jacket nights", "snowy", ""),
        ("snowy jacket nights", "snowy", "season = 'spring'"),
        ("snowy jacket nights", "snowy", "weather = 'winter'"),
        ("snowy jacket nights", "snowy", "title = 'winter'"),
        ("snowy jacket nights", "snowy", "season = 'winter' or brand = 'nobody'"),
        ("snowy jacket nights", "snowy", "season < 5"),
        ("snowy jacket nights", "snowy", "season"),
        ("snowy jacket nights", "snowy", "price < 1"),
        ("snowy jacket nights", "snowy", "price < 301"),
        ("snowy jacket nights", "snowy", "seen_colour = 'green'"),
        ("snowy jacket nights", "snowy", "season in ('winter', 'spring')"),
        ("snowy jacket nights", "snowy", " or ".join(["season = 'winter'"] * 20)),
        # The opposite of what was said, one of two choices, and words meant as they are.
        ("nights not snowy", "snowy", "season = 'winter'"),
        ("nights not snowy", "not snowy", "season = 'winter'"),
        ("nights other than for snowy", "snowy", "season = 'winter'"),
        ("rainy or snowy nights", "snowy", "season = 'winter'"),
        ("rainy or snowy nights", "rainy", "water = 'proof'"),
        ('nights "snowy" days', '"snowy"', "season = 'winter'"),
        # The rules have read a price and a season already.
        ("snowy nights under 50", "snowy", "price < 100"),
        ("snowy summer nights", "snowy", "season = 'winter'"),
    ],
)
def test_what_it_does_not_bear_changes_nothing(request_, words, filter_):
    assert read(request_, (words, filter_)) == READER.understand(request_)


def test_the_first_of_two_that_overlap_counts():
    understood = read(
        "deep snow nights", ("deep snow", "season = 'winter'"), ("snow nights", "water = 'proof'")
    )
    assert (understood.filter, understood.text) == ("season = 'winter'", "nights")


def test_chips_say_what_they_are_about():
    understood = read("quite dirt cheap ketchup tint", ("dirt cheap", "price < 20"),
                      ("ketchup tint", "seen_colour = 'red'"))  # fmt: skip
    price, colour = understood.chips
    assert (price.kind, price.label) == (ChipKind.PRICE, "price < 20")
    assert (colour.kind, understood.colours) == (ChipKind.COLOUR, ("red",))
    assert understood.request[colour.start : colour.end] == "ketchup tint"


@pytest.mark.parametrize(
    ("request_", "unread", "worth"),
    [
        ("red shoes under 50", (), False),
        ("snowy shoes", ("snowy",), False),
        ("snowy shoes for the nights", ("snowy", "nights"), True),
        ("I want snowy nights", ("snowy nights",), True),
        ('"snowy nights" -rain', ('"snowy nights" -rain',), False),
        ("", (), False),
        ("snow " * 300, (), False),
    ],
)
def test_a_model_is_asked_where_two_words_are_left(request_, unread, worth):
    understood = READER.understand(request_)
    assert is_worth_asking(understood) is worth
    if worth:
        assert unread_texts(understood) == unread


SAID = st.lists(
    st.sampled_from(
        "snowy nights not or for the I want shoes red under 50 winter 下 雪 天 的 不要 或者 and "
        '"deep snow" -rain , quite cheap something please'.split(" ")
    ),
    max_size=14,
).map(" ".join)
FILTERS = st.one_of(
    st.sampled_from(
        ["season = 'winter'", "not water = 'proof'", "price < 20", "category = 'men'", "sale",
         "in_stock or grams > 1", "brand != 'acme'", "seen_colour = 'red'"]
    ),
    st.text(max_size=40),
)  # fmt: skip


@st.composite
def said_and_proposed(draw):
    said = draw(st.one_of(SAID, st.text(max_size=40)))
    proposals = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(said)))
        part = said[start : draw(st.integers(start, len(said)))]
        words = draw(st.sampled_from([part, *said.split()]))
        proposals.append(Proposal(draw(st.one_of(st.just(words), st.text())), draw(FILTERS)))
    return said, proposals


@settings(max_examples=500, deadline=None)
@given(said_and_proposed())
def test_whatever_is_proposed_no_word_is_lost_or_told_twice(case):
    said, proposals = case
    before = READER.understand(said)
    after = with_proposals(before, proposals, OUTDOOR)
    covers = [(one.start, one.end) for one in (*after.chips, *after.rest)]
    for token in tokenize(said):
        assert sum(s <= token.start and token.end <= e for s, e in covers) == 1, token
    assert sorted(covers) == sorted(set(covers))
    assert list(after.chips) == sorted(after.chips, key=lambda chip: chip.start)
    assert all(0 <= start < end <= len(said) for start, end in covers)
    # What the rules read stays read.
    assert [chip for chip in before.chips if chip.filter and chip not in after.chips] == []
    if after.filter:
        parse_filter(after.filter)
