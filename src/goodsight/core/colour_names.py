"""Colours as words: sixteen names in English and Chinese, and what people pick by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from goodsight.core.colour_space import code_labs, descriptor_around, lab_of
from goodsight.core.errors import UsageError
from goodsight.core.types import FloatArray, Product

__all__ = [
    "COLOUR_ATTRIBUTES",
    "COLOUR_NAMES",
    "SEEN_COLOUR",
    "ColourName",
    "code_names",
    "colour_key",
    "key_of_value",
    "picked_colours",
    "stated_colours",
]


# The name under which filters and facets know the dominant colours of a product's photos.
SEEN_COLOUR = "seen_colour"
# Under these names feeds say which colour something has.
COLOUR_ATTRIBUTES = frozenset({"color", "colour", "颜色", "colors", "colours", "farbe", "couleur"})


@dataclass(frozen=True, slots=True)
class ColourName:
    """One name: its key in English, Chinese, other words for it, and shades as #rrggbb.

    The first shade is the one that stands for it where the name is shown.
    """

    key: str
    chinese: str
    synonyms: tuple[str, ...]
    shades: tuple[str, ...]


COLOUR_NAMES: tuple[ColourName, ...] = (
    ColourName("black", "黑色", (), ("#000000", "#181818", "#2a2a2c")),
    ColourName(
        "grey", "灰色", ("gray", "silver", "银色"), ("#8e8e90", "#6e6e70", "#b2b2b4", "#4c4c4e")
    ),
    ColourName("white", "白色", (), ("#ffffff", "#ebebeb", "#dcdcde")),
    ColourName("red", "红色", ("大红色",), ("#c81e23", "#e02a2a", "#a51c24", "#d6473f")),
    ColourName(
        "burgundy", "酒红色", ("maroon", "wine", "枣红色"), ("#5c1a26", "#74202f", "#451a20")
    ),
    ColourName("orange", "橙色", ("橘色", "橘黄色"), ("#f08020", "#e86018", "#f59a3c")),
    ColourName(
        "yellow", "黄色", ("gold", "mustard", "金色"), ("#f5d820", "#e8c52c", "#f7e77a", "#c8a028")
    ),
    ColourName("olive", "橄榄绿", ("khaki", "军绿色", "橄榄色"), ("#6b6b2f", "#55552e", "#80804a")),
    ColourName("green", "绿色", ("lime",), ("#2e8b3c", "#1f5c30", "#55a84a", "#8fc24e", "#9bd08a")),
    ColourName(
        "teal",
        "青色",
        ("turquoise", "cyan", "蓝绿色"),
        ("#1e8080", "#2aa5a5", "#6cc8c8", "#1a5656"),
    ),
    ColourName(
        "blue", "蓝色", ("天蓝色",), ("#2050b0", "#3a78c8", "#6aa6dc", "#a2c8ea", "#1e40d0")
    ),
    ColourName("navy", "藏青色", ("深蓝色", "藏蓝色", "海军蓝"), ("#14204a", "#1c2a55", "#1c2438")),
    ColourName(
        "purple", "紫色", ("violet", "lavender"), ("#6a2c90", "#8a58b0", "#452060", "#b094d0")
    ),
    ColourName("pink", "粉色", ("magenta", "粉红色"), ("#f0a0b8", "#e0588c", "#d02878", "#f6c8d2")),
    ColourName("brown", "棕色", ("褐色", "咖啡色"), ("#6b4326", "#8a5c38", "#4a2e1c", "#9c7048")),
    ColourName(
        "beige", "米色", ("cream", "tan", "卡其色"), ("#e2d4b8", "#d2bc98", "#c0a880", "#efe6d2")
    ),
)
_HEX = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})")


def colour_key(word: str) -> str | None:
    """The key of a name in English or Chinese; None for a word that is none of ours."""
    folded = word.strip().casefold()
    return _keys().get(folded) or _keys().get(folded + "色")


def key_of_value(value: str) -> str | None:
    """The key of what a feed calls a colour; a shade has its colour's: dark-navy is navy."""
    last = value.replace("-", " ").strip().rsplit(" ", 1)[-1]
    return colour_key(value) or colour_key(last)


def stated_colours(product: Product, photo: str) -> frozenset[str]:
    """Keys of the colours that the feed says a photo's variants have."""
    return frozenset(
        key
        for variant in product.variants
        if photo in variant.photos
        for name, values in variant.options.items()
        if name.casefold() in COLOUR_ATTRIBUTES
        for value in values
        if (key := key_of_value(value)) is not None
    )


def picked_colours(colours: Sequence[str]) -> FloatArray:
    """The descriptor of colours picked by hand, each in an equal share.

    A colour is a name in English or Chinese, or #rrggbb. float32 (BINS,), sum 1. Raises
    UsageError for anything else.
    """
    if not colours:
        raise UsageError("no colour is picked: give a name such as red, or #aa2233")
    found = [_picked(colour) for colour in colours]
    return np.asarray(np.mean(found, axis=0), dtype=np.float32)


@lru_cache(maxsize=1)
def code_names() -> NDArray[np.intp]:
    """For each code of `colour_space` the index into `COLOUR_NAMES`, int (CODES,)."""
    shades = [(index, shade) for index, name in enumerate(COLOUR_NAMES) for shade in name.shades]
    labs = _labs(tuple(shade for _, shade in shades))
    distances = ((code_labs()[:, np.newaxis] - labs[np.newaxis]) ** 2).sum(axis=2)
    owners = np.array([index for index, _ in shades], dtype=np.intp)
    return np.asarray(owners[distances.argmin(axis=1)], dtype=np.intp)


@lru_cache(maxsize=256)
def _picked(colour: str) -> FloatArray:
    if key := colour_key(colour):
        name = next(name for name in COLOUR_NAMES if name.key == key)
        return descriptor_around(_labs(name.shades))
    match = _HEX.fullmatch(colour.strip().casefold())
    if match is None:
        names = ", ".join(name.key for name in COLOUR_NAMES)
        raise UsageError(f"colour '{colour}': give #rrggbb or one of {names}")
    digits = match[1]
    return descriptor_around(
        _labs((digits if len(digits) == 6 else "".join(2 * d for d in digits),))
    )


def _labs(shades: tuple[str, ...]) -> NDArray[np.float64]:
    channels = [
        [int(shade.lstrip("#")[at : at + 2], 16) / 255 for at in (0, 2, 4)] for shade in shades
    ]
    return lab_of(np.array(channels))


@lru_cache(maxsize=1)
def _keys() -> Mapping[str, str]:
    return {
        word: name.key for name in COLOUR_NAMES for word in (name.key, name.chinese, *name.synonyms)
    }
