"""What the photos and products of a query show, taken together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from goodsight.core.looks import PhotoLooks, SeenPhoto
from goodsight.core.ports import PhotoDescriber
from goodsight.core.store_ports import LooksReader
from goodsight.core.types import FloatArray, Query, Term

__all__ = ["mean_shown"]

Looks = PhotoLooks | SeenPhoto


def mean_shown(
    query: Query,
    of: Callable[[Looks], FloatArray | None],
    reader: LooksReader,
    describer: PhotoDescriber,
) -> FloatArray | None:
    """The weighted mean of what `of` takes from the looks of each wanted photo and product.

    float32, as long as what `of` gives; None where nothing gives any.
    """
    shown = [
        (term.weight, value)
        for term in query.terms
        if term.text is None and term.weight > 0
        for looks in _looks_of(term, reader, describer)
        if (value := of(looks)) is not None
    ]
    if not shown:
        return None
    weights = np.array([weight for weight, _ in shown])
    mean = np.average([value for _, value in shown], axis=0, weights=weights)
    return np.asarray(mean, dtype=np.float32)


def _looks_of(term: Term, reader: LooksReader, describer: PhotoDescriber) -> Iterator[Looks]:
    if term.photo is not None:
        yield describer.describe_plainly(term.photo)
    else:
        product = term.product_id or ""
        yield from reader.looks([product]).get(product, ())
