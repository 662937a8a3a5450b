"""Profiles: what a collection may be indexed with, by name, and what belongs to each."""

from __future__ import annotations

from collections.abc import Mapping

from goodsight.core.errors import UsageError

__all__ = [
    "DEFAULT_PROFILE",
    "PROFILES",
    "READING_PROFILE",
    "VIEW_PROFILES",
    "model_of_profile",
]

# The model each profile starts with.
PROFILES: Mapping[str, str] = {
    "fast": "efficientnet-lite0",
    "quality": "efficientnet-lite0-lite2",
}
DEFAULT_PROFILE = "fast"
# Where products have one photo each, views of them teach these profiles a projection that
# pays; `fast` gains nothing by it. docs/decisions/0013 has the figures.
VIEW_PROFILES = frozenset({"quality"})
# Reads the words printed on what photos show.
READING_PROFILE = "quality"


def model_of_profile(profile: str) -> str:
    """The model a profile starts with. Raises UsageError."""
    if profile not in PROFILES:
        raise UsageError(f"profile '{profile}': choose from {', '.join(PROFILES)}")
    return PROFILES[profile]
