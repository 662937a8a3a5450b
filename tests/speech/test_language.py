"""The model is a proper one: whatever came before, all that may follow adds up to one."""

from __future__ import annotations

import itertools

import pytest

from goodsight.speech.language import BEGIN, END, arpa_model, sentences_of

TITLES = [("solar", "jacket"), ("wind", "jacket"), ("solar", "running", "short")]
VALUES = [("jackets",), ("red",)]


def read_arpa(text: str) -> dict[tuple[str, ...], tuple[float, float]]:
    """Gram -> (probability, weight of backing off), read as the format says."""
    grams = {}
    for line in text.splitlines():
        if line.startswith("-") or line[:1].isdigit():
            numbers = line.split()
            order = sum(not _is_number(part) for part in numbers)
            weight = 10 ** float(numbers[order + 1]) if len(numbers) > order + 1 else 1.0
            grams[tuple(numbers[1 : order + 1])] = (10 ** float(numbers[0]), weight)
    return grams


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def probability(grams, history: tuple[str, ...], word: str) -> float:
    if (*history, word) in grams:
        return grams[*history, word][0]
    weight = grams[history][1] if history in grams else 1.0
    return weight * probability(grams, history[1:], word)


@pytest.fixture
def grams():
    return read_arpa(arpa_model(sentences_of(TITLES, VALUES)))


def test_what_may_follow_adds_up_to_one(grams):
    words = {gram[0] for gram in grams if len(gram) == 1} - {BEGIN}
    histories = [(), *((word,) for word in words if word != END), (BEGIN,)]
    histories += [pair for pair in itertools.product([BEGIN, *words], words) if END not in pair]
    for history in histories:
        total = sum(probability(grams, history, word) for word in words)
        assert total == pytest.approx(1, abs=2e-3), history


def test_titles_are_likelier_whole_than_from_the_middle(grams):
    assert probability(grams, (BEGIN,), "solar") > probability(grams, (BEGIN,), "running")


def test_the_counts_of_the_header_are_those_of_the_lists(grams):
    text = arpa_model(sentences_of(TITLES, VALUES))
    for order in (1, 2, 3):
        count = sum(len(gram) == order for gram in grams)
        assert f"ngram {order}={count}\n" in text
