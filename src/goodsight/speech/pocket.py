"""Offline recognition by PocketSphinx, with the English model that it brings along.

It listens for a catalogue's own words and no others: with a vocabulary of some hundred words a
small model is good enough. See docs/decisions/0019.
"""

from __future__ import annotations

import importlib.util
import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from goodsight.core.errors import MissingExtra, ModelError
from goodsight.core.speech import SAMPLES_PER_SECOND, Sound, Transcript
from goodsight.core.spoken_phrases import SpokenPhrases
from goodsight.core.types import FloatArray
from goodsight.speech.framing import framed
from goodsight.speech.language import arpa_model, sentences_of
from goodsight.speech.pronouncing import Phones, pronunciations

__all__ = ["PocketRecogniser", "can_recognise"]

# How much the language counts beside the sound, and what each word costs. Measured:
# docs/decisions/0019.
LANGUAGE_WEIGHT = 6.5
WORD_INSERTION_PENALTY = 0.1
# How far behind the best a reading may fall before it is given up. The decoder's own bounds are
# for tens of thousands of words in real time.
_BEAMS = {
    "beam": 1e-80,
    "wbeam": 1e-60,
    "pbeam": 1e-80,
    "lpbeam": 1e-60,
    "lponlybeam": 1e-60,
    "maxhmmpf": -1,
}
MOST_ALTERNATIVES = 5
# Readings looked at to find that many different ones.
MOST_READINGS = 50
# Silence and noises count as words in the decoder's own lists.
_MARK = re.compile(r"^[<\[+].*")


def can_recognise() -> bool:
    """Whether what recognising needs is installed."""
    return importlib.util.find_spec("pocketsphinx") is not None


class PocketRecogniser:
    """Listens for one catalogue's words. Prepares itself when first used.

    Safe to call from several threads; they are served one after the other, because a decoder
    holds one recording.
    """

    def __init__(self, phrases: SpokenPhrases) -> None:
        self._phrases = phrases
        self._listening = Lock()

    def transcribe(self, sound: Sound) -> Transcript:
        """What is said in the recording. Raises ModelError, MissingExtra."""
        with self._listening:
            samples = framed(sound.samples)
            if self._decoder is None or not len(samples):
                return Transcript("", (), None, sound.seconds)
            try:
                return self._heard(self._decoder, samples, sound.seconds)
            except (RuntimeError, ValueError) as error:
                raise ModelError(f"PocketSphinx failed on the recording: {error}") from error

    def _heard(self, decoder: Any, samples: FloatArray, seconds: float) -> Transcript:
        decoder.start_utt()
        try:
            integers = (samples * np.iinfo(np.int16).max).astype("<i2")
            decoder.process_raw(integers.tobytes(), no_search=False, full_utt=True)
        finally:
            decoder.end_utt()
        best = decoder.hyp()
        text = "" if best is None else _without_marks(best.hypstr)
        if not text:
            return Transcript("", (), None, seconds)
        readings = dict.fromkeys(
            _without_marks(reading.hypstr)
            for reading, _ in zip(decoder.nbest() or (), range(MOST_READINGS), strict=False)
            if reading is not None
        )
        others = [reading for reading in readings if reading and reading != text]
        # Its own figure for how sure it is says 1 to everything.
        return Transcript(text, tuple(others[:MOST_ALTERNATIVES]), None, seconds)

    @cached_property
    def _decoder(self) -> Any:
        """A decoder for the vocabulary; None where none of its words can be spoken in English."""
        if not can_recognise():
            raise MissingExtra("understanding speech", extra="voice")
        import pocketsphinx

        model = Path(pocketsphinx.get_model_path("en-us"))
        sounds = _sounds_of(self._phrases, _dictionary(model / "cmudict-en-us.dict"))
        titles, values = (
            [known for phrase in phrases if (known := [word for word in phrase if word in sounds])]
            for phrases in (self._phrases.titles, self._phrases.values)
        )
        if not sounds:
            return None
        # The decoder reads files only, and only while it is made.
        with tempfile.TemporaryDirectory(prefix="goodsight-speech-") as folder:
            dictionary, language = Path(folder) / "words.dict", Path(folder) / "words.lm"
            dictionary.write_text("".join(_entries(sounds)), encoding="utf-8")
            language.write_text(arpa_model(sentences_of(titles, values)), encoding="utf-8")
            try:
                return pocketsphinx.Decoder(
                    hmm=str(model / "en-us"),
                    dict=str(dictionary),
                    lm=str(language),
                    samprate=float(SAMPLES_PER_SECOND),
                    lw=LANGUAGE_WEIGHT,
                    wip=WORD_INSERTION_PENALTY,
                    cmn="batch",
                    loglevel="FATAL",
                    **_BEAMS,
                )
            except (RuntimeError, ValueError) as error:
                raise ModelError(f"PocketSphinx cannot load its model: {error}") from error


def _without_marks(text: str) -> str:
    """The words alone, without noises and without the number of a pronunciation."""
    words = (word for word in text.split() if not _MARK.match(word))
    return " ".join(re.sub(r"\(\d+\)$", "", word) for word in words)


def _sounds_of(
    phrases: SpokenPhrases, dictionary: Mapping[str, tuple[Phones, ...]]
) -> dict[str, tuple[Phones, ...]]:
    """The catalogue's words that can be spoken, with the ways they sound."""
    words = sorted({word for phrase in (*phrases.titles, *phrases.values) for word in phrase})
    return {word: ways for word in words if (ways := pronunciations(word, dictionary))}


def _entries(sounds: Mapping[str, tuple[Phones, ...]]) -> Iterator[str]:
    for word, ways in sounds.items():
        for number, phones in enumerate(ways, 1):
            name = word if number == 1 else f"{word}({number})"
            yield f"{name} {' '.join(phones)}\n"


@lru_cache(maxsize=1)
def _dictionary(path: Path) -> Mapping[str, tuple[Phones, ...]]:
    """The dictionary that comes with the model: word -> the ways it sounds."""
    words: dict[str, tuple[Phones, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, *phones = line.split()
        word = name.partition("(")[0] or name
        words[word] = (*words.get(word, ()), tuple(phones))
    return words
