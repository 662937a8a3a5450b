"""Speech: phrases about the Luma store, spoken by three synthetic voices, searched for.

The phrases and what is right for each stand in voice_phrases.csv.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import goodsight
from benchmarks.data import SHARED
from benchmarks.figures import Figure
from goodsight.core.spoken_phrases import spoken_words

__all__ = ["measure"]

LUMA = SHARED / "luma" / "products.csv"
PHRASES = Path(__file__).with_name("voice_phrases.csv")
VOICES = ("en-us", "en-gb", "en-us+f3")
FOUND_AT = 5
ASKED = 0.65


def measure() -> list[Figure]:
    name = "spoken phrase finds its product among 5"
    missing = (
        f"needs {LUMA}"
        if not LUMA.exists()
        else "needs espeak-ng"
        if shutil.which("espeak-ng") is None
        else ""
    )
    if missing:
        return [Figure(name, None, "", ASKED, True, missing)]
    with PHRASES.open(newline="", encoding="utf-8") as lines:
        phrases = [(row["phrase"], row["product_id"].split("|")) for row in csv.DictReader(lines)]
    with tempfile.TemporaryDirectory() as folder, goodsight.open(Path(folder) / "home") as shop:
        # Words need no photos: the place where they would be is empty.
        shop.index(LUMA, media=folder, currency="USD")
        return _figures(name, shop, phrases)


def _figures(name: str, shop: goodsight.Shop, phrases: list[tuple[str, list[str]]]) -> list[Figure]:
    typed = sum(_finds(shop, phrase, right) for phrase, right in phrases)
    figures, found, exact, spoken_seconds = [], 0, 0, 0.0
    for voice in VOICES:
        of_voice = 0
        for phrase, right in phrases:
            heard = shop.transcribe(_said(phrase, voice))
            finds = bool(heard.text) and _finds(shop, heard.text, right)
            of_voice += finds
            exact += heard.text == " ".join(spoken_words(phrase))
            spoken_seconds += heard.seconds
            if not finds:
                print(f"  {voice}: '{phrase}' heard as '{heard.text}'", file=sys.stderr)
        found += of_voice
        figures.append(Figure(f"… voice {voice}", of_voice / len(phrases), "", 0.0, True))
    count = len(phrases) * len(VOICES)
    note = f"{count} recordings, {spoken_seconds:.0f} s; typed {typed / len(phrases):.3f}"
    return [
        Figure(name, found / count, "", ASKED, True, note),
        *figures,
        Figure("… every word right", exact / count, "", 0.0, True),
    ]


def _finds(shop: goodsight.Shop, words: str, right: list[str]) -> bool:
    return any(hit.product.id in right for hit in shop.search(words, limit=FOUND_AT).hits)


def _said(words: str, voice: str) -> bytes:
    command = ["espeak-ng", "-v", voice, "--stdout", words]
    return subprocess.run(command, check=True, capture_output=True).stdout
