"""What a network is fed and asked for, photos or texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import ModelError
from goodsight.core.types import FloatArray

__all__ = ["INPUT_TYPES", "PHOTO_TYPES", "run_network"]

INPUT_TYPES: Mapping[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
}
PHOTO_TYPES = ("tensor(float)", "tensor(float16)")


def run_network(session: Any, output: str, feed: Mapping[str, NDArray[Any]]) -> FloatArray:
    """One output, float32 (n, ...), for inputs of n rows. Raises ModelError."""
    try:
        (found,) = session.run([output], dict(feed))
    except Exception as error:  # onnxruntime raises a dozen unrelated classes
        raise ModelError(f"ONNX Runtime failed: {error}") from error
    rows = len(next(iter(feed.values())))
    if not isinstance(found, np.ndarray) or found.shape[:1] != (rows,):
        raise ModelError(f"output '{output}' has no row for each photo or text")
    values = found.astype(np.float32, copy=False)
    if not np.isfinite(values).all():
        raise ModelError(f"output '{output}' is not finite")
    return values
