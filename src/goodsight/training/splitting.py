"""Photos kept aside to judge a head by: unseen ones of known products, and unseen products.

Photos come in bursts of near-identical shots, and a burst on both sides makes a head look far
better than it is. What hangs together by near-duplicates therefore stays on one side, and
copies that another product has are not learnt from at all. docs/decisions/0031.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodsight.core.near_duplicates import LEAST_COSINE, close_pairs, groups_of, shot_chains
from goodsight.core.scoring import unit_rows
from goodsight.core.types import FloatArray
from goodsight.training.examples import Examples

__all__ = ["SAME_BURST", "SAME_PHOTO", "Split", "split_examples"]

Rows = NDArray[np.intp]

# Cosine of conditioned features from which two photos of a product are of one visit to it, chains
# of such pairs included: as hard to find as photos of another day. docs/decisions/0031.
SAME_BURST = 0.85
# The same photo in two products, where no perceptual hash can tell.
SAME_PHOTO = 0.995
UNSEEN_PRODUCTS = 0.15
# Shares of products' visits. With a fifth, what is better was not told from chance on some dozens
# of products: docs/decisions/0033.
UNSEEN_PHOTOS = 0.3
# Products of which a part may be kept from learning, and still most are learnt from.
FEWEST_GROUPS = 10
ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Split:
    """Rows of examples: what is learnt from, what is searched, and what is asked with.

    `learn` has photos and views. `shelf` are the photos of all products that are not asked
    with. `known` ask for products that were learnt from, `unknown` for products of which
    nothing was. `copies` are left out: near-duplicates of what is asked with, at another
    product.
    """

    learn: Rows
    shelf: Rows
    known: Rows
    unknown: Rows
    copies: Rows


def split_examples(examples: Examples, conditioned: FloatArray, seed: int) -> Split:
    """Deal the examples; `conditioned` float32 (n, f) are their conditioned features.

    The same for the same seed. A product with one burst is learnt from and never asked for,
    unless hardly any has two.
    """
    units = unit_rows(conditioned)
    generator = np.random.default_rng(seed)
    pieces = _apart(examples, units, by_views=False)
    # Views ask only where hardly a product has photos enough: they are easier than customers'.
    if len(pieces) < FEWEST_GROUPS:
        pieces = _apart(examples, units, by_views=True)
    unseen = _unseen(sorted(pieces), generator)
    asked: dict[bool, list[Rows]] = {True: [], False: []}
    hidden = np.isin(examples.groups, list(unseen))
    away = np.zeros(len(examples), dtype=bool)
    for group in sorted(pieces):
        parts = pieces[group]
        share = 0.5 if group in unseen else UNSEEN_PHOTOS
        count = min(max(1, round(share * len(parts))), len(parts) - 1)
        # The first piece holds the photo itself where views are what is asked with.
        chosen = 1 + generator.permutation(len(parts) - 1)[:count]
        rows = np.concatenate([parts[number] for number in chosen])
        away[rows] = True
        asked[group in unseen].append(_askers(examples, rows))
    known, unknown = (_joined(asked[kind]) for kind in (False, True))
    copies = _copies(examples, units, away)
    learn = ~away & ~hidden
    learn[copies] = False
    shelf = ~away & ~examples.views
    shelf[copies] = False
    return Split(np.flatnonzero(learn), np.flatnonzero(shelf), known, unknown, copies)


def _unseen(groups: list[int], generator: np.random.Generator) -> frozenset[int]:
    if len(groups) < FEWEST_GROUPS:
        return frozenset()
    count = max(1, round(UNSEEN_PRODUCTS * len(groups)))
    return frozenset(int(group) for group in generator.choice(groups, count, replace=False))


def _apart(examples: Examples, units: FloatArray, *, by_views: bool) -> dict[int, list[Rows]]:
    """For each group of two and more the pieces that may be kept aside by themselves.

    A piece is a burst with the views of its photos. With `by_views`, where a group is one burst,
    its photos are the first piece and each view is another.
    """
    found = _pieces(examples, units, by_views)
    return {group: parts for group, parts in found if len(parts) > 1}


def _pieces(
    examples: Examples, units: FloatArray, by_views: bool
) -> Iterator[tuple[int, list[Rows]]]:
    order = np.argsort(examples.groups, kind="stable")
    for rows in _runs(order, examples.groups[order]):
        photos, views = rows[~examples.views[rows]], rows[examples.views[rows]]
        bursts = shot_chains(units[photos], SAME_BURST)
        if bursts.max(initial=0) > 0:
            parts = [photos[bursts == number] for number in range(int(bursts.max()) + 1)]
            yield (
                int(examples.groups[rows[0]]),
                [np.concatenate([part, _views_of(examples, part, views)]) for part in parts],
            )
        elif by_views:
            parts = [photos, *(views[i : i + 1] for i in range(len(views)))]
            yield int(examples.groups[rows[0]]), parts


def _views_of(examples: Examples, photos: Rows, views: Rows) -> Rows:
    return views[np.isin(examples.photos[views], examples.photos[photos])]


def _askers(examples: Examples, rows: Rows) -> Rows:
    """The photos among the rows; views only where there is nothing else."""
    photos = rows[~examples.views[rows]]
    return photos if len(photos) else rows


def _copies(examples: Examples, units: FloatArray, away: NDArray[np.bool_]) -> Rows:
    """Rows that are not asked with, and near-duplicates of rows of other groups that are."""
    found: set[int] = set()
    for one, other in _same_photos(examples, units):
        if examples.groups[one] != examples.groups[other] and away[one] != away[other]:
            found.add(other if away[one] else one)
    # What was made of a copy is one too.
    photos = examples.photos[sorted(found)]
    return np.flatnonzero(np.isin(examples.photos, photos) & ~away)


def _same_photos(examples: Examples, units: FloatArray) -> Iterator[tuple[int, int]]:
    if examples.hashes is None:
        for start in range(0, len(units), ROWS_AT_ONCE):
            alike = units[start : start + ROWS_AT_ONCE] @ units.T >= SAME_PHOTO
            for one, other in zip(*np.nonzero(alike), strict=True):
                if start + one < other:
                    yield int(start + one), int(other)
        return
    own = np.flatnonzero(~examples.views)
    near = [
        (int(own[one]), int(own[other]))
        for one, other in close_pairs(examples.hashes[own])
        if float(units[own[one]] @ units[own[other]]) >= LEAST_COSINE
    ]
    for group in groups_of(near):
        yield from ((one, other) for one in group for other in group if one < other)


def _runs(order: Rows, sorted_groups: NDArray[np.int64]) -> list[Rows]:
    cuts = np.flatnonzero(np.diff(sorted_groups)) + 1
    return [np.asarray(part) for part in np.split(order, cuts)]


def _joined(parts: list[Rows]) -> Rows:
    return np.sort(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.intp)
