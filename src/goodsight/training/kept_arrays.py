"""Features kept on disk photo by photo, so that an interrupted run takes up where it was."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

import numpy as np

from goodsight.core.types import FloatArray

__all__ = ["KeptArrays"]


class KeptArrays:
    """Arrays (k, `columns`) by content hash, in half precision where their numbers fit into it.

    Safe to use from several threads.
    """

    def __init__(self, folder: Path, columns: int) -> None:
        self._folder = folder
        self._columns = columns

    def get(self, content_hash: str) -> FloatArray | None:
        """What was kept, float32 (k, columns); None where there is none, or it is damaged."""
        # Mapped, so that a header that promises more than there is asks for no memory.
        with suppress(OSError, ValueError, OverflowError):
            mapped = np.lib.format.open_memmap(self._path(content_hash), mode="r")
            if mapped.ndim == 2 and mapped.shape[1] == self._columns and mapped.dtype.kind == "f":
                values = np.array(mapped, dtype=np.float32)
                return values if np.isfinite(values).all() else None
        return None

    def keep(self, content_hash: str, values: FloatArray) -> FloatArray:
        """Keep values (k, columns), whole or not at all; as they come back from the disk.

        A run that was resumed so gives the same result.
        """
        path = self._path(content_hash)
        path.parent.mkdir(parents=True, exist_ok=True)
        # A photo that two products show is seen by two threads at once.
        draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        fits = bool((np.abs(values) <= np.finfo(np.float16).max).all())
        kept = values.astype(np.float16 if fits else np.float32)
        with draft.open("wb") as file:
            np.save(file, kept, allow_pickle=False)
        draft.replace(path)
        return kept.astype(np.float32)

    def _path(self, content_hash: str) -> Path:
        return self._folder / content_hash[:2] / f"{content_hash}.npy"
