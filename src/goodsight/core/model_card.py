"""What a model is, and how a photo becomes its input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ModelCard", "Preprocessing"]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a photo becomes a model's input. The same for indexing, querying and tuning.

    The photo is resized (`resize`: "short_side" keeps the aspect ratio, "squash" does not,
    "pad" fits the whole photo on a grey square) to `resize_size` pixels, its middle
    `input_size` pixels are cut out, and each channel becomes (x - mean) / std with x in
    0..255. `layout` is "NCHW" or "NHWC", `channels` "RGB" or "BGR".
    """

    input_size: int
    resize_size: int
    resize: str = "short_side"
    interpolation: str = "bicubic"
    mean: tuple[float, float, float] = (127.0, 127.0, 127.0)
    std: tuple[float, float, float] = (128.0, 128.0, 128.0)
    layout: str = "NCHW"
    channels: str = "RGB"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is and where it comes from.

    `dimension` is the length of its vectors. `space` is a fingerprint of weights and
    preprocessing: vectors may be compared only within one space. `file_hashes` map file
    names to SHA-256 in hex. `blocks` are the lengths of a feature's parts where several
    networks are joined; empty for one network.
    """

    name: str
    dimension: int
    preprocessing: Preprocessing
    space: str
    licence: str
    source: str
    file_hashes: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[int, ...] = ()

    @property
    def feature_blocks(self) -> tuple[int, ...]:
        """Lengths of the parts of a feature, one for each network."""
        return self.blocks or (self.dimension,)
