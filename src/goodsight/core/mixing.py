"""Mixing what is seen beside the vector into a product's score. Pure arithmetic.

A product's score by style blends its best photo with its mean vector (`scoring.blend`). Colour
or pattern is mixed in photo by photo: the photo that is alike in all that counts becomes the
product's, and with it the variant it shows. Printed words are added on top, so that where
nothing is printed nothing changes. Weights were chosen on validation photos:
docs/decisions/0014.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from goodsight.core.choices import Look
from goodsight.core.colour_names import stated_colours
from goodsight.core.composing import best_first
from goodsight.core.distributions import overlap
from goodsight.core.looks import SeenPhoto
from goodsight.core.printed_words import word_similarity
from goodsight.core.scoring import MEAN_WEIGHT, similarity
from goodsight.core.store_ports import ScoredProduct
from goodsight.core.types import FloatArray, Metric, Product

__all__ = [
    "COLOUR_WEIGHTS",
    "PATTERN_WEIGHT",
    "WORDS_WEIGHT",
    "by_colour",
    "by_pattern",
    "by_words",
    "words_matter",
]

COLOUR_WEIGHTS: Mapping[Look, float] = {Look.STYLE: 0.0, Look.BOTH: 0.55, Look.COLOUR: 1.0}
# Patterns differ by less than styles: so little style settles what is alike in pattern.
PATTERN_WEIGHT = 0.95
WORDS_WEIGHT = 0.5
# Reading the query costs as much as all the rest: only where the products found are printed on.
LEAST_PRINTED_SHARE = 0.3
LOOKED_AT_FOR_PRINT = 10
OTHER_COLOUR = np.float32(0.5)

Seen = Mapping[str, Sequence[SeenPhoto]]


def by_colour(
    candidates: Sequence[ScoredProduct],
    seen: Seen,
    *,
    vector: FloatArray,
    colours: FloatArray,
    look: Look,
    metric: Metric = Metric.COSINE,
    named: Collection[str] = (),
) -> tuple[ScoredProduct, ...]:
    """The candidates by style and colour, best first.

    `vector` float32 (d,) of norm 1 and `colours` float32 (c,) of sum 1 are the query's. A photo
    that was never described has no colour in common with it. Where colours are asked for by
    name (`named`, keys of `colour_names`), a photo's variants may say that it shows one, or
    another: the shop knows better than its photos.
    """
    stated = frozenset(named)
    beside = _Beside(
        "colour",
        COLOUR_WEIGHTS[look],
        colours,
        lambda photo: photo.colours,
        lambda product, photo: bool(stated & stated_colours(product, photo)),
    )
    return best_first([_mixed(scored, seen, vector, beside, metric) for scored in candidates])


def by_pattern(
    candidates: Sequence[ScoredProduct],
    seen: Seen,
    *,
    vector: FloatArray,
    pattern: FloatArray,
    metric: Metric = Metric.COSINE,
) -> tuple[ScoredProduct, ...]:
    """The candidates by pattern, best first.

    `vector` float32 (d,) of norm 1 and `pattern` float32 (p,) of sum 1 are the query's. A photo
    whose pattern was never seen has none in common with it.
    """
    beside = _Beside("pattern", PATTERN_WEIGHT, pattern, lambda photo: photo.pattern)
    return best_first([_mixed(scored, seen, vector, beside, metric) for scored in candidates])


def by_words(
    candidates: Sequence[ScoredProduct], seen: Seen, words: Sequence[str]
) -> tuple[ScoredProduct, ...]:
    """The candidates with `WORDS_WEIGHT` of their words' likeness added, best first.

    `words` are the lines read on the query. A candidate's words are its title, its brand and
    the lines read on its photos.
    """
    texts = [
        [
            scored.product.title,
            scored.product.brand or "",
            *(
                line
                for photo in seen.get(scored.product.id, ())
                for line in photo.printed_words or ()
            ),
        ]
        for scored in candidates
    ]
    shares = WORDS_WEIGHT * word_similarity(words, texts)
    return best_first(
        [
            replace(
                scored,
                score=scored.score + float(share),
                parts={"visual": scored.score, **scored.parts, "words": float(share)},
            )
            for scored, share in zip(candidates, shares, strict=True)
        ]
    )


def words_matter(candidates: Sequence[ScoredProduct], seen: Seen) -> bool:
    """Whether a fair share of the best candidates have something printed on their photos."""
    best = candidates[:LOOKED_AT_FOR_PRINT]
    printed = sum(
        any(photo.printed_words for photo in seen.get(scored.product.id, ())) for scored in best
    )
    return bool(best) and printed >= LEAST_PRINTED_SHARE * len(best)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What counts beside the style: its name among the parts, its weight 0..1, the query's.

    `of` takes it from a photo; `stated` tells whether the feed says that a photo of a product
    has it, see `by_colour`.
    """

    name: str
    weight: float
    wanted: FloatArray
    of: Callable[[SeenPhoto], FloatArray | None]
    stated: Callable[[Product, str], bool] = lambda _product, _photo: False

    def scores(self, product: Product, photos: Sequence[SeenPhoto]) -> FloatArray:
        """What it adds to each photo's score."""
        nothing = np.zeros_like(self.wanted)
        rows = [nothing if (found := self.of(photo)) is None else found for photo in photos]
        scores = overlap(self.wanted, np.stack(rows))
        stated = [self.stated(product, photo.reference) for photo in photos]
        if any(stated):
            scores = np.where(stated, np.float32(1), OTHER_COLOUR * scores)
        return np.float32(self.weight) * scores


def _mixed(
    scored: ScoredProduct, seen: Seen, vector: FloatArray, beside: _Beside, metric: Metric
) -> ScoredProduct:
    photos = seen.get(scored.product.id, ())
    style = 1 - beside.weight
    text = scored.parts.get("text", 0.0)
    if not photos:  # removed meanwhile
        left = style * (scored.score - text)
        parts = {**scored.parts, "visual": left, beside.name: 0}
        return replace(scored, score=left + text, parts=parts)
    best = np.minimum(similarity(vector, np.stack([p.vector for p in photos]), metric), 1)
    mean = scored.parts["mean"]
    visual = style * ((1 - MEAN_WEIGHT) * best + MEAN_WEIGHT * mean)
    added = beside.scores(scored.product, photos)
    index = int(np.argmax(visual + added))
    parts = {
        **scored.parts,
        "best": float(best[index]),
        "mean": mean,
        "visual": float(visual[index]),
        beside.name: float(added[index]),
    }
    photo = photos[index]
    return replace(
        scored,
        photo=photo.reference,
        content_hash=photo.content_hash,
        variants=scored.product.variants_showing(photo.reference),
        score=parts["visual"] + parts[beside.name] + text,
        parts=parts,
    )
