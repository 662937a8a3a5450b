"""Mixing what is seen beside the vector into a product's score. Pure arithmetic.

A product's score by style blends its best photo with its mean vector (`scoring.blend`). Colour
is mixed in photo by photo: the photo that is alike in both becomes the product's, and with it
the variant it shows. Printed words are added on top, so that where nothing is printed nothing
changes. Weights were chosen on validation photos: docs/decisions/0014.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from goodsight.core.choices import Look
from goodsight.core.colour_names import stated_colours
from goodsight.core.colour_space import colour_similarity
from goodsight.core.looks import SeenPhoto
from goodsight.core.printed_words import word_similarity
from goodsight.core.scoring import MEAN_WEIGHT, similarity
from goodsight.core.store_ports import ScoredProduct
from goodsight.core.types import FloatArray, Metric, Product

__all__ = ["COLOUR_WEIGHTS", "WORDS_WEIGHT", "by_colour", "by_words", "words_matter"]

COLOUR_WEIGHTS: Mapping[Look, float] = {Look.STYLE: 0.0, Look.BOTH: 0.55, Look.COLOUR: 1.0}
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
    wanted = _Wanted(vector, colours, look, metric, frozenset(named))
    return _best_first(
        [_mixed(scored, seen.get(scored.product.id, ()), wanted) for scored in candidates]
    )


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
    return _best_first(
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
class _Wanted:
    vector: FloatArray
    colours: FloatArray
    look: Look
    metric: Metric
    named: frozenset[str]

    def colour_scores(self, product: Product, photos: Sequence[SeenPhoto]) -> FloatArray:
        """0..1 for each photo; float32 (n,)."""
        nothing = np.zeros_like(self.colours)
        rows = [nothing if photo.colours is None else photo.colours for photo in photos]
        scores = colour_similarity(self.colours, np.stack(rows))
        stated = [bool(self.named & stated_colours(product, p.reference)) for p in photos]
        if not any(stated):
            return scores
        return np.where(stated, np.float32(1), OTHER_COLOUR * scores)


def _mixed(scored: ScoredProduct, photos: Sequence[SeenPhoto], wanted: _Wanted) -> ScoredProduct:
    weight = COLOUR_WEIGHTS[wanted.look]
    text = scored.parts.get("text", 0.0)
    if not photos:  # removed meanwhile
        left = (1 - weight) * (scored.score - text)
        parts = {**scored.parts, "visual": left, "colour": 0}
        return replace(scored, score=left + text, parts=parts)
    vectors = np.stack([photo.vector for photo in photos])
    best = np.minimum(similarity(wanted.vector, vectors, wanted.metric), 1)
    mean = scored.parts["mean"]
    visual = (1 - weight) * ((1 - MEAN_WEIGHT) * best + MEAN_WEIGHT * mean)
    colour = weight * wanted.colour_scores(scored.product, photos)
    index = int(np.argmax(visual + colour))
    parts = {
        **scored.parts,
        "best": float(best[index]),
        "mean": mean,
        "visual": float(visual[index]),
        "colour": float(colour[index]),
    }
    photo = photos[index]
    return replace(
        scored,
        photo=photo.reference,
        content_hash=photo.content_hash,
        variants=scored.product.variants_showing(photo.reference),
        score=parts["visual"] + parts["colour"] + text,
        parts=parts,
    )


def _best_first(scored: Sequence[ScoredProduct]) -> tuple[ScoredProduct, ...]:
    return tuple(sorted(scored, key=lambda item: (-item.score, item.product.id)))
