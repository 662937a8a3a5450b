"""What of the wiring concerns speech: which recogniser listens, and what reads recordings."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from goodsight.config import Settings
from goodsight.core.ports import SpeechRecogniser
from goodsight.core.speech import Sound
from goodsight.core.spoken_phrases import SpokenPhrases

if TYPE_CHECKING:
    from goodsight.speech import SherpaRecogniser

__all__ = ["SpeechWiring"]


class SpeechWiring:
    """Connects recordings and a catalogue's words to what understands them."""

    settings: Settings

    @property
    def understands_speech(self) -> bool:
        """Whether what that needs is installed."""
        from goodsight.speech import can_read_sound, can_recognise, can_run_models

        recognises = can_run_models() if self.settings.speech_model else can_recognise()
        return can_read_sound() and recognises

    def sound(self, data: bytes) -> Sound:
        """Decode a recording that someone sent. Raises SoundError, MissingExtra."""
        from goodsight.speech import read_sound

        return read_sound(data)

    def recogniser(self, phrases: SpokenPhrases) -> SpeechRecogniser:
        """The model that the settings name, else what listens for the catalogue's words."""
        from goodsight.speech import PocketRecogniser

        return self._own_model if self.settings.speech_model else PocketRecogniser(phrases)

    @cached_property
    def _own_model(self) -> SherpaRecogniser:
        """It knows all words, so that every collection shares it."""
        from goodsight.speech import SherpaRecogniser

        return SherpaRecogniser(Path(self.settings.speech_model).expanduser())
