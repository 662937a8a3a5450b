"""A restricted reader of PyTorch's legacy checkpoint files, without PyTorch.

The format, as `torch.save` wrote it before version 1.6: five pickles in a row (a magic number,
a protocol version, facts about the writing machine, the saved object, the keys of its storages),
then for each key an int64 count and the raw values.

Pickles can name any function to be called, so nothing here trusts one. Before a pickle is
loaded, its instructions are compared with the short list that tensors need; while it is
loaded, a handful of names stand for inert values, and every other name is refused. The stand-ins
cannot be altered by a pickle either: one file must not change how the next is read.
"""

from __future__ import annotations

import io
import math
import pickle
import pickletools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goodsight.core.errors import ModelError

__all__ = ["MAX_CHECKPOINT_BYTES", "parse_checkpoint", "read_checkpoint"]

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
MAX_CHECKPOINT_BYTES = 1 << 30
# All five pickles together; those of EfficientNet-Lite 2 take 62 kB.
MAX_PICKLES_BYTES = 4 << 20
# Before each storage's values.
COUNT_BYTES = 8

_INSTRUCTION_NAMES = """
    PROTO STOP MARK NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 LONG1 BINUNICODE
    EMPTY_DICT EMPTY_LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3
    SETITEM SETITEMS APPEND APPENDS BINPUT LONG_BINPUT BINGET LONG_BINGET
    GLOBAL REDUCE BUILD BINPERSID
"""
INSTRUCTIONS = frozenset(_INSTRUCTION_NAMES.split())


def read_checkpoint(path: Path) -> Mapping[str, NDArray[Any]]:
    """The tensors of the state dictionary in a file. Raises ModelError, as `parse_checkpoint`."""
    try:
        size = path.stat().st_size
        if size > MAX_CHECKPOINT_BYTES:
            raise ModelError(f"{path}: {size} bytes, more than {MAX_CHECKPOINT_BYTES} allowed")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return parse_checkpoint(data)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error


def parse_checkpoint(data: bytes) -> Mapping[str, NDArray[Any]]:
    """The tensors of a state dictionary by name, read-only, each with its own shape and dtype.

    Raises ModelError for bytes that are damaged, in another format, or that name anything but
    tensors.
    """
    if data[:2] == b"PK":
        raise ModelError("a zip checkpoint; only the legacy format is read")
    try:
        return _parse(data)
    except ModelError:
        raise
    # A damaged pickle raises nearly anything; none of it has run foreign code.
    except Exception as error:
        raise ModelError(f"not a readable legacy checkpoint: {error}") from error


class _StateDictionary(dict[str, Any]):
    """Stands in for collections.OrderedDict."""

    def __setstate__(self, state: object) -> None:
        """Module versions, which no array needs."""


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    dtype: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    """Stands in for torch._utils._rebuild_tensor_v2 and its arguments."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    requires_grad: object = False
    hooks: object = None


# Texts and classes with their own __setstate__: a pickle's BUILD can attach nothing to them.
_STAND_INS: Mapping[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): _StateDictionary,
    ("torch._utils", "_rebuild_tensor_v2"): _Tensor,
    ("torch", "FloatStorage"): "<f4",
    ("torch", "DoubleStorage"): "<f8",
    ("torch", "HalfStorage"): "<f2",
    ("torch", "LongStorage"): "<i8",
    ("torch", "IntStorage"): "<i4",
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _STAND_INS[module, name]
        except KeyError:
            shown = f"{module}.{name}".encode("unicode_escape").decode("ascii")[:100]
            raise ModelError(f"refused: it names {shown}, which is no tensor") from None

    def persistent_load(self, reference: Any) -> _Storage:
        match reference:
            case ("storage", "<f4" | "<f8" | "<f2" | "<i8" | "<i4" as dtype, str(key), _,
                  int(count), None):  # fmt: skip
                return _Storage(key, dtype, count)
        raise ModelError("refused: a storage of an unknown kind")


def _load(file: io.BytesIO) -> Any:
    """The next pickle's value, after its instructions have been looked through."""
    start = file.tell()
    for number, (instruction, argument, _) in enumerate(pickletools.genops(file)):
        if instruction.name not in INSTRUCTIONS:
            raise ModelError(f"refused: the instruction {instruction.name} makes no tensor")
        # Room is made up to the number given: a few bytes could ask for gigabytes.
        if instruction.name in {"BINPUT", "LONG_BINPUT"} and int(argument or 0) > number:
            raise ModelError("refused: it remembers more values than it has")
    file.seek(start)
    return _Reader(file).load()


def _parse(data: bytes) -> Mapping[str, NDArray[Any]]:
    file = io.BytesIO(data[:MAX_PICKLES_BYTES])
    if _load(file) != MAGIC_NUMBER or _load(file) != PROTOCOL_VERSION:
        raise ModelError("not a legacy checkpoint")
    if not _load(file).get("little_endian"):
        raise ModelError("written on a big-endian machine, which is not read")
    dictionary, keys = _load(file), _load(file)
    if not isinstance(dictionary, dict) or not isinstance(keys, list):
        raise ModelError("it holds no state dictionary")
    tensors = {str(key): value for key, value in dictionary.items() if isinstance(value, _Tensor)}
    storages = {tensor.storage.key: tensor.storage for tensor in tensors.values()}
    values = _read_storages(memoryview(data)[file.tell() :], [storages[key] for key in keys])
    return {name: _view(tensor, values[tensor.storage.key]) for name, tensor in tensors.items()}


def _read_storages(body: memoryview, storages: Sequence[_Storage]) -> Mapping[str, NDArray[Any]]:
    values, place = {}, 0
    for storage in storages:
        count = int.from_bytes(body[place : place + COUNT_BYTES], "little")
        if count != storage.count:
            raise ModelError(f"damaged: a storage of {count} values where {storage.count} are due")
        start = place + COUNT_BYTES
        place = start + count * np.dtype(storage.dtype).itemsize
        if place > len(body):
            raise ModelError("truncated")
        # Copied, because the values may start at any byte of the file, and arithmetic is
        # faster where they start at a multiple of their size.
        values[storage.key] = np.frombuffer(bytes(body[start:place]), dtype=storage.dtype)
    return values


def _view(tensor: _Tensor, values: NDArray[Any]) -> NDArray[Any]:
    """The tensor as a view of its storage, after checking that it stays within.

    Never a copy: many tensors may share one storage, and copies would multiply it.
    """
    if len(tensor.shape) != len(tensor.strides) or min((0, tensor.offset, *tensor.shape)) < 0:
        raise ModelError("damaged: a tensor of impossible shape")
    last = sum(
        (size - 1) * stride for size, stride in zip(tensor.shape, tensor.strides, strict=True)
    )
    if min((0, *tensor.strides)) < 0 or tensor.offset + last >= len(values):
        raise ModelError("damaged: a tensor reaches beyond its storage")
    if math.prod(tensor.shape) > len(values):
        raise ModelError("damaged: a tensor larger than its storage")
    return np.lib.stride_tricks.as_strided(
        values[tensor.offset :],
        tensor.shape,
        tuple(stride * values.itemsize for stride in tensor.strides),
        writeable=False,
    )
