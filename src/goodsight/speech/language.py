"""What is likely to be said: a model of three words in a row, made of a catalogue's phrases.

Backing off with absolute discounting, after Ney, Essen and Kneser, "On structuring probabilistic
dependences in stochastic language modelling", Computer Speech and Language 8 (1994). Written in
the ARPA format, which decoders read. A gram that is seen is seen in every lower order as well.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

__all__ = ["BEGIN", "END", "arpa_model", "sentences_of"]

BEGIN, END = "<s>", "</s>"
ORDER = 3
# What seen combinations give up for unseen ones.
DISCOUNT = 0.5
# A title is said whole more often than from its middle on.
TITLE_WEIGHT = 4
# The probability that stands for "never" in the format.
_NEVER = -99.0

Gram = tuple[str, ...]


def sentences_of(
    titles: Iterable[Sequence[str]], values: Iterable[Sequence[str]]
) -> list[tuple[Gram, int]]:
    """What may be said, with how often: titles, their ends (few say a name whole), values."""
    sentences: list[tuple[Gram, int]] = []
    for title in titles:
        sentences.append((tuple(title), TITLE_WEIGHT))
        sentences += [(tuple(title[start:]), 1) for start in range(1, len(title))]
    sentences += [(tuple(value), 1) for value in values]
    return sentences


def arpa_model(sentences: Iterable[tuple[Sequence[str], int]]) -> str:
    """The model of weighted sentences as ARPA text; logarithms to the base 10."""
    counts = _counted(sentences)
    probabilities = [_unigrams(counts[0])]
    weights: dict[Gram, float] = {}
    for counted in counts[1:]:
        probabilities.append(_discounted(counted, probabilities[-1], weights))
    return _written(probabilities, weights)


def _counted(sentences: Iterable[tuple[Sequence[str], int]]) -> list[Counter[Gram]]:
    counts: list[Counter[Gram]] = [Counter() for _ in range(ORDER)]
    for words, weight in sentences:
        said = (BEGIN, *words, END)
        for order in range(1, ORDER + 1):
            for start in range(len(said) - order + 1):
                counts[order - 1][said[start : start + order]] += weight
    return counts


def _unigrams(counts: Counter[Gram]) -> dict[Gram, float]:
    """Every word has some chance anywhere; a sentence begins once."""
    words = {gram: count for gram, count in counts.items() if gram != (BEGIN,)}
    total = sum(words.values()) + len(words)
    return {gram: (count + 1) / total for gram, count in words.items()} | {(BEGIN,): 0.0}


def _discounted(
    counts: Counter[Gram], lower: Mapping[Gram, float], weights: dict[Gram, float]
) -> dict[Gram, float]:
    """Probabilities of one order, and the weights with which its contexts back off."""
    by_context: dict[Gram, list[tuple[Gram, int]]] = defaultdict(list)
    for gram, count in counts.items():
        by_context[gram[:-1]].append((gram, count))
    probabilities: dict[Gram, float] = {}
    for context, grams in by_context.items():
        total = sum(count for _, count in grams)
        for gram, count in grams:
            probabilities[gram] = (count - DISCOUNT) / total
        left = DISCOUNT * len(grams) / total
        # What the lower order gives to words that were not seen after this context.
        seen = sum(lower[gram[1:]] for gram, _ in grams)
        weights[context] = left / max(1e-6, 1.0 - seen)
    return probabilities


def _written(probabilities: Sequence[Mapping[Gram, float]], weights: Mapping[Gram, float]) -> str:
    lines = ["\\data\\"]
    lines += [f"ngram {order}={len(grams)}" for order, grams in enumerate(probabilities, 1)]
    for order, grams in enumerate(probabilities, 1):
        lines += ["", f"\\{order}-grams:"]
        for gram, probability in sorted(grams.items()):
            row = f"{_logarithm(probability):.4f} {' '.join(gram)}"
            backoff = weights.get(gram)
            lines.append(row if backoff is None else f"{row} {_logarithm(backoff):.4f}")
    return "\n".join([*lines, "", "\\end\\", ""])


def _logarithm(value: float) -> float:
    return math.log10(value) if value > 0 else _NEVER
