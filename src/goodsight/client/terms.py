"""The terms of a query, as JSON."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

__all__ = ["QueryTerm"]

KINDS = ("image", "image_id", "image_url", "text", "product_id", "audio")


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One part of a query: exactly one of image, image_id, image_url, text, product_id, audio.

    `image` and `audio` are a file's bytes or its path. A negative `weight`, -10 to 10, asks for
    products unlike it; `box` is the part of the photo that counts, (x, y, width, height) in 0..1.
    """

    image: bytes | str | Path | None = None
    image_id: str | None = None
    image_url: str | None = None
    text: str | None = None
    product_id: str | None = None
    audio: bytes | str | Path | None = None
    weight: float = 1.0
    box: tuple[float, float, float, float] | None = None

    def parts(self) -> Iterator[QueryTerm]:
        """One term for each thing that is given; the box is the first one's."""
        box = self.box
        for name in KINDS:
            if (value := getattr(self, name)) is not None:
                yield replace(QueryTerm(**{name: value}), weight=self.weight, box=box)
                box = None

    def document(self) -> dict[str, Any]:
        """As the service takes it. Raises OSError where a file cannot be read."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in ("image", "audio"):
            if given[name] is not None:
                given[name] = _base64(given[name])
        return {name: value for name, value in given.items() if value is not None}


def _base64(file: bytes | str | Path) -> str:
    data = file if isinstance(file, bytes) else Path(file).read_bytes()
    return base64.b64encode(data).decode("ascii")
