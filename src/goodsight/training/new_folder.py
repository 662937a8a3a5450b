"""A model folder in the making: nobody sees it before it is proven."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from goodsight.core.errors import ModelError, UsageError
from goodsight.core.types import Preprocessing
from goodsight.encoders.model_folder import MODEL_FILE, SETTINGS_FILE
from goodsight.training.tracing import FEATURE_MAP, FEATURES, Traced

__all__ = ["Origin", "new_folder", "write_photo_model"]


@dataclass(frozen=True, slots=True)
class Origin:
    """How a model is called, its weights' licence, and where it comes from.

    `tuned_from` names the model that training began with, "" where there was none.
    """

    name: str
    licence: str
    source: str
    tuned_from: str = ""


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `folder` at the end and vanishes on any error.

    Raises UsageError where `folder` is there already, ModelError where it cannot be written.
    """
    if folder.exists():
        raise UsageError(f"{folder} is there already; name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Made beside its place and renamed: whoever sees the folder sees a whole model.
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".goodsight-") as work:
            draft = Path(work) / "model"
            draft.mkdir()
            yield draft
            draft.rename(folder)
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written: {error.strerror or error}") from error


def write_photo_model(
    draft: Path,
    traced: Traced,
    preprocessing: Preprocessing,
    origin: Origin,
    *,
    text: Mapping[str, Any] | None = None,
) -> None:
    """Write `model.onnx` and `model.json`; `text` is what that says of texts."""
    document = {
        **{key: text for key, text in asdict(origin).items() if text},
        "preprocessing": asdict(preprocessing),
        "features": FEATURES,
        "pooling": "none",
        "sha256": hashlib.sha256(traced.content).hexdigest(),
    }
    if traced.shows_map:
        document["feature_map"] = FEATURE_MAP
    if text is not None:
        document["text"] = text
    (draft / MODEL_FILE).write_bytes(traced.content)
    content = json.dumps(document, ensure_ascii=False, indent=2)
    (draft / SETTINGS_FILE).write_text(content + "\n", encoding="utf-8")
