"""Models that see a photo as a grid of its colours: tiny, quick, and photos keep apart."""

from __future__ import annotations

from pathlib import Path

from onnx import helper

from encoders.tiny_models import SIDE, model, save, settings


def grid_folder(root: Path, cells: int, name: str | None = None) -> Path:
    """A model folder; a photo's features are the means of `cells` × `cells` parts of it."""
    size = SIDE // cells
    nodes = [
        helper.make_node(
            "AveragePool", ["photos"], ["p"], kernel_shape=[size, size], strides=[size, size]
        ),
        helper.make_node("Flatten", ["p"], ["features"]),
    ]
    document = settings(name=name or f"grid-{cells}", features="features")
    return save(root / document["name"], model(nodes, ["features"], []), document)
