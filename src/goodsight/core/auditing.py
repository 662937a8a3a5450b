"""Figures of a model at work on a catalogue: what an audit judges.

Collapse is told by the effective rank of the vectors (Roy and Vetterli, "The effective rank: a
measure of effective dimensionality", EUSIPCO 2007) and by their mean cosine. Small adversarial
noise is searched for without gradients, along random directions one after the other (Guo et
al., "Simple black-box adversarial attacks", ICML 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from goodsight.core.projecting import Projection, conditioned
from goodsight.core.types import FloatArray, Photo

__all__ = ["Spread", "drift", "spread", "worst_noise"]

# Of 0..255: noise that nobody sees.
NOISE_STEP = 4.0
# Squares of noise on a photo's shorter side. Finer noise is lost when the photo is made small.
NOISE_SQUARES = 14


@dataclass(frozen=True, slots=True)
class Spread:
    """How vectors fill their space.

    `effective_rank` is at most their dimension, `mean_cosine` that of two random ones, `flat`
    how many dimensions hold next to nothing, `broken` how many vectors are no unit vectors.
    """

    effective_rank: float
    mean_cosine: float
    flat: int
    broken: int


def spread(vectors: FloatArray) -> Spread:
    """The spread of n vectors float32 (n, d), n at least 2."""
    # What is no number is no unit vector either.
    unit = np.abs(np.linalg.norm(vectors, axis=1) - 1) < 1e-2
    kept = vectors[unit].astype(np.float64)
    if len(kept) < 2:
        return Spread(0.0, 1.0, vectors.shape[1], int((~unit).sum()))
    centred = kept - kept.mean(axis=0)
    variances = np.linalg.svd(centred, compute_uv=False) ** 2
    shares = variances / max(variances.sum(), 1e-12)
    shares = shares[shares > 0]
    count = len(kept)
    total = kept.sum(axis=0)
    per_dimension = centred.var(axis=0)
    return Spread(
        effective_rank=float(np.exp(-(shares * np.log(shares)).sum())),
        mean_cosine=float((total @ total - count) / (count * (count - 1))),
        flat=int((per_dimension < 1e-4 * per_dimension.mean()).sum()),
        broken=int((~unit).sum()),
    )


def drift(features: FloatArray, projection: Projection) -> float | None:
    """How far a catalogue's mean has moved since the projection was learnt.

    In units of the photos' own spread, raw `features` float32 (n, f): 0 for the same
    catalogue, about 1 where the typical photo of today would have been an odd one then. None
    where the projection does not know its photos' mean.
    """
    then = projection.mean if projection.photo_mean is None else projection.photo_mean
    if not then.any():
        return None
    values = conditioned(features, projection.blocks, projection.rooted)
    moved = np.linalg.norm(values.mean(axis=0) - then)
    return float(moved / np.sqrt(values.var(axis=0).sum() + 1e-12))


def worst_noise(
    photo: Photo, encode: Callable[[Sequence[Photo]], FloatArray], *, tries: int, seed: int
) -> tuple[Photo, float]:
    """Noise of at most `NOISE_STEP` that turns a photo's vector far; the photo, and the cosine.

    `encode` gives unit vectors float32 (n, d). Each try is two photos encoded.
    """
    generator = np.random.default_rng(seed)
    [original] = encode([photo])
    height, width = photo.pixels.shape[:2]
    side = max(1, min(height, width) // NOISE_SQUARES)
    noise = np.zeros((-(-height // side), -(-width // side), 3))
    found, cosine = photo, 1.0
    for _ in range(tries):
        pattern = generator.choice((-NOISE_STEP, NOISE_STEP), noise.shape)
        chosen = generator.random(noise.shape) < 0.3
        candidates = [np.where(chosen, sign * pattern, noise) for sign in (1, -1)]
        photos = [_noisy(photo, candidate, side) for candidate in candidates]
        cosines = encode(photos) @ original
        best = int(np.argmin(cosines))
        if cosines[best] < cosine:
            noise, found, cosine = candidates[best], photos[best], float(cosines[best])
    return found, cosine


def _noisy(photo: Photo, noise: FloatArray, side: int) -> Photo:
    height, width = photo.pixels.shape[:2]
    large = noise.repeat(side, axis=0).repeat(side, axis=1)[:height, :width]
    pixels = np.clip(photo.pixels + large, 0, 255).round().astype(np.uint8)
    return Photo(photo.reference, photo.content_hash, pixels, photo.width, photo.height)
