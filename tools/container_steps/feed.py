"""A feed to index in the container: three products, drawn without any library."""

from __future__ import annotations

from pathlib import Path


def drawn_shop(folder: Path) -> None:
    """A feed of three products, drawn by hand as plain pixel maps: nothing is needed for it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["id,title,price,image"]
    for number, colour in enumerate([(200, 30, 60), (30, 140, 90), (60, 90, 220)]):
        pixels = bytearray(b"\xff" * (96 * 96 * 3))
        for y in range(24, 72):
            for x in range(24 + 12 * number, 72):
                pixels[3 * (96 * y + x) : 3 * (96 * y + x) + 3] = bytes(colour)
        (folder / f"{number}.bmp").write_bytes(_bitmap(96, 96, bytes(pixels)))
        rows.append(f"p{number},Product {number},{number + 1}.50,{number}.bmp")
    (folder / "products.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _bitmap(width: int, height: int, pixels: bytes) -> bytes:
    size = (54 + len(pixels)).to_bytes(4, "little")
    head = b"BM" + size + bytes(4) + (54).to_bytes(4, "little") + (40).to_bytes(4, "little")
    sides = width.to_bytes(4, "little") + height.to_bytes(4, "little")
    planes = (1).to_bytes(2, "little") + (24).to_bytes(2, "little")
    return head + sides + planes + bytes(4) + len(pixels).to_bytes(4, "little") + bytes(16) + pixels
