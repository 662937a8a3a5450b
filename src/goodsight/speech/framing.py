"""A recording as the decoder wants it: speech alone, in one loudness, between equal silences.

The decoder's figures are of the whole recording: 0.3 s more of silence on both sides cost it a
quarter of what it understood (docs/decisions/0019).
"""

from __future__ import annotations

import numpy as np

from goodsight.core.speech import SAMPLES_PER_SECOND
from goodsight.core.types import FloatArray

__all__ = ["framed"]

SILENCE_SECONDS = 0.2
LOUDNESS = 0.7
# What is no louder than this is silence however long it is.
FAINTEST = 0.003
# Of the loudest moment's: anything fainter at the ends is no part of a word, except what stands
# this close to one, such as an "s".
QUIET_SHARE = 0.03
MARGIN_SECONDS = 0.1
FRAME_SECONDS = 0.02
# The silence is a faint hiss: the logarithm of nothing is no feature.
HISS = 1e-4


def framed(samples: FloatArray) -> FloatArray:
    """Speech float32 (n,) within -1..1, framed by silence; (0,) where nothing is said."""
    spoken = _spoken(samples)
    loudest = float(np.abs(spoken).max(initial=0.0))
    if loudest < FAINTEST:
        return np.empty(0, np.float32)
    hiss = np.random.default_rng(0).normal(0.0, HISS, round(SILENCE_SECONDS * SAMPLES_PER_SECOND))
    return np.concatenate([hiss, spoken * (LOUDNESS / loudest), hiss]).astype(np.float32)


def _spoken(samples: FloatArray) -> FloatArray:
    """From the first loud moment to the last, with a margin."""
    size = round(FRAME_SECONDS * SAMPLES_PER_SECOND)
    count = len(samples) // size
    if not count:
        return samples
    frames = samples[: count * size].reshape(count, size)
    loudness = np.sqrt(np.mean(np.square(frames, dtype=np.float64), axis=1))
    loud = np.flatnonzero(loudness >= QUIET_SHARE * loudness.max())
    margin = round(MARGIN_SECONDS * SAMPLES_PER_SECOND)
    return samples[max(0, loud[0] * size - margin) : (loud[-1] + 1) * size + margin]
