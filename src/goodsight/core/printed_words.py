"""How alike printed words are: cosine of character n-grams, weighted by how rare they are.

Readers mistake letters and tear words apart; n-grams of three to five characters forgive both
(Cavnar and Trenkle, "N-Gram-Based Text Categorization", SDAIR 1994). Weights are TF-IDF with
logarithmic counts (Salton and Buckley, "Term-weighting approaches in automatic text
retrieval", Information Processing & Management 24, 1988).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from goodsight.core.plain_letters import without_accents
from goodsight.core.types import FloatArray

__all__ = ["word_similarity"]

LENGTHS = (3, 4, 5)
# Chinese and Japanese are written without spaces: two characters are about a word.
_IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff]+")
_WORDS = re.compile(r"[^\W_]+")

Weights = Mapping[str, float]


def word_similarity(query: Sequence[str], candidates: Sequence[Sequence[str]]) -> FloatArray:
    """Cosines of the query's lines with each candidate's lines, float32 (n,) in 0..1.

    What many candidates have in common counts little. No words are like no others: 0.
    """
    counted = [_counts(lines) for lines in candidates]
    documents = Counter(gram for counts in counted for gram in counts)
    rarity = {
        gram: math.log((1 + len(counted)) / (1 + number)) + 1 for gram, number in documents.items()
    }
    # What no candidate has would only make every cosine smaller by the same factor.
    asked = _unit({gram: n for gram, n in _counts(query).items() if gram in rarity}, rarity)
    cosines = []
    for counts in counted:
        weights = _unit(counts, rarity)
        cosines.append(sum(value * weights.get(gram, 0.0) for gram, value in asked.items()))
    return np.minimum(np.array(cosines, dtype=np.float32), np.float32(1))


def _unit(counts: Mapping[str, int], rarity: Weights) -> Weights:
    weights = {gram: (1 + math.log(count)) * rarity[gram] for gram, count in counts.items()}
    norm = math.sqrt(sum(weight**2 for weight in weights.values()))
    return {gram: weight / norm for gram, weight in weights.items()}


def _counts(lines: Sequence[str]) -> Counter[str]:
    return Counter(gram for line in lines for gram in _grams(line))


def _grams(line: str) -> Iterator[str]:
    # Readers confuse accents anyway.
    for word in _WORDS.findall(without_accents(line).casefold()):
        for run in _IDEOGRAPHS.findall(word):
            yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
        for run in _IDEOGRAPHS.sub(" ", word).split():
            padded = f" {run} "
            for length in LENGTHS:
                yield from (padded[at : at + length] for at in range(len(padded) - length + 1))
