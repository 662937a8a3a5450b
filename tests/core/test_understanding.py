"""Requests in words become filters and words; no word is lost on the way."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from decimal import Decimal
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodsight.core.filter_parser import parse_filter
from goodsight.core.shop_words import ShopWords
from goodsight.core.understanding import MAX_REQUEST_CHARACTERS, Understander, understand
from goodsight.core.understood import ChipKind, Understood
from goodsight.core.vocabulary import Vocabulary

WORDS = ShopWords.read((resources.files("goodsight") / "shop_words.tsv").read_text("utf-8"))
FASHION = Vocabulary(
    categories={"shoes": 9, "dresses": 8, "jackets": 7, "men": 9, "women": 9, "men/shoes": 4,
                "hoodies & sweatshirts": 5, "bags": 3},
    brands={"acme": 9, "new balance": 4},
    attributes={
        "color": {"red": 9, "blue": 8, "green": 7, "gray": 3, "dark green": 1, "black": 4},
        "size": {"42": 5, "43": 4, "s": 2, "m": 3, "xl": 2},
        "material": {"leather": 6, "cotton": 5, "organic cotton": 2, "wool": 4},
        "sale": {"yes": 3, "no": 9},
        'odd "name"': {"velcro": 2},
    },
    currencies=("EUR",),
    least_price=Decimal(5),
    greatest_price=Decimal(300),
    has_stock=True,
)  # fmt: skip
READER = Understander(FASHION, WORDS)
CHINESE = Understander(
    replace(
        FASHION,
        categories={"鞋": 5, "女装": 4, "连衣裙": 3},
        brands={},
        attributes={"颜色": {"红色": 3, "蓝色": 3}, "材质": {"真皮": 2, "棉": 2}},
    ),
    WORDS,
)
PHOTOS_ONLY = Understander(
    Vocabulary(categories={"fruit": 3}, seen_colours={"red": 3, "orange": 2, "blue": 1}), WORDS
)


@pytest.mark.parametrize(
    ("request_", "filter_", "text"),
    [
        (
            "red running shoes under 50 in stock",
            "color = 'red' and category = 'shoes' and price < 50 and in_stock",
            "running",
        ),
        ("红色跑鞋 五十以下", "color = 'red' and category = 'shoes' and price <= 50", "running"),
        (
            "not leather, size 42, cheaper than 30 euros",
            "not material = 'leather' and size = '42' and price < 30",
            "",
        ),
        (
            "blue or red dress between 20 and 40",
            "color in ('blue', 'red') and category = 'dresses' and price >= 20 and price <= 40",
            "",
        ),
        ("red, blue or black shoes", "color in ('red', 'blue', 'black') and category = 'shoes'",
         ""),
        ("navy jacket", "color = 'blue' and category = 'jackets'", ""),
        ("grey wool", "color = 'gray' and material = 'wool'", ""),
        ("green shoe", "color in ('green', 'dark green') and category = 'shoes'", ""),
        ("dark green shoe", "color = 'dark green' and category = 'shoes'", ""),
        ("cotton dress", "material in ('cotton', 'organic cotton') and category = 'dresses'", ""),
        ("men's shoes", "category = 'men' and category = 'shoes'", ""),
        ("New Balance shoes", "brand = 'new balance' and category = 'shoes'", ""),
        ("shoes or bags", "category in ('shoes', 'bags')", ""),
        ("red or leather", "(color = 'red' or material = 'leather')", ""),
        ("not red or blue", "not color in ('red', 'blue')", ""),
        ("no hoodies", None, "-hoodies"),
        ("jacket without zip", "category = 'jackets'", "-zip"),
        ("hoodie", "category = 'hoodies & sweatshirts'", "hoodies"),
        ("XL", "size = 'xl'", ""),
        ("M", "size = 'm'", ""),
        ("m", None, "m"),
        ("on sale", "sale", ""),
        ("sold out bags", "not in_stock and category = 'bags'", ""),
        ("velcro", None, "velcro"),
        ("cheap shoes", "category = 'shoes'", "cheap"),
        ("cheap shoes under 50", "category = 'shoes' and price < 50", ""),
        ("show me something for dance", None, "dance"),
        ('"red shoes" -leather', None, '"red shoes" -leather'),
        ("不要皮革的男鞋 42码",
         "not material = 'leather' and category = 'men' and category = 'shoes' and size = '42'",
         ""),
        ("非皮的鞋", "not material = 'leather' and category = 'shoes'", ""),
        ("非常红的鞋", "color = 'red' and category = 'shoes'", "非常"),
        ("除了红色以外的连衣裙", "not color = 'red' and category = 'dresses'", ""),
        ("有没有红色的鞋", "color = 'red' and category = 'shoes'", ""),
        ("我想要一双红色或者蓝色的鞋子,不超过一百二十元,有货",
         "color in ('red', 'blue') and category = 'shoes' and price <= 120 and in_stock", ""),
        ("瑜伽", None, "yoga"),
        ("", None, ""),
        ("?!  ,", None, ""),
    ],
)  # fmt: skip
def test_requests_are_understood(request_, filter_, text):
    understood = READER.understand(request_)
    assert (understood.filter, understood.text) == (filter_, text)


@pytest.mark.parametrize(
    ("request_", "filter_", "text"),
    [
        ("red leather shoes", "颜色 = '红色' and 材质 = '真皮' and category = '鞋'", ""),
        ("蓝色连衣裙", "颜色 = '蓝色' and category = '连衣裙'", ""),
        # A Chinese catalogue is searched with the Chinese words.
        ("瑜伽", None, "瑜伽"),
    ],
)
def test_a_chinese_catalogue_is_asked_in_both_languages(request_, filter_, text):
    understood = CHINESE.understand(request_)
    assert (understood.filter, understood.text) == (filter_, text)


@pytest.mark.parametrize(
    ("request_", "filter_", "text"),
    [
        ("red fruit", "seen_colour = 'red' and category = 'fruit'", ""),
        ("藏青色", "seen_colour = 'blue'", ""),
        ("orange juice", None, "orange juice"),
        ("size 42 under 50 in stock", None, "size 42 under 50 in stock"),
    ],
)
def test_without_a_colour_attribute_colours_are_those_of_photos(request_, filter_, text):
    understood = PHOTOS_ONLY.understand(request_)
    assert (understood.filter, understood.text) == (filter_, text)


def test_chips_say_where_they_come_from():
    understood = READER.understand("red or blue shoes for men under 50")
    assert [
        (chip.kind, chip.label, understood.request[chip.start : chip.end])
        for chip in understood.chips
    ] == [
        (ChipKind.COLOUR, "color = red or blue", "red or blue"),
        (ChipKind.CATEGORY, "shoes", "shoes"),
        (ChipKind.CATEGORY, "men", "for men"),
        (ChipKind.PRICE, "price < 50", "under 50"),
    ]
    assert understood.colours == ("red", "blue")
    assert understood.said() == "color = red or blue · shoes · men · price < 50"


def assert_nothing_is_lost(understood: Understood) -> None:
    """Every sign that is no space or mark is in exactly one chip or span of the rest."""
    owners = [0] * len(understood.request)
    places = [*understood.chips, *understood.rest]
    for place in places:
        assert 0 <= place.start < place.end <= len(understood.request)
        for position in range(place.start, place.end):
            owners[position] += 1
    for sign, count in zip(understood.request, owners, strict=True):
        assert count <= 1
        assert count == 1 or not sign.isalnum()
    for span in understood.rest:
        assert understood.request[span.start : span.end] in understood.text
    if understood.filter is not None:
        parse_filter(understood.filter)


KNOWN = (
    "red blue shoes not no without or and under over between 50 20 fifty euros $ in stock size 42"
    " leather 红色 鞋 不要 没有 五十 以下 或 的 元 一百二 42码 除了"
    " - ' \" , ， 、 \n ( ) < >= % new balance"
).split(" ")


@given(st.lists(st.one_of(st.sampled_from(KNOWN), st.text(max_size=6)), max_size=14),
       st.sampled_from(["", " "]))  # fmt: skip
@settings(max_examples=600, deadline=None)
def test_nothing_raises_and_no_word_is_lost(parts, between):
    request_ = between.join(parts)
    for reader in (READER, CHINESE, PHOTOS_ONLY):
        assert_nothing_is_lost(reader.understand(request_))


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_catalogue_can_be_read(value):
    attributes = {value: {value: 1, "red": 1}, "color": {value: 1}, "size": {value: 2}}
    vocabulary = Vocabulary({value: 1}, {value: 2}, attributes, greatest_price=Decimal(1))
    assert_nothing_is_lost(understand(f"{value} red not {value} size {value}", vocabulary, WORDS))


def test_what_is_too_long_for_a_request_stays_text():
    long = "red shoes " * (MAX_REQUEST_CHARACTERS // 10 + 1)
    assert READER.understand(long).text == long
    assert READER.understand(long).chips == ()


COLOURS = {"red": ("red", "红色"), "blue": ("blue", "蓝色"), "gray": ("grey", "灰"),
           "black": ("black", "黑色的")}  # fmt: skip
THINGS = {"shoes": ("shoes", "鞋子"), "dresses": ("dress", "连衣裙"), "jackets": ("jacket", "夹克"),
          "bags": ("bags", "包包")}  # fmt: skip
MATERIALS = {"leather": ("leather", "皮革"), "wool": ("wool", "羊毛")}
SIZES = {"42": ("size 42", "42码"), "xl": ("size XL", "XL码")}
PEOPLE = {"men": ("men's", "男士"), "women": ("women's", "女式")}


def generated(number: int) -> tuple[str, str, str]:
    """A filter chosen by chance, its request, and the words put among it."""
    chance = random.Random(number)  # noqa: S311 - nothing secret
    chinese = number % 2
    filters, words = [], []

    def choose(likely: float, choices: dict[str, tuple[str, str]], name: str, no: bool) -> None:
        if chance.random() < likely:
            value = chance.choice(list(choices))
            denied = no and chance.random() < 0.4
            said = choices[value][chinese]
            filters.append(f"{'not ' if denied else ''}{name} = '{value}'")
            denial = chance.choice((("not", "without"), ("不要", "不是"))[chinese])
            words.append(f"{denial}{'' if chinese else ' '}{said}" if denied else said)

    choose(0.7, COLOURS, "color", True)
    choose(0.4, MATERIALS, "material", True)
    choose(0.4, PEOPLE, "category", False)
    choose(0.8, THINGS, "category", False)
    choose(0.3, SIZES, "size", False)
    if chance.random() < 0.6:
        low, high = sorted(chance.sample(range(10, 200), 2))
        english = {f"price < {low}": f"under {low}", f"price <= {low}": f"at most {low} euros",
                   f"price >= {low}": f"at least €{low}",
                   f"price >= {low} and price <= {high}": f"between {low} and {high}"}  # fmt: skip
        other = {f"price < {low}": f"不到{low}元", f"price <= {low}": f"{low}以下",
                 f"price >= {low}": f"{low}块以上",
                 f"price >= {low} and price <= {high}": f"{low}到{high}欧元"}  # fmt: skip
        chosen = chance.choice(list(english.items() if not chinese else other.items()))
        filters.append(chosen[0])
        words.append(chosen[1])
    if chance.random() < 0.3:
        filters.append("in_stock")
        words.append(("in stock", "有货")[chinese])
    left = chance.choice(("", "zorblat"))
    request_ = (", " if not chinese else "，").join([*words, left] if left else words)
    return " and ".join(filters), request_, left


@pytest.mark.parametrize("number", range(300))
def test_generated_requests_come_back_as_their_filters(number):
    filter_, request_, left = generated(number)
    understood = READER.understand(request_)
    assert (understood.filter or "", understood.text) == (filter_, left), request_
    assert_nothing_is_lost(understood)


def test_generated_requests_differ_and_are_of_both_languages():
    requests = [generated(number)[1] for number in range(300)]
    assert len(set(requests)) > 250
    assert 100 < sum(bool(re.search("[一-鿿]", request_)) for request_ in requests) < 200
