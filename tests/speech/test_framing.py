"""Silence around the words does not matter, nor does their loudness."""

from __future__ import annotations

import numpy as np
import pytest

from goodsight.core.speech import SAMPLES_PER_SECOND
from goodsight.speech.framing import framed
from spoken import tone


def around(before: float, samples: np.ndarray, after: float) -> np.ndarray:
    parts = [np.zeros(round(before * SAMPLES_PER_SECOND)), samples]
    return np.concatenate([*parts, np.zeros(round(after * SAMPLES_PER_SECOND))])


@pytest.mark.parametrize(("before", "after"), [(0.5, 0.5), (3.0, 0.2), (0.1, 9.0)])
@pytest.mark.parametrize("loudness", [0.05, 1.0])
def test_speech_is_framed_alike_whatever_surrounds_it(before, after, loudness):
    alone = framed(around(0.1, tone(1.0), 0.1))

    made = framed(loudness * around(before, tone(1.0), after))

    assert made.dtype == np.float32
    assert len(made) == pytest.approx(len(alone), abs=SAMPLES_PER_SECOND * 0.05)
    assert np.abs(made).max() == pytest.approx(0.7, abs=0.01)
    assert np.abs(made[: round(0.19 * SAMPLES_PER_SECOND)]).max() < 0.01


def test_a_pause_between_words_is_kept():
    said = np.concatenate([tone(0.4), np.zeros(8_000), tone(0.4)])

    assert len(framed(around(1, said, 1))) >= len(said)


@pytest.mark.parametrize("samples", [0, 1, 100, 32_000])
def test_nothing_said_is_nothing(samples):
    assert len(framed(np.zeros(samples, np.float32))) == 0
    assert len(framed(np.full(samples, 1e-3, np.float32))) == 0
