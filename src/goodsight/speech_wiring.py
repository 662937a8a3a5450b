"""What of the wiring concerns speech: which recogniser listens, and what reads recordings."""

from __future__ import annotations

from goodsight.core.ports import SpeechRecogniser
from goodsight.core.speech import Sound
from goodsight.core.vocabulary import Vocabulary

__all__ = ["SpeechWiring"]


class SpeechWiring:
    """Connects recordings and a catalogue's words to what understands them."""

    @property
    def understands_speech(self) -> bool:
        """Whether what that needs is installed."""
        from goodsight.speech import can_read_sound, can_recognise

        return can_read_sound() and can_recognise()

    def sound(self, data: bytes) -> Sound:
        """Decode a recording that someone sent. Raises SoundError, MissingExtra."""
        from goodsight.speech import read_sound

        return read_sound(data)

    def recogniser(self, vocabulary: Vocabulary) -> SpeechRecogniser:
        """What understands the catalogue's words."""
        from goodsight.speech import PocketRecogniser

        return PocketRecogniser(vocabulary)
