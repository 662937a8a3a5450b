"""Untrusted bytes in, a recording out: WAV, FLAC or Ogg, read by libsndfile."""

from __future__ import annotations

import importlib.util
import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from goodsight.core.errors import MissingExtra, SoundError
from goodsight.core.speech import SAMPLES_PER_SECOND, Sound
from goodsight.core.types import FloatArray

__all__ = ["SPEECH_LIMITS", "SoundLimits", "can_read_sound", "read_sound"]

# libsndfile reads thirty formats more, which nobody needs and everybody could attack.
FORMATS = ("WAV", "WAVEX", "FLAC", "OGG")


@dataclass(frozen=True, slots=True)
class SoundLimits:
    """What a recording may be, checked before its samples are read."""

    max_bytes: int
    max_seconds: float
    max_channels: int
    min_rate: int
    max_rate: int


SPEECH_LIMITS = SoundLimits(
    max_bytes=10 << 20, max_seconds=30.0, max_channels=8, min_rate=8_000, max_rate=192_000
)


def can_read_sound() -> bool:
    """Whether what reading needs is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("soundfile", "soxr"))


def read_sound(data: bytes, limits: SoundLimits = SPEECH_LIMITS) -> Sound:
    """Decode a recording, mix its channels, and resample it to `SAMPLES_PER_SECOND`.

    Raises SoundError with the reason, MissingExtra.
    """
    if not can_read_sound():
        raise MissingExtra("reading sound", extra="voice")
    import soundfile
    import soxr

    if len(data) > limits.max_bytes:
        raise SoundError(f"the recording has more than {limits.max_bytes >> 20} MB")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check(file, limits)
            # A header may promise less than follows: no more than the limit is ever read.
            most = int(limits.max_seconds * file.samplerate)
            samples = file.read(frames=most + 1, dtype="float32", always_2d=True)
            rate = file.samplerate
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError) as error:
        raise SoundError("the recording cannot be read: send WAV, FLAC or Ogg") from error
    if len(samples) > most:
        raise SoundError(f"the recording is longer than {limits.max_seconds:g} seconds")
    if not len(samples):
        raise SoundError("the recording is empty")
    mixed = _finite(samples).mean(axis=1, dtype=np.float32)
    return Sound(np.asarray(soxr.resample(mixed, rate, SAMPLES_PER_SECOND), dtype=np.float32))


def _check(file: Any, limits: SoundLimits) -> None:
    """Raises SoundError for a header that promises what is not read."""
    if file.format not in FORMATS:
        raise SoundError(f"{file.format} is not read: send WAV, FLAC or Ogg")
    if file.channels > limits.max_channels:
        raise SoundError(f"the recording has more than {limits.max_channels} channels")
    if not limits.min_rate <= file.samplerate <= limits.max_rate:
        raise SoundError(
            f"the recording has {file.samplerate} samples a second;"
            f" {limits.min_rate} to {limits.max_rate} are read"
        )


def _finite(samples: FloatArray) -> FloatArray:
    """Floating-point files may hold anything; what is no sound is silence."""
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
