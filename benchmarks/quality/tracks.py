"""The tracks, each by itself: which catalogue, which queries, what is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.data import SHARED, grocery_list
from benchmarks.quality.bench import Bench, Labelled, iconic_photos, is_package, train_photos
from benchmarks.quality.patterns import patterns
from benchmarks.quality.rows import Row, row_of
from goodsight.core.judgements import Level
from goodsight.images import DISTURBANCES, decode_photo

__all__ = ["TRACKS"]

# Where one track asks many times over, it asks with so many photos.
SAMPLED_QUERIES = 400
FEW_SEEDS = 5
UNKNOWN_PRODUCTS = 20
UNKNOWN_SEEDS = 3
ROTATIONS = ("rotated 90", "rotated 180", "rotated 270", "rotated 15", "rotated -15")
SETS = ("val", "dev")


def both_sets() -> Labelled:
    """val + dev: what decisions are made by."""
    return [query for name in SETS for query in grocery_list(name)]


def train(bench: Bench) -> list[Row]:
    """All train photos; unseen phone photos ask."""
    with bench.shop("train", train_photos()) as shop:
        return [
            row_of(
                "train", name, bench.profile, shop.evaluate(bench.table(name, grocery_list(name)))
            )
            for name in SETS
        ]


def iconic(bench: Bench) -> list[Row]:
    """One studio photo a product; unseen phone photos ask."""
    with bench.shop("iconic", iconic_photos()) as shop:
        return [
            row_of(
                "iconic", name, bench.profile, shop.evaluate(bench.table(name, grocery_list(name)))
            )
            for name in SETS
        ]


def packages(bench: Bench) -> list[Row]:
    """All train photos; unseen phone photos of packages ask."""
    queries = [query for query in both_sets() if is_package(query[1])]
    with bench.shop("train", train_photos()) as shop:
        found = shop.evaluate(bench.table("packages", queries))
    return [row_of("packages", "val + dev", bench.profile, found)]


def few(bench: Bench) -> list[Row]:
    """1, 3 and 5 phone photos a product, drawn five times."""
    photos = train_photos()
    table = bench.table("few", both_sets(), at_most=SAMPLED_QUERIES)
    rows = []
    for count in (1, 3, 5):
        shares = []
        for seed in range(FEW_SEEDS):
            generator = np.random.default_rng(seed)
            chosen = {
                product: [own[n] for n in generator.permutation(len(own))[:count]]
                for product, own in photos.items()
            }
            with bench.shop("few", chosen) as shop:
                found = shop.evaluate(table)
            shares.append((found.recall[1] or 0.0, found.recall[5] or 0.0))
        at_1, at_5 = np.mean(shares, axis=0)
        low, high = (min(s[0] for s in shares), max(s[0] for s in shares))
        note = f"mean of {FEW_SEEDS} draws, {low:.3f} to {high:.3f}"
        name = f"{count} photo{'s' if count > 1 else ''}"
        rows.append(
            Row(
                name, "val + dev", bench.profile, found.queries, float(at_1), float(at_5), note=note
            )
        )
    return rows


def unknown(bench: Bench) -> list[Row]:
    """20 of the 81 products are not in the catalogue; is that noticed?"""
    photos = train_photos()
    queries = grocery_list("dev")
    rows = []
    for seed in range(UNKNOWN_SEEDS):
        names = sorted(photos, key=int)
        held = set(np.random.default_rng(seed).permutation(names)[:UNKNOWN_PRODUCTS])
        asked = [(path, "-" if product in held else product) for path, product in queries]
        # The collection of the train track: most of its photos need not be embedded again.
        with bench.shop("train", {p: own for p, own in photos.items() if p not in held}) as shop:
            found = shop.evaluate(bench.table("unknown", asked))
        auroc = found.unknown.auroc
        note = f"{UNKNOWN_PRODUCTS} products held out, AUROC {0.0 if auroc is None else auroc:.3f}"
        rows.append(row_of("unknown", f"dev, seed {seed}", bench.profile, found, note))
    return rows


def rotation(bench: Bench) -> list[Row]:
    """Query photos turned; the share of the upright recall@1 that is kept."""
    queries = both_sets()
    chosen = np.random.default_rng(0).permutation(len(queries))[:SAMPLED_QUERIES]
    asked = [queries[n] for n in sorted(chosen[: bench.queries])]
    with bench.shop("train", train_photos()) as shop:
        upright = shop.evaluate(bench.table("upright", asked))
        rows = []
        for name in ROTATIONS:
            turned = [(turned_copy(bench.work, path, name), product) for path, product in asked]
            found = shop.evaluate(bench.table("turned", turned))
            kept = (found.recall[1] or 0.0) / (upright.recall[1] or 1.0)
            rows.append(row_of("rotation", name, bench.profile, found, f"kept {kept:.3f}"))
    mean = float(np.mean([row.recall_at_1 or 0.0 for row in rows]))
    note = f"all kept {mean / (upright.recall[1] or 1.0):.3f}"
    return [row_of("rotation", "upright", bench.profile, upright, note), *rows]


def turned_copy(work: Path, path: Path, name: str) -> Path:
    """The photo turned, as a PNG, so that nothing else happens to it."""
    folder = work / name.replace(" ", "-")
    folder.mkdir(exist_ok=True)
    target = folder / f"{path.parent.name}-{path.stem}.png"
    if not target.exists():
        turned = DISTURBANCES[name](decode_photo(path.read_bytes(), reference=str(path)))
        Image.fromarray(turned.pixels).save(target, compress_level=1)
    return target


def luma(bench: Bench) -> list[Row]:
    """Fashion: each photo against all others, the style right, or style and colour.

    Nothing but the query photo itself is left out, as in all earlier figures.
    """
    folder = SHARED / "luma"
    with bench.opened("luma") as shop:
        shop.index(
            folder / "products.csv",
            media=folder / "media" / "product",
            currency="USD",
            profile=bench.profile,
        )
        judge = shop.judge()
        style = judge.leave_one_out(near_duplicate=None)
        variant = judge.leave_one_out(level=Level.VARIANT, near_duplicate=None)
    return [
        row_of("luma", "style", bench.profile, style),
        row_of("luma", "variant", bench.profile, variant),
    ]


TRACKS: Mapping[str, Callable[[Bench], list[Row]]] = {
    "train": train,
    "packages": packages,
    "rotation": rotation,
    "iconic": iconic,
    "few": few,
    "unknown": unknown,
    "luma": luma,
    "patterns": patterns,
}
