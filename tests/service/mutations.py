"""Hostile uploads: real photos broken in every way a test can think of."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from random import Random

from PIL import Image

from small_shop import draw_shape

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
OTHERS = (
    b"",
    b"\x00",
    b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"<!doctype html><img src=x onerror=alert(1)>",
    b"%PDF-1.7\n1 0 obj",
    b"PK\x03\x04" + b"\x00" * 100,
    b"\x1f\x8b\x08" + b"\x00" * 100,
    b"\x7fELF" + b"\x00" * 200,
    b"#!/bin/sh\nreboot\n",
    b"\xff" * 10_000,
    b"%!PS-Adobe-3.0 EPSF-3.0\n",
)


def mutated_uploads(count: int, seed: int = 0) -> Iterator[bytes]:
    """So many files, the same for the same seed."""
    random = Random(seed)  # noqa: S311 - chance for a test
    photos = [_photo(kind, number) for number, kind in enumerate(FORMATS)]
    ways = (
        _flip,
        _flip_many,
        _truncate,
        _splice,
        _repeat,
        _polyglot,
        _resize_header,
        _other,
        _bomb,
    )
    for number in range(count):
        yield ways[number % len(ways)](random.choice(photos), random)


def _photo(kind: str, number: int) -> bytes:
    buffer = io.BytesIO()
    draw_shape(number % 6, number, size=160).save(buffer, kind)
    return buffer.getvalue()


def _flip(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    changed[random.randrange(len(data))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _flip_many(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randrange(2, 200)):
        changed[random.randrange(min(len(data), 2000))] = random.randrange(256)
    return bytes(changed)


def _truncate(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data))]


def _splice(data: bytes, random: Random) -> bytes:
    other = _photo(random.choice(FORMATS), random.randrange(6))
    cut = random.randrange(len(data))
    return data[:cut] + other[random.randrange(len(other)) :]


def _repeat(data: bytes, random: Random) -> bytes:
    start = random.randrange(len(data))
    return data[:start] + data[start : start + 50] * random.randrange(1, 400)


def _polyglot(data: bytes, random: Random) -> bytes:
    tail = random.choice(OTHERS)
    return data + tail if random.random() < 0.5 else tail + data


def _resize_header(data: bytes, random: Random) -> bytes:
    """Claims another size than the data has."""
    changed = bytearray(data)
    for place in range(len(changed) - 4):
        # The photos are 160 pixels wide and high, in either order of bytes.
        if changed[place : place + 2] in (b"\x00\xa0", b"\xa0\x00") and random.random() < 0.7:
            changed[place : place + 2] = random.randbytes(2)
    return bytes(changed)


def _other(_: bytes, random: Random) -> bytes:
    return random.choice(OTHERS) + random.randbytes(random.randrange(200))


def _bomb(_: bytes, random: Random) -> bytes:
    """Few bytes that promise very many pixels."""
    side = random.choice([5_000, 20_000, 65_000])
    if random.random() < 0.5:
        buffer = io.BytesIO()
        Image.new("1", (side, min(side, 9_000))).save(buffer, "PNG")
        return buffer.getvalue()
    row = zlib.compress(bytes(1000))
    header = side.to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    chunks = [(b"IHDR", header), (b"IDAT", row), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
        for name, body in chunks
    )
