"""What is said to a shop: a recording, and what was understood."""

from __future__ import annotations

from dataclasses import dataclass

from goodsight.core.types import FloatArray

__all__ = ["SAMPLES_PER_SECOND", "Sound", "Transcript"]

# What speech models are trained on.
SAMPLES_PER_SECOND = 16_000


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording: float32 (n,) in -1..1, one channel, `SAMPLES_PER_SECOND`."""

    samples: FloatArray

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / SAMPLES_PER_SECOND


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was understood; `text` is empty where nothing was.

    `alternatives` are other readings, likelier ones first. `confidence` is 0..1, None where
    the recogniser does not tell. `seconds` is the recording's length.
    """

    text: str
    alternatives: tuple[str, ...]
    confidence: float | None
    seconds: float
