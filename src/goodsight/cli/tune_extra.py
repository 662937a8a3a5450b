"""What the extra `tune` brings, and what is said where it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["tune_extra"]


@contextmanager
def tune_extra(feature: str) -> Iterator[None]:
    """Raises MissingExtra, which names `feature`, where an import within finds no package."""
    from goodsight.core.errors import MissingExtra

    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("goodsight"):
            raise
        raise MissingExtra(feature, extra="tune") from error
