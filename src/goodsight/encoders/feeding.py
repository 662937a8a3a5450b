"""What a network is fed and asked for: its photos, its texts, and blanks for what is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import ModelError
from goodsight.core.types import FloatArray

__all__ = ["INPUT_TYPES", "PHOTO_TYPES", "blanks", "photo_input", "run_network"]

INPUT_TYPES: Mapping[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
}
PHOTO_TYPES = ("tensor(float)", "tensor(float16)")
PHOTO_RANK = 4


def photo_input(session: Any) -> Any:
    """The input that takes photos: the only one, or the one of four axes. Raises ModelError."""
    inputs = session.get_inputs()
    fitting = inputs if len(inputs) == 1 else [i for i in inputs if len(i.shape) == PHOTO_RANK]
    if len(fitting) != 1:
        names = ", ".join(item.name for item in inputs)
        raise ModelError(f"it has {len(inputs)} inputs ({names}); one is due, the photos")
    return fitting[0]


def run_network(session: Any, output: str, feed: Mapping[str, NDArray[Any]]) -> FloatArray:
    """One output, float32, for the inputs in `feed`; the others are blank. Raises ModelError."""
    import onnxruntime

    options = onnxruntime.RunOptions()
    # A network of photos and texts in one file would else read a blank text with every photo.
    options.only_execute_path_to_fetches = True
    try:
        (found,) = session.run([output], {**blanks(session, feed), **feed}, options)
    except Exception as error:  # onnxruntime raises a dozen unrelated classes
        raise ModelError(f"ONNX Runtime failed: {error}") from error
    rows = len(next(iter(feed.values())))
    if not isinstance(found, np.ndarray) or found.shape[:1] != (rows,):
        raise ModelError(f"output '{output}' has no row for each photo or text")
    values = found.astype(np.float32, copy=False)
    if not np.isfinite(values).all():
        raise ModelError(f"output '{output}' is not finite")
    return values


def blanks(session: Any, given: Mapping[str, object]) -> dict[str, NDArray[Any]]:
    """Zeros for the inputs not given, one along each axis whose length is free.

    Raises ModelError for inputs of an unknown type.
    """
    blank: dict[str, NDArray[Any]] = {}
    for item in session.get_inputs():
        if item.name not in given:
            kind = INPUT_TYPES.get(item.type)
            if kind is None:
                raise ModelError(f"input '{item.name}' is {item.type}, which is not known here")
            shape = [side if isinstance(side, int) else 1 for side in item.shape]
            blank[item.name] = np.zeros(shape, dtype=kind)
    return blank
