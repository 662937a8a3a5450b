"""Which of a repository's files make the model, in the layouts that exporters publish.

    onnx/vision_model.onnx, onnx/text_model.onnx     photos and texts apart
    onnx/model.onnx                                  both in one file, or photos alone
    onnx/…_fp16.onnx, onnx/…_quantized.onnx          variants of them

`onnx/` may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from goodsight.core.errors import ModelError, UsageError
from goodsight.hub.published import HubFile, HubModel

__all__ = ["VARIANTS", "Layout", "choose_files"]

# Name -> ending of the file's name, as exporters call them.
VARIANTS: Mapping[str, str] = {
    "fp32": "",
    "fp16": "_fp16",
    "quantized": "_quantized",
    "int8": "_int8",
    "uint8": "_uint8",
    "q4": "_q4",
    "q4f16": "_q4f16",
    "bnb4": "_bnb4",
}
FOLDERS = ("onnx/", "")
PHOTOS, TEXTS, WHOLE = "vision_model", "text_model", "model"
MAX_NETWORK_BYTES = 2 << 30
MAX_TOKENIZER_BYTES = 64 << 20
MAX_SETTINGS_BYTES = 8 << 20
TOKENIZER = "tokenizer.json"
SETTINGS = (
    "preprocessor_config.json",
    "processor_config.json",
    "config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The files to fetch: networks, tokenizer, settings. `texts` is None without a file of its own.

    `settings` are those of `SETTINGS` that are there.
    """

    photos: HubFile
    texts: HubFile | None
    tokenizer: HubFile | None
    settings: tuple[HubFile, ...]

    @property
    def files(self) -> tuple[HubFile, ...]:
        """All of them, the small ones first: what does not fit shows before the long download."""
        others = (self.tokenizer, self.texts)
        return (*self.settings, *(file for file in others if file is not None), self.photos)


def choose_files(model: HubModel, variant: str) -> Layout:
    """The files of one variant.

    Raises UsageError for a variant that nobody knows or the model does not have, ModelError
    for a model that is not published as ONNX, or as files that are refused.
    """
    if variant not in VARIANTS:
        raise UsageError(f"variant '{variant}': choose from {', '.join(VARIANTS)}")
    photos = _network(model, PHOTOS, variant) or _network(model, WHOLE, variant)
    if photos is None:
        raise _nothing(model, variant)
    alone = photos == _network(model, PHOTOS, variant)
    layout = Layout(
        photos=photos,
        texts=_network(model, TEXTS, variant) if alone else None,
        tokenizer=model.file(TOKENIZER),
        settings=tuple(file for name in SETTINGS if (file := model.file(name)) is not None),
    )
    for file in layout.files:
        _check(model, file)
    return layout


def _network(model: HubModel, stem: str, variant: str) -> HubFile | None:
    paths = [f"{folder}{stem}{VARIANTS[variant]}.onnx" for folder in FOLDERS]
    return next((file for path in paths if (file := model.file(path)) is not None), None)


def _nothing(model: HubModel, variant: str) -> ModelError | UsageError:
    offered = [
        name
        for name in VARIANTS
        if _network(model, PHOTOS, name) is not None or _network(model, WHOLE, name) is not None
    ]
    if offered:
        return UsageError(
            f"{model.repository} has no variant '{variant}'; it has {', '.join(offered)}"
        )
    return ModelError(
        f"{model.repository} is not published as ONNX (vision_model.onnx or model.onnx, in onnx/):"
        " look for one that is, such as those of onnx-community, or make a model folder of it with:"
        " goodsight model export"
    )


def _check(model: HubModel, file: HubFile) -> None:
    limit = MAX_SETTINGS_BYTES
    if file.name.endswith(".onnx"):
        limit = MAX_NETWORK_BYTES
    elif file.name == TOKENIZER:
        limit = MAX_TOKENIZER_BYTES
    if file.size > limit:
        raise ModelError(f"{file.name}: {file.size:,} bytes; at most {limit:,} are fetched")
    beside = [other.name for other in model.files if other.name.startswith(f"{file.name}_data")]
    if beside and file.name.endswith(".onnx"):
        raise ModelError(
            f"{model.repository} keeps weights outside of the network's file, in {beside[0]}, which"
            " is refused: choose another --variant, or make a model folder with weights inside"
        )
