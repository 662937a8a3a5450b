"""The two files of a network, written as `model_settings` reads them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from goodsight.core.types import ModelCard
from goodsight.encoders.model_folder import NetworkFiles
from goodsight.encoders.onnx_encoder import ModelOutputs

__all__ = ["write_network"]


def write_network(
    folder: Path, files: NetworkFiles, content: bytes, card: ModelCard, outputs: ModelOutputs
) -> None:
    """Write a network that sees photos alone, as the card describes it. Raises OSError."""
    document = {
        "name": card.name,
        "licence": card.licence,
        "source": card.source,
        "preprocessing": asdict(card.preprocessing),
        **{key: value for key, value in asdict(outputs).items() if value is not None},
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    (folder / files.model).write_bytes(content)
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    (folder / files.settings).write_text(text, encoding="utf-8")
