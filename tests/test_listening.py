"""A shop understands recordings in its own words, as they are now."""

from __future__ import annotations

import pytest

import goodsight
from goodsight.core.errors import CollectionNotFound, SoundError
from spoken import recording, say, silence, tone

pytest.importorskip("pocketsphinx", reason="the extra 'voice' is absent")
pytest.importorskip("soundfile", reason="the extra 'voice' is absent")


def write_feed(folder, *titles):
    rows = [f"t{number},{title},photos/0-0.png" for number, title in enumerate(titles)]
    feed = folder / "spoken.csv"
    feed.write_text("\n".join(["id,title,image", *rows]) + "\n", encoding="utf-8")
    return feed


@pytest.fixture
def shop(tmp_path, small_shop):
    (tmp_path / "photos").symlink_to(small_shop / "photos")
    feed = write_feed(tmp_path, "Montana Wind Jacket", "Hero Hoodie", "Emma Leggings")
    with goodsight.open(tmp_path / "home") as opened:
        opened.index(feed)
        yield opened


def test_a_recording_finds_its_product(shop, tmp_path):
    path = tmp_path / "said.wav"
    path.write_bytes(say("montana wind jacket"))

    heard = shop.transcribe(path)

    assert heard.text == "montana wind jacket"
    assert heard == shop.transcribe(path.read_bytes())
    assert shop.search(shop.words_in(path)).hits[0].product.title == "Montana Wind Jacket"


def test_new_products_are_listened_for_at_once(shop, tmp_path):
    said = say("zeppelin yoga pant")
    assert shop.transcribe(said).text != "zeppelin yoga pant"

    shop.index(write_feed(tmp_path, "Zeppelin Yoga Pant", "Hero Hoodie"))

    assert shop.transcribe(said).text == "zeppelin yoga pant"


def test_the_vocabulary_is_the_catalogue_s(shop):
    phrases = shop.stored().spoken_phrases()

    assert phrases.titles == (
        ("montana", "wind", "jacket"),
        ("hero", "hoodie"),
        ("emma", "leggings"),
    )
    assert phrases.index_version == shop.info().index_version


def test_silence_is_no_words_and_nothing_to_search_by(shop):
    assert shop.transcribe(silence()).text == ""
    with pytest.raises(SoundError, match="nothing was understood"):
        shop.words_in(silence())


def test_what_cannot_be_read_is_told(shop, tmp_path):
    with pytest.raises(SoundError, match=r"lost\.wav: cannot be read"):
        shop.transcribe(tmp_path / "lost.wav")
    with pytest.raises(SoundError, match="longer than 30 seconds"):
        shop.transcribe(recording(tone(31)))
    with (
        goodsight.open(tmp_path / "home", collection="none") as other,
        pytest.raises(CollectionNotFound),
    ):
        other.transcribe(silence())
