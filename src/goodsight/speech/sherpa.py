"""Recognition with a model of one's own, run by sherpa-onnx: other languages, any words.

A folder holds the model as sherpa-onnx publishes them: `tokens.txt` with either an encoder, a
decoder and a joiner (a transducer), an encoder and a decoder (Whisper), or a single file
(SenseVoice).
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from goodsight.core.errors import MissingExtra, ModelError
from goodsight.core.speech import SAMPLES_PER_SECOND, Sound, Transcript
from goodsight.core.spoken_phrases import spoken_words

__all__ = ["SherpaRecogniser", "can_run_models", "load_model"]

_LOAD = (
    "import pathlib, sys; from goodsight.speech.sherpa import load_model;"
    " load_model(pathlib.Path(sys.argv[1]))"
)


def can_run_models() -> bool:
    """Whether what running a model needs is installed."""
    return importlib.util.find_spec("sherpa_onnx") is not None


class SherpaRecogniser:
    """Listens with the model of a folder, which is loaded when first used.

    Safe to call from several threads; they are served one after the other.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listening = Lock()

    def transcribe(self, sound: Sound) -> Transcript:
        """What is said in the recording. Raises ModelError, MissingExtra."""
        with self._listening:
            recogniser = self._recogniser
            try:
                stream = recogniser.create_stream()
                stream.accept_waveform(SAMPLES_PER_SECOND, sound.samples)
                recogniser.decode_stream(stream)
                said = str(stream.result.text)
            except (RuntimeError, ValueError) as error:
                raise ModelError(f"sherpa-onnx failed on the recording: {error}") from error
        # Models write capitals and full stops; searches need neither.
        return Transcript(" ".join(spoken_words(said)), (), None, sound.seconds)

    @cached_property
    def _recogniser(self) -> Any:
        if not can_run_models():
            raise MissingExtra("a speech model of your own", extra="voice-models")
        _check_apart(self._folder)
        return load_model(self._folder)


def load_model(folder: Path) -> Any:
    """The model of a folder as sherpa-onnx's recogniser. Raises ModelError."""
    import sherpa_onnx

    made_by = sherpa_onnx.OfflineRecognizer
    tokens = str(_file(folder, "*tokens.txt"))
    parts = {
        name: str(path)
        for name in ("encoder", "decoder", "joiner")
        if (path := _found(folder, f"*{name}*.onnx")) is not None
    }
    try:
        if not parts:
            return made_by.from_sense_voice(model=str(_file(folder, "*.onnx")), tokens=tokens)
        if "joiner" in parts:
            return made_by.from_transducer(tokens=tokens, **parts)
        return made_by.from_whisper(tokens=tokens, **parts)
    except (RuntimeError, ValueError, TypeError) as error:
        raise ModelError(f"{folder}: sherpa-onnx cannot load the model: {error}") from error


def _check_apart(folder: Path) -> None:
    """Load the model in a process of its own first.

    sherpa-onnx ends the process that gives it a model of another kind; that must not be ours.
    Raises ModelError.
    """
    command = [sys.executable, "-c", _LOAD, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no input of users
    if done.returncode:
        reason = (done.stderr.strip() or "it ended without a word").splitlines()[-1]
        raise ModelError(
            f"{folder}: sherpa-onnx cannot load the model: {reason}: give the setting"
            " speech_model a folder as sherpa-onnx publishes its models"
        )


def _file(folder: Path, pattern: str) -> Path:
    found = _found(folder, pattern)
    if found is None:
        raise ModelError(f"{folder}: there is no {pattern}")
    return found


def _found(folder: Path, pattern: str) -> Path | None:
    """The file of that name; of several the one in whole numbers, which is quicker."""
    files = sorted(folder.glob(pattern))
    return next((path for path in files if "int8" in path.name), files[0] if files else None)
