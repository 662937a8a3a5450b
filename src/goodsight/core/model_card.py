"""What a model is, and how photos and texts become its input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ModelCard", "Preprocessing", "TextReading"]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a photo becomes a model's input. The same for indexing, querying and tuning.

    The photo is resized (`resize`: "short_side" keeps the aspect ratio, "squash" does not,
    "pad" fits the whole photo on a grey square) to `resize_size` pixels, its middle
    `input_size` pixels are cut out, and each channel becomes (x - mean) / std with x in
    0..255. `layout` is "NCHW" or "NHWC", `channels` "RGB" or "BGR". `crop` "at_once" cuts and
    resizes in one step; "whole_pixels" resizes to whole pixels first and then cuts, as most
    published models were taught.
    """

    input_size: int
    resize_size: int
    resize: str = "short_side"
    interpolation: str = "bicubic"
    mean: tuple[float, float, float] = (127.0, 127.0, 127.0)
    std: tuple[float, float, float] = (128.0, 128.0, 128.0)
    layout: str = "NCHW"
    channels: str = "RGB"
    crop: str = "at_once"


@dataclass(frozen=True, slots=True)
class TextReading:
    """How a text becomes the input of a model that sees texts too.

    At most `length` tokens count. `padding` "full" fills every text up to that, "longest" up
    to the longest of a call, with `pad_token` at the `padding_side` "right" or "left".
    `lower_case` where the model was taught in small letters and its tokenizer does not see to it.
    """

    length: int
    padding: str = "full"
    pad_token: str = "[PAD]"  # noqa: S105  (a word of the tokenizer, no secret)
    padding_side: str = "right"
    lower_case: bool = False


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is and where it comes from.

    `dimension` is the length of its vectors. `space` is a fingerprint of weights and
    preprocessing: vectors may be compared only within one space. `file_hashes` map file
    names to SHA-256 in hex. `blocks` are the lengths of a feature's parts where several
    networks are joined; empty for one network. `texts` tells how texts are read where the
    model sees them in the same space as photos; None where it sees photos alone. `tuned_from`
    names the model that was trained further on a shop's photos to become this one.
    """

    name: str
    dimension: int
    preprocessing: Preprocessing
    space: str
    licence: str
    source: str
    file_hashes: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[int, ...] = ()
    texts: TextReading | None = None
    tuned_from: str = ""

    @property
    def feature_blocks(self) -> tuple[int, ...]:
        """Lengths of the parts of a feature, one for each network."""
        return self.blocks or (self.dimension,)
