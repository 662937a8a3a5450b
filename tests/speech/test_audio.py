"""Recordings are read as they sound; whatever else is sent is refused with its reason."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

from goodsight.core.errors import MissingExtra, SoundError
from goodsight.core.speech import SAMPLES_PER_SECOND
from goodsight.speech import can_read_sound, read_sound
from spoken import recording, tone

pytestmark = pytest.mark.skipif(not can_read_sound(), reason="the extra 'voice' is absent")


def pitch(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(spectrum.argmax() * SAMPLES_PER_SECOND / len(samples))


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG"])
@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_every_kind_and_rate_keeps_length_and_pitch(kind, rate):
    soundfile = pytest.importorskip("soundfile")
    file = io.BytesIO()
    soundfile.write(file, tone(1.5, rate), rate, format=kind)

    sound = read_sound(file.getvalue())

    assert sound.samples.dtype == np.float32
    assert sound.seconds == pytest.approx(1.5, abs=0.02)
    assert pitch(sound.samples) == pytest.approx(440, abs=2)


def test_channels_are_mixed():
    left = np.stack([tone(1.0), np.zeros(SAMPLES_PER_SECOND)], axis=1)

    assert np.abs(read_sound(recording(left)).samples).max() == pytest.approx(0.25, abs=0.01)


def test_numbers_that_are_no_sound_are_silence():
    soundfile = pytest.importorskip("soundfile")
    samples = np.array([np.nan, np.inf, -np.inf, 1e30] * 1000, dtype=np.float32)
    file = io.BytesIO()
    soundfile.write(file, samples, 16_000, format="WAV", subtype="FLOAT")

    assert np.isfinite(read_sound(file.getvalue()).samples).all()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cannot be read"),
        (b"RIFF", "cannot be read"),
        (b"\xff" * 5000, "cannot be read"),
        (b"\x00" * ((10 << 20) + 1), "more than 10 MB"),
        (recording(tone(30.5)), "longer than 30 seconds"),
        (recording(np.zeros((1000, 9))), "more than 8 channels"),
        (recording(tone(0.1), rate=4_000), "4000 samples a second"),
        (recording(tone(0.1), rate=400_000), "400000 samples a second"),
        (recording(np.zeros(0)), "is empty"),
    ],
    ids=["nothing", "stub", "noise", "large", "long", "channels", "slow", "fast", "empty"],
)
def test_what_cannot_be_used_is_refused_with_its_reason(data, reason):
    with pytest.raises(SoundError, match=reason):
        read_sound(data)


def test_formats_that_nobody_needs_are_not_read():
    soundfile = pytest.importorskip("soundfile")
    file = io.BytesIO()
    soundfile.write(file, tone(0.5), 16_000, format="AIFF")

    with pytest.raises(SoundError, match="AIFF is not read"):
        read_sound(file.getvalue())


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG"])
def test_damaged_files_raise_our_errors_only(kind):
    soundfile = pytest.importorskip("soundfile")
    file = io.BytesIO()
    soundfile.write(file, tone(0.3), 16_000, format=kind)
    whole = file.getvalue()
    generator = np.random.default_rng(7)
    refused = 0
    for _ in range(150):
        damaged = bytearray(whole)
        for place in generator.integers(len(whole), size=generator.integers(1, 20)):
            damaged[place] = generator.integers(256)
        try:
            sound = read_sound(bytes(damaged[: generator.integers(len(whole)) + 1]))
        except SoundError:
            refused += 1
        else:
            assert sound.seconds <= 30
    assert refused


def test_without_the_extra_the_error_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "soundfile", None)

    with pytest.raises(MissingExtra, match=r"pip install 'goodsight\[voice\]'"):
        read_sound(recording(tone(0.1)))
