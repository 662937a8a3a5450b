"""Where training stands, on disk: written whole or not at all, read without executing anything.

A safetensors file holds numbers and a header of text, and nothing that could run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from goodsight.core.errors import MissingExtra, ModelError

__all__ = ["Checkpoint", "read_checkpoint", "write_checkpoint"]

# Of a large network, its average and what the optimiser keeps there is less.
MAX_BYTES = 8 * 2**30
MAX_EPOCHS = 100_000
MAX_STEPS = 100_000_000
STATE = "goodsight"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Training after `epoch` epochs, or `steps` steps where those are counted.

    `tensors` are all numbers by name. `losses` and `recalls` are the curve, from epoch 0;
    `best_epoch` is the one that is kept. `fingerprint` tells examples and settings.
    """

    fingerprint: str
    epoch: int
    best_epoch: int
    losses: tuple[float | None, ...]
    recalls: tuple[float | None, ...]
    tensors: Mapping[str, Tensor]
    steps: int = 0


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Put it in the place of the last one, in one step. Raises ModelError, MissingExtra."""
    save, _ = _safetensors()
    state = {
        "fingerprint": checkpoint.fingerprint,
        "epoch": checkpoint.epoch,
        "steps": checkpoint.steps,
        "best_epoch": checkpoint.best_epoch,
        "losses": checkpoint.losses,
        "recalls": checkpoint.recalls,
    }
    tensors = {name: tensor.contiguous().clone() for name, tensor in checkpoint.tensors.items()}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(save(tensors, metadata={STATE: json.dumps(state)}))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ModelError(f"{path}: cannot be written: {error.strerror or error}") from error


def read_checkpoint(
    path: Path, fingerprint: str, expected: Mapping[str, Tensor]
) -> Checkpoint | None:
    """The checkpoint; None where there is none, or one of other examples or settings.

    `expected` are tensors of the names, shapes and types that training will have. Raises
    ModelError where the file is no checkpoint, or one that does not fit; nothing in it was run.
    """
    _, open_file = _safetensors()
    if not path.exists():
        return None
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ModelError(f"{path}: no checkpoint is as large as that; delete it")
        with open_file(path, framework="pt") as file:
            state = json.loads((file.metadata() or {})[STATE])
            if state["fingerprint"] != fingerprint:
                return None
            # The header is compared before any number is read.
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 - no mapping
            if shapes != {name: tuple(tensor.shape) for name, tensor in expected.items()}:
                raise ModelError(f"{path}: its tensors are not those of this training; delete it")
            tensors = {name: file.get_tensor(name) for name in shapes}
    except ModelError:
        raise
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    except Exception as error:  # broken and hostile files raise a dozen unrelated classes
        raise ModelError(
            f"{path}: it is no checkpoint; nothing in it was run. Delete it to begin anew"
        ) from error
    return _checked(path, state, tensors, expected)


def _checked(
    path: Path, state: Any, tensors: Mapping[str, Tensor], expected: Mapping[str, Tensor]
) -> Checkpoint:
    wrong = f"{path}: what it says of its run cannot be; delete it to begin anew"
    for name, tensor in tensors.items():
        if tensor.dtype != expected[name].dtype or not torch.isfinite(tensor).all():
            raise ModelError(f"{path}: '{name}' holds no usable numbers; delete it to begin anew")
    try:
        epoch, best, steps = state["epoch"], state["best_epoch"], state.get("steps", 0)
        losses, recalls = tuple(state["losses"]), tuple(state["recalls"])
        numbers = all(v is None or isinstance(v, float) for v in (*losses, *recalls))
        whole = all(type(number) is int for number in (epoch, best, steps))
        whole = whole and 0 <= best <= epoch <= MAX_EPOCHS and 0 <= steps <= MAX_STEPS
    except (KeyError, TypeError) as error:
        raise ModelError(wrong) from error
    if not (whole and numbers and len(losses) == len(recalls) == epoch + 1):
        raise ModelError(wrong)
    return Checkpoint(state["fingerprint"], epoch, best, losses, recalls, tensors, steps)


def _safetensors() -> tuple[Any, Any]:
    try:
        from safetensors import safe_open
        from safetensors.torch import save
    except ImportError as error:
        raise MissingExtra("tuning", extra="tune") from error
    return save, safe_open
