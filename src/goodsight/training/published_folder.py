"""A folder of a published model: settings, and a network of transformers filled with its weights.

    config.json, preprocessor_config.json
    model.safetensors, or several files and model.safetensors.index.json

Whatever the folder says is checked before a network is made from it: a few bytes could ask for
all memory there is, or for files elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from goodsight.core.errors import MissingExtra, ModelError
from goodsight.encoders.json_values import object_in
from goodsight.encoders.plain_file import check_plain_file, read_plain_file
from goodsight.training.weights import MAX_WEIGHTS_BYTES

__all__ = ["CONFIG", "PROCESSORS", "published_network", "published_settings"]

CONFIG = "config.json"
PROCESSORS = ("preprocessor_config.json", "processor_config.json")
WEIGHTS = "model.safetensors"
INDEX = f"{WEIGHTS}.index.json"
# With it transformers would look for another model, wherever the file says.
ADAPTER = "adapter_config.json"
MAX_SETTINGS_BYTES = 8 << 20
# Times the weights there are: where only some are missing, they are named once it is opened.
MOST_ASKED = 2
# Many times the deepest that are published.
MAX_LAYERS = 1000
LAYERS = ("layers", "layer", "depth", "depths", "blocks")


def published_settings(source: Path, *names: str, optional: bool = False) -> Mapping[str, Any]:
    """The object in the first of these files that is there. Raises ModelError."""
    for name in names:
        if (source / name).exists():
            try:
                return object_in(read_plain_file(source / name, MAX_SETTINGS_BYTES))
            except ModelError as error:
                raise ModelError(f"{source / name}: {error}") from error
    if optional:
        return {}
    raise ModelError(f"{source}: there is no {' nor '.join(names)}")


def published_network(source: Path, feature: str) -> nn.Module:
    """The network in a folder, float32 on the CPU, with every weight from its safetensors.

    No code of the model's is run. Raises MissingExtra, which names the `feature`, and
    ModelError for files that are links, too large, elsewhere, or hold less than the network
    needs.
    """
    try:
        import transformers
    except ModuleNotFoundError as error:
        raise MissingExtra(feature, extra="tune") from error
    held = _weights_held(source)
    _check_depth(source)
    try:
        _check_size(transformers, source, held)
        network, report = transformers.AutoModel.from_pretrained(
            source,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            # The plain one: the faster ones are not traceable in all versions.
            attn_implementation="eager",
            dtype=torch.float32,
            output_loading_info=True,
        )
    except ModelError:
        raise
    except Exception as error:  # transformers raises a dozen unrelated classes
        raise ModelError(f"{source}: transformers cannot open it: {error}") from error
    if missing := sorted(report["missing_keys"]):
        # transformers would fill them by chance.
        raise ModelError(
            f"{source}: its weights lack '{missing[0]}'"
            + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
        )
    loaded: nn.Module = network
    return loaded


def _weights_held(source: Path) -> int:
    """How many numbers the folder's files hold, from their headers. Raises ModelError."""
    if (source / ADAPTER).exists():
        raise ModelError(
            f"{source}: {ADAPTER} says that it adapts another model: merge it into that one"
            " (merge_and_unload), and save the whole"
        )
    held, size = 0, 0
    for path in _weight_files(source):
        size += check_plain_file(path, MAX_WEIGHTS_BYTES)
        if size > MAX_WEIGHTS_BYTES:
            raise ModelError(f"{source}: more than {MAX_WEIGHTS_BYTES:,} bytes of weights")
        held += _numbers_in(path)
    return held


def _weight_files(source: Path) -> list[Path]:
    if (source / WEIGHTS).exists():
        return [source / WEIGHTS]
    if not (source / INDEX).exists():
        raise ModelError(
            f"{source}: transformers cannot open it: there is no {WEIGHTS}; other files, which"
            " could execute something, are not read"
        )
    places = published_settings(source, INDEX).get("weight_map")
    names = set(places.values()) if isinstance(places, Mapping) else set()
    if not names or not all(isinstance(n, str) and n == Path(n).name for n in names):
        raise ModelError(f"{source / INDEX}: it names files that are not in the folder itself")
    return [source / name for name in sorted(names)]


def _numbers_in(path: Path) -> int:
    from safetensors import safe_open

    try:
        with safe_open(path, "pt") as file:
            return sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
    except Exception as error:  # the reader's own, and what the system says
        raise ModelError(
            f"{path}: transformers cannot open it: it is no safetensors file: {error}"
        ) from error


def _check_depth(source: Path) -> None:
    """Layers cost time and memory even before they hold a weight."""
    waiting: list[Mapping[str, Any]] = [published_settings(source, CONFIG)]
    while waiting:
        for name, value in waiting.pop().items():
            if isinstance(value, Mapping):
                waiting.append(value)
            numbers = [n for n in _as_list(value) if isinstance(n, int | float)]
            # Written so that what is no number is refused.
            if name.endswith(LAYERS) and not sum(map(abs, numbers)) <= MAX_LAYERS:
                raise ModelError(f"{source / CONFIG}: {name} {value!s:.60}: at most {MAX_LAYERS}")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _check_size(transformers: Any, source: Path, held: int) -> None:
    """Compares the network without memory of its own with what there is to fill it with."""
    config = transformers.AutoConfig.from_pretrained(
        source, local_files_only=True, trust_remote_code=False
    )
    with torch.device("meta"):
        network = transformers.AutoModel.from_config(config, trust_remote_code=False)
    asked = sum(parameter.numel() for parameter in network.parameters())
    if asked > MOST_ASKED * held:
        raise ModelError(
            f"{source}: {CONFIG} describes {asked:,} weights, and its files hold {held:,}:"
            " they are of another network"
        )
