"""Sound in, words out: recordings read, and the words of a catalogue understood in them."""

from goodsight.speech.audio import SPEECH_LIMITS, SoundLimits, can_read_sound, read_sound
from goodsight.speech.pocket import PocketRecogniser, can_recognise
from goodsight.speech.sherpa import SherpaRecogniser, can_run_models

__all__ = [
    "SPEECH_LIMITS",
    "PocketRecogniser",
    "SherpaRecogniser",
    "SoundLimits",
    "can_read_sound",
    "can_recognise",
    "can_run_models",
    "read_sound",
]
