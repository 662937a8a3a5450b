"""What a caller gives, as what is made of it: a place, terms of a query, names of choices.

A query is written as a list of terms. One of the command line has its weight and its box behind
it, and may name a product:

    dress.jpg                  a photo
    shelf.jpg[0.2,0.1,0.5,0.8] a part of one: x, y, width, height in 0..1
    red^2                      words that count double
    product:MH01^0.5           a product of the catalogue that counts half
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from goodsight.core.errors import UsageError
from goodsight.core.regions import part_of
from goodsight.core.types import Photo, Term
from goodsight.reading import CollectionReader
from goodsight.wiring import Wiring

__all__ = [
    "AskedTerm",
    "SearchTerm",
    "choice",
    "opposite",
    "overrides_of",
    "term",
    "term_of",
    "written_term",
]

PRODUCT_PREFIX = "product:"
MAX_WEIGHT = 10
_NUMBER = r"\d*\.?\d+"
_BOX = rf"\s*{_NUMBER}\s*(?:,\s*{_NUMBER}\s*){{3}}"
_WRITTEN = re.compile(rf"(.+?)(?:\[({_BOX})\])?(?:\^(-?{_NUMBER}))?", re.DOTALL)
_SIGNS = re.compile(r"[\[^]")
Box = tuple[float, float, float, float]
Choice = TypeVar("Choice", bound=StrEnum)


def overrides_of(location: str | Path | None) -> dict[str, str]:
    """The setting that a folder or the URL of a database server stands for."""
    if location is None:
        return {}
    if str(location).startswith(("postgresql://", "postgres://")):
        return {"database_url": str(location)}
    return {"home": str(location)}


@dataclass(frozen=True, slots=True)
class AskedTerm:
    """A term with what is said of it; made by `term` and `written_term`.

    `given` is a photo, a photo's path or URL, or words; or `product_id` names a product.
    """

    given: str | Path | Photo | None = None
    product_id: str | None = None
    weight: float = 1.0
    box: Box | None = None


SearchTerm = str | Path | Photo | AskedTerm


def term(
    given: str | Path | Photo | None = None,
    *,
    product: str | None = None,
    weight: float = 1.0,
    box: Box | None = None,
) -> AskedTerm:
    """A term of a query: a photo, its path or URL, or words; or the id of a product.

    A negative weight asks for products unlike it, or without the words. `box` is the part of
    the photo that counts, (x, y, width, height) in 0..1. Raises UsageError.
    """
    if (given is None) == (not product):
        raise UsageError("a term is a photo, words or a product: give one of them")
    if not math.isfinite(weight) or weight == 0 or abs(weight) > MAX_WEIGHT:
        raise UsageError(f"weight {weight}: give a number up to {MAX_WEIGHT}, not 0")
    if product and box is not None:
        raise UsageError(f"product '{product}': a box is a part of a photo")
    return AskedTerm(given, product, weight, box)


def written_term(text: str, names_a_photo: Callable[[str], bool]) -> AskedTerm:
    """A term as it is written on the command line. Raises UsageError."""
    # The name of a file may have the signs in it; an address has them behind it.
    is_address = "://" in text
    if names_a_photo(text) and not is_address:
        return term(text)
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return term(text)
    given, box, weight = match.groups()
    written = float(weight) if weight else 1.0
    part = _box(box) if box else None
    if given.startswith(PRODUCT_PREFIX):
        return term(product=given.removeprefix(PRODUCT_PREFIX), weight=written, box=part)
    if not is_address:
        _check_signs(given, names_a_photo)
    if part and not names_a_photo(given):
        return term(text)
    return term(given, weight=written, box=part)


def _box(written: str) -> Box:
    x, y, width, height = map(float, written.split(","))
    return x, y, width, height


def _check_signs(given: str, names_a_photo: Callable[[str], bool]) -> None:
    """Raises UsageError for a photo with a box or a weight behind it that cannot be read.

    As words it would find anything.
    """
    for sign in _SIGNS.finditer(given):
        photo, behind = given[: sign.start()], given[sign.start() :]
        if names_a_photo(photo):
            raise UsageError(
                f"'{behind}' behind {photo}: write [x,y,width,height] in 0..1, then ^weight"
            )


def opposite(asked: AskedTerm) -> AskedTerm:
    """The same with the opposite weight."""
    return replace(asked, weight=-asked.weight)


def term_of(given: SearchTerm, wiring: Wiring, reader: CollectionReader) -> Term:
    """A term with its photo read. Raises PhotoError, UsageError."""
    asked = given if isinstance(given, AskedTerm) else term(given)
    if asked.product_id is not None:
        return Term(product_id=asked.product_id, weight=asked.weight)
    photo = _photo(asked.given, wiring, reader)
    if photo is None:
        if asked.box is not None:
            raise UsageError(f"'{asked.given}' is no photo: a box is a part of one")
        return Term(text=str(asked.given), weight=asked.weight)
    part = photo if asked.box is None else part_of(photo, asked.box)
    return Term(photo=part, weight=asked.weight)


def _photo(
    given: str | Path | Photo | None, wiring: Wiring, reader: CollectionReader
) -> Photo | None:
    """The photo that was given or named; None for words."""
    if given is None or isinstance(given, Photo):
        return given
    if isinstance(given, Path) or wiring.names_a_photo(given):
        path = str(Path(given).expanduser()) if "://" not in str(given) else str(given)
        return reader.query_loader().load(path)
    return None


def choice(kind: type[Choice], value: str, *, named: str | None = None) -> Choice:
    """The member of an enumeration that a user named. Raises UsageError with the choices.

    `named` is what users call it, where that is not the enumeration's own name.
    """
    try:
        return kind(value)
    except ValueError as error:
        choices = ", ".join(kind)
        raise UsageError(
            f"{named or kind.__name__.lower()} '{value}': choose from {choices}"
        ) from error
