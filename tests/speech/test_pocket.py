"""The words of a catalogue are understood, in several voices; noise and other tongues are not."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from goodsight.core.errors import MissingExtra
from goodsight.core.speech import SAMPLES_PER_SECOND, Sound
from goodsight.core.spoken_phrases import SpokenPhrases
from goodsight.speech import PocketRecogniser, can_read_sound, can_recognise, read_sound
from spoken import say, silence

pytestmark = pytest.mark.skipif(
    not (can_recognise() and can_read_sound()), reason="the extra 'voice' is absent"
)

TITLES = (
    ("kenobi", "trail", "jacket"),
    ("montana", "wind", "jacket"),
    ("hero", "hoodie"),
    ("drawstring", "bike", "short"),
    ("emma", "leggings"),
)
VALUES = (("jackets",), ("hoodies",), ("red",), ("organic", "cotton"))


@pytest.fixture(scope="module")
def recogniser():
    return PocketRecogniser(SpokenPhrases(TITLES, VALUES, 1))


@pytest.mark.parametrize("words", ["montana wind jacket", "hero hoodie", "emma leggings"])
@pytest.mark.parametrize("voice", ["en-us", "en-us+f3"])
def test_titles_are_understood(recogniser, words, voice, capfd):
    sound = read_sound(say(words, voice))

    heard = recogniser.transcribe(sound)

    assert heard.text == words
    assert heard.text not in heard.alternatives
    assert heard.seconds == sound.seconds
    assert capfd.readouterr() == ("", "")


def test_part_of_a_title_is_enough(recogniser):
    assert recogniser.transcribe(read_sound(say("wind jacket"))).text == "wind jacket"


def test_silence_around_the_words_does_not_matter(recogniser):
    alone = read_sound(say("montana wind jacket")).samples
    silence = np.zeros(5 * SAMPLES_PER_SECOND, np.float32)

    heard = recogniser.transcribe(Sound(np.concatenate([silence, 0.1 * alone, silence])))

    assert heard.text == "montana wind jacket"


def test_threads_do_not_mix_recordings_up(recogniser):
    sounds = [read_sound(say(" ".join(title))) for title in TITLES]
    alone = [recogniser.transcribe(sound).text for sound in sounds]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda sound: recogniser.transcribe(sound).text, sounds * 2))

    assert together == alone * 2
    assert len(set(alone)) > 1


@pytest.mark.parametrize("samples", [0, 1, 32_000])
def test_silence_is_no_words(recogniser, samples):
    heard = recogniser.transcribe(Sound(np.zeros(samples, np.float32)))

    assert (heard.text, heard.alternatives) == ("", ())


@pytest.mark.parametrize("titles", [(), (("夹克",),)], ids=["empty", "chinese"])
def test_a_catalogue_without_english_words_understands_nothing(titles):
    heard = PocketRecogniser(SpokenPhrases(titles, (), 1)).transcribe(read_sound(silence()))

    assert heard.text == ""


def test_without_the_extra_the_error_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)

    with pytest.raises(MissingExtra, match=r"pip install 'goodsight\[voice\]'"):
        PocketRecogniser(SpokenPhrases(TITLES, (), 1)).transcribe(read_sound(silence()))


def test_importing_the_room_loads_no_recogniser():
    code = "import sys, goodsight.speech; assert not {'pocketsphinx', 'soundfile'} & {*sys.modules}"
    subprocess.run([sys.executable, "-c", code], check=True)
