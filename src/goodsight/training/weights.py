"""Weight files, read so that nothing in them is executed, into a network that fits them.

A file may also be made to take all memory there is: a checkpoint is a ZIP archive, which unpacks to
a thousand times its size, and PyTorch unpacks whatever is packed. What it writes itself never is.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from goodsight.core.errors import ModelError

__all__ = ["MAX_WEIGHTS_BYTES", "fill_network", "read_weights"]

MAX_WEIGHTS_BYTES = 16 << 30

# Under which a training run keeps the weights beside its own state; the averaged ones first.
HOLDERS = ("state_dict_ema", "model_ema", "ema", "state_dict", "model_state_dict", "model")
# Put before every name by training on several cards, and by compiling.
WRAPPINGS = ("module.", "_orig_mod.")
NAMES_SHOWN = 3


def read_weights(path: Path) -> Mapping[str, Tensor]:
    """Tensors by name from a safetensors file or a torch checkpoint.

    A checkpoint is a pickle, which could execute anything: it is read by torch's restricted
    reader, and refused where it holds more than tensors and plain values. Raises ModelError.
    """
    try:
        _check_file(path)
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            found: Any = load_file(path)
        else:
            found = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ModelError:
        raise
    except Exception as error:  # broken and hostile files raise a dozen unrelated classes
        raise ModelError(
            f"{path}: it is neither safetensors nor a checkpoint of tensors alone; whatever else"
            " it holds was not run. Save network.state_dict(), best as safetensors"
        ) from error
    return _plain_names(path, _held(found))


def fill_network(
    network: nn.Module, weights: Mapping[str, Tensor], *, spare: Collection[str] = ()
) -> None:
    """Put weights into the network; each of its own must be there, and be of its shape.

    Weights the network has no place for are an error too, unless their names begin with one of
    `spare`: a classifier that was cut off. So are numbers of another kind, and what is no
    number. Raises ModelError; the network is as it was then.
    """
    wanted = network.state_dict()
    # Counts of batches, which only training reads; old files lack them.
    missing = [n for n in wanted if n not in weights and not n.endswith("num_batches_tracked")]
    if missing:
        raise ModelError(f"the weights are of another network: {_some(missing)} missing")
    left = [n for n in weights if n not in wanted and not n.startswith(tuple(spare))]
    if left:
        raise ModelError(f"the weights are of another network: it has no {_some(left)}")
    for name, tensor in wanted.items():
        if name in weights and weights[name].shape != tensor.shape:
            raise ModelError(
                f"the weights are of another network: '{name}' is"
                f" {tuple(weights[name].shape)}, due is {tuple(tensor.shape)}"
            )
        if name in weights:
            _check_numbers(name, weights[name], tensor)
    network.load_state_dict({n: weights[n] for n in wanted if n in weights}, strict=False)


def _check_file(path: Path) -> None:
    """Raises ModelError for devices, giants and packed archives, OSError where it is absent."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"{path} is no file of weights")
    if status.st_size > MAX_WEIGHTS_BYTES:
        raise ModelError(
            f"{path}: {status.st_size:,} bytes; at most {MAX_WEIGHTS_BYTES:,} are read"
        )
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > status.st_size:
            raise ModelError(
                f"{path}: it would unpack to {unpacked:,} bytes from {status.st_size:,}, which no"
                " checkpoint of PyTorch does; save network.state_dict() again"
            )


def _check_numbers(name: str, found: Tensor, due: Tensor) -> None:
    plain = found.layout is torch.strided and not found.is_quantized and found.device.type == "cpu"
    if not plain or found.is_floating_point() != due.is_floating_point() or found.is_complex():
        kind = f"{found.dtype}, {found.layout} on {found.device}"
        raise ModelError(f"'{name}' holds other numbers than a network's: {kind}")
    if due.is_floating_point() and not torch.isfinite(found.to(due.dtype)).all():
        raise ModelError(f"'{name}' holds numbers that are not finite: the training went wrong")


def _held(found: Any) -> Any:
    for holder in HOLDERS:
        if isinstance(found, Mapping) and isinstance(found.get(holder), Mapping):
            return found[holder]
    return found


def _plain_names(path: Path, found: Any) -> Mapping[str, Tensor]:
    if not isinstance(found, Mapping) or not found:
        raise ModelError(f"{path}: it holds no weights by name: save network.state_dict()")
    weights = {}
    for name, tensor in found.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            raise ModelError(f"{path}: '{name}' is no tensor: save network.state_dict()")
        for wrapping in WRAPPINGS:
            name = name.removeprefix(wrapping)  # noqa: PLW2901 - one after the other
        weights[name] = tensor
    return weights


def _some(names: Collection[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in list(names)[:NAMES_SHOWN])
    return shown if len(names) <= NAMES_SHOWN else f"{shown} and {len(names) - NAMES_SHOWN} more"
