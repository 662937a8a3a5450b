"""What was understood of a recording."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["TranscriptAnswer"]


class TranscriptAnswer(BaseModel):
    """The words, likeliest reading first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "kenobi trail jacket",
                    "alternatives": ["trail jacket"],
                    "confidence": None,
                    "seconds": 1.6,
                }
            ]
        }
    )

    text: str = Field(description="Empty where nothing was understood")
    alternatives: list[str] = Field(description="Other readings, likelier ones first")
    confidence: float | None = Field(description="0..1; null where the recogniser does not tell")
    seconds: float = Field(description="Length of the recording")
