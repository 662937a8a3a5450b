"""The fingerprint that says which vectors may be compared."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from goodsight.core.types import Preprocessing
from goodsight.encoders.onnx_encoder import ModelOutputs
from goodsight.encoders.preprocessing import PREPARE_VERSION

__all__ = ["fingerprint"]


# What Preprocessing gained since the first spaces; left out at these values, so that they last.
_LATER = {"crop": "at_once"}


def fingerprint(weights: str, preprocessing: Preprocessing, outputs: ModelOutputs) -> str:
    """A space: everything that decides a vector, and nothing else, as 16 hex digits.

    It begins the SHA-256 of canonical JSON: `weights` (a text that identifies the network
    and its weights: a model file's SHA-256, or a bundled model's weight file and graph
    builder), the preprocessing's version and fields, the output and its pooling. Machine,
    threads, provider, names and how a bundled graph happens to be written do not count.
    """
    prepared = asdict(preprocessing)
    facts = [
        weights,
        PREPARE_VERSION,
        {key: value for key, value in prepared.items() if _LATER.get(key) != value},
        outputs.features,
        outputs.pooling,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
