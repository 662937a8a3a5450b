"""A collection that understands what is said to it, in its own words."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from goodsight.core.errors import SoundError
from goodsight.core.ports import SpeechRecogniser
from goodsight.core.speech import Transcript
from goodsight.reading import CollectionReader
from goodsight.wiring import Wiring

__all__ = ["Listener"]


class Listener(CollectionReader):
    """Reads a collection, and recordings of what its customers look for."""

    def __init__(self, wiring: Wiring, collection: str | None = None) -> None:
        super().__init__(wiring, collection)
        self._preparing = Lock()
        self._recogniser: tuple[int, SpeechRecogniser] | None = None

    def transcribe(self, recording: bytes | str | Path) -> Transcript:
        """What is said in a recording: WAV, FLAC or Ogg, as bytes or a file's path.

        The collection's own words are listened for. The text is empty where nothing is
        understood. Raises SoundError, MissingExtra, ModelError, CollectionNotFound, StoreError.
        """
        data = recording if isinstance(recording, bytes) else _read(Path(recording).expanduser())
        sound = self._wiring.sound(data)
        return self._listener().transcribe(sound)

    def words_in(self, recording: bytes | str | Path) -> str:
        """What is said in a recording, to search by. Raises SoundError where it is nothing."""
        text = self.transcribe(recording).text
        if not text:
            raise SoundError(
                "nothing was understood: say a product's name, near the microphone and in English"
            )
        return text

    def _listener(self) -> SpeechRecogniser:
        """A recogniser for the collection's words as they are now."""
        phrases = self.stored().spoken_phrases()
        with self._preparing:
            if self._recogniser is None or self._recogniser[0] != phrases.index_version:
                recogniser = self._wiring.recogniser(phrases)
                self._recogniser = phrases.index_version, recogniser
            return self._recogniser[1]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SoundError(f"{path}: cannot be read: {error.strerror}") from error
