"""hf:ORG/NAME[@REVISION]: a model on the hub."""

from __future__ import annotations

import re
from dataclasses import dataclass

from goodsight.core.errors import UsageError

__all__ = ["HUB_PREFIX", "HubAddress", "parse_address"]

HUB_PREFIX = "hf:"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
_ADDRESS = re.compile(rf"hf:({_NAME}/{_NAME})(?:@([A-Za-z0-9][A-Za-z0-9._/-]{{0,199}}))?")


@dataclass(frozen=True, slots=True)
class HubAddress:
    """A repository, and the branch, tag or commit of it."""

    repository: str
    revision: str = "main"


def parse_address(text: str) -> HubAddress:
    """Read an address. Raises UsageError."""
    found = _ADDRESS.fullmatch(text)
    if found is None or ".." in text:
        raise UsageError(
            f"'{text}': give a model of the hub as hf:ORG/NAME or hf:ORG/NAME@REVISION"
        )
    return HubAddress(found[1], found[2] or "main")
