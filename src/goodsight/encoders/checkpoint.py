"""A restricted reader of PyTorch's legacy checkpoint files, without PyTorch.

The format, as `torch.save` wrote it before version 1.6: five pickles in a row (a magic number,
a protocol version, facts about the writing machine, the saved object, the keys of its storages),
then for each key an int64 count and the raw values. Pickles can name any function to be
called; this reader resolves a handful of names to inert stand-ins and refuses all others, so
nothing in a file can be executed.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import ModelError

__all__ = ["MAX_CHECKPOINT_BYTES", "read_checkpoint"]

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
MAX_CHECKPOINT_BYTES = 1 << 30


def read_checkpoint(path: Path) -> Mapping[str, NDArray[Any]]:
    """The tensors of a state dictionary by name, each with its own shape and dtype.

    Raises ModelError for a file that is missing, damaged, in another format, or that names
    anything but tensors.
    """
    try:
        size = path.stat().st_size
        if size > MAX_CHECKPOINT_BYTES:
            raise ModelError(f"{path}: {size} bytes, more than {MAX_CHECKPOINT_BYTES} allowed")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return _read(data)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
    # A damaged pickle raises nearly anything; none of it has run foreign code.
    except Exception as error:
        raise ModelError(f"{path}: not a readable legacy checkpoint: {error}") from error


@dataclass(frozen=True, slots=True)
class _StorageType:
    dtype: str


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def _tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _Tensor:
    """Stands in for torch._utils._rebuild_tensor_v2."""
    return _Tensor(storage, offset, tuple(shape), tuple(strides))


_KNOWN_NAMES: Mapping[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch", "FloatStorage"): _StorageType("<f4"),
    ("torch", "DoubleStorage"): _StorageType("<f8"),
    ("torch", "HalfStorage"): _StorageType("<f2"),
    ("torch", "LongStorage"): _StorageType("<i8"),
    ("torch", "IntStorage"): _StorageType("<i4"),
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _KNOWN_NAMES[module, name]
        except KeyError:
            raise ModelError(f"refused: it names {module}.{name}, which is no tensor") from None

    def persistent_load(self, reference: Any) -> _Storage:
        match reference:
            case ("storage", _StorageType(dtype), str(key), _, int(count), None):
                return _Storage(key, dtype, count)
        raise ModelError("refused: a storage of an unknown kind")


def _read(data: bytes) -> Mapping[str, NDArray[Any]]:
    if data[:2] == b"PK":
        raise ModelError("a zip checkpoint; only the legacy format is read")
    file = io.BytesIO(data)
    if _Reader(file).load() != MAGIC_NUMBER or _Reader(file).load() != PROTOCOL_VERSION:
        raise ModelError("not a legacy checkpoint")
    machine = _Reader(file).load()
    if not machine.get("little_endian"):
        raise ModelError("written on a big-endian machine, which is not read")
    tensors = _Reader(file).load()
    keys = _Reader(file).load()
    if not isinstance(tensors, dict) or not isinstance(keys, list):
        raise ModelError("it holds no state dictionary")
    wanted = {t.storage.key: t.storage for t in tensors.values() if isinstance(t, _Tensor)}
    values = {key: _read_storage(file, wanted[key]) for key in keys}
    return {
        str(name): _view(tensor, values[tensor.storage.key])
        for name, tensor in tensors.items()
        if isinstance(tensor, _Tensor)
    }


def _read_storage(file: io.BytesIO, storage: _Storage) -> NDArray[Any]:
    count = int.from_bytes(file.read(8), "little")
    if count != storage.count:
        raise ModelError(f"damaged: a storage of {count} values where {storage.count} are due")
    size = count * np.dtype(storage.dtype).itemsize
    raw = file.read(size)
    if len(raw) != size:
        raise ModelError("truncated")
    return np.frombuffer(raw, dtype=storage.dtype)


def _view(tensor: _Tensor, values: NDArray[Any]) -> NDArray[Any]:
    """The tensor as a contiguous copy, after checking that it stays within its storage."""
    if len(tensor.shape) != len(tensor.strides) or min((0, tensor.offset, *tensor.shape)) < 0:
        raise ModelError("damaged: a tensor of impossible shape")
    last = sum(
        (size - 1) * stride for size, stride in zip(tensor.shape, tensor.strides, strict=True)
    )
    if min((0, *tensor.strides)) < 0 or tensor.offset + last >= len(values):
        raise ModelError("damaged: a tensor reaches beyond its storage")
    if np.prod(tensor.shape, dtype=np.int64) > len(values):
        raise ModelError("damaged: a tensor larger than its storage")
    view = np.lib.stride_tricks.as_strided(
        values[tensor.offset :],
        tensor.shape,
        tuple(stride * values.itemsize for stride in tensor.strides),
        writeable=False,
    )
    return np.ascontiguousarray(view).reshape(tensor.shape)
