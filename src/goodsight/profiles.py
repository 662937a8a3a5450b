"""Profiles: what a collection may be indexed with, by name, and what belongs to each."""

from __future__ import annotations

from collections.abc import Mapping

from goodsight.core.errors import UsageError

__all__ = [
    "DEFAULT_PROFILE",
    "OWN_PROFILE",
    "PROFILES",
    "READING_PROFILE",
    "VIEW_PROFILES",
    "model_of_profile",
    "profile_of_model",
]

# The model each profile starts with.
PROFILES: Mapping[str, str] = {
    "fast": "efficientnet-lite0",
    "quality": "efficientnet-lite0-lite2",
}
DEFAULT_PROFILE = "fast"
# That of every other model.
OWN_PROFILE = "own"
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


def profile_of_model(model: str) -> str:
    """The profile that starts with a model; "own" where none does."""
    return next((profile for profile, name in PROFILES.items() if name == model), OWN_PROFILE)
