"""What of the wiring concerns language: which model is asked about requests in words."""

from __future__ import annotations

from goodsight.config import Settings
from goodsight.core.proposals import RequestModel

__all__ = ["request_model"]


def request_model(settings: Settings) -> RequestModel | None:
    """The language model that the settings name; None where they name none."""
    if not settings.language_model_url:
        return None
    from goodsight.language import ChatModel

    return ChatModel(
        settings.language_model_url,
        settings.language_model,
        settings.language_model_key,
        settings.language_model_seconds,
    )
