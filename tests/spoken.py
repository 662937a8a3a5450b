"""Recordings for the tests: tones and hiss made here, words spoken by espeak-ng where it is."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave

import numpy as np
import pytest

SECOND = 16_000


def recording(samples: np.ndarray, rate: int = SECOND) -> bytes:
    """A WAV file of float samples (n,) or (n, channels) in -1..1."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return target.getvalue()


def tone(seconds: float, rate: int = SECOND, hertz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def silence(seconds: float = 1.0) -> bytes:
    return recording(np.zeros(round(seconds * SECOND)))


def say(words: str, voice: str = "en-us+f3") -> bytes:
    """The words as a WAV file. Skips the test where nothing can speak."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("needs espeak-ng")
    command = ["espeak-ng", "-v", voice, "--stdout", words]
    return subprocess.run(command, check=True, capture_output=True).stdout
