"""Search by words: names, misspelt names and descriptions find their product, and how quickly.

Luma's product names are asked as they are, and with one edit in one word of four letters or
more: a letter too many, too few, another letter, or two exchanged. The first sentence of a
grocery product's description is asked of its title and category alone. For speed, a catalogue
of 100,000 products is drawn from Luma's words.
"""

from __future__ import annotations

import csv
import random
import re
import string
import tempfile
import time
from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.data import GROCERY, SHARED
from benchmarks.figures import Figure
from goodsight.config import load_settings
from goodsight.core.scoring import unit_rows
from goodsight.core.store_ports import BrowseQuery
from goodsight.core.types import FloatArray, Product
from goodsight.meaning import learn_meanings
from goodsight.stores.postgres.reading import PostgresProducts
from goodsight.wiring import Wiring

__all__ = ["measure"]

LUMA = SHARED / "luma" / "products.csv"
SEED = 20
TYPOS_EACH = 5
LARGE = 100_000
TIMED = 300
WARM_UP = 20
BATCH = 1000
# Colours and garments that no title has.
FOREIGN = (
    "红色",
    "蓝色",
    "夹克",
    "连衣裙",
    "裤子",
    "背心",
    "保暖",
    "运动",
    "女士",
    "男士",
    "瑜伽",
    "跑步",
)


def measure() -> list[Figure]:
    names = ("Luma, name, recall@1", "Luma, one typo, recall@5", "grocery, sentence, recall@1")
    if not LUMA.exists() or not GROCERY.exists():
        return [Figure(name, None, "", 0.98, True, "no data here") for name in names]
    with tempfile.TemporaryDirectory() as home:
        wiring = Wiring(load_settings({"home": home}))
        products = [item for item in wiring.catalog(str(LUMA)).read() if isinstance(item, Product)]
        figures = [*luma_figures(wiring, products), grocery_figure(wiring)]
        figures += speed_figures(wiring, products)
        wiring.close()
    return figures


def luma_figures(wiring: Wiring, products: Sequence[Product]) -> list[Figure]:
    store = fill(wiring, "luma", products)
    generator = random.Random(SEED)
    titles = {product.id: product.title for product in products}
    named = [(title, product_id) for product_id, title in titles.items()]
    misspelt = [
        (with_typo(title, generator), product_id)
        for product_id, title in titles.items()
        for _ in range(TYPOS_EACH)
    ]
    return [
        Figure("Luma, name, recall@1", recall(store, named, 1), "", 0.98, True, len_of(named)),
        Figure(
            "Luma, one typo, recall@5", recall(store, misspelt, 5), "", 0.95, True, len_of(misspelt)
        ),
    ]


def grocery_figure(wiring: Wiring) -> Figure:
    products, queries = [], []
    with (GROCERY / "classes.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            product_id = row["Class ID (int)"]
            title = row["Class Name (str)"].replace("-", " ")
            category = row["Coarse Class Name (str)"].replace("-", " ")
            products.append(Product(id=product_id, title=title, categories=((category,),)))
            path = GROCERY / row["Product Description Path (str)"].lstrip("/")
            sentence = re.split(r"(?<=[.!?])\s", path.read_text().strip())[0]
            queries.append((sentence, product_id))
    words = recall(fill(wiring, "grocery", products), queries, 1)
    found = recall(fill(wiring, "grocery meanings", products, meanings=True), queries, 1)
    note = f"{len(queries)} queries; {words:.3f} by words alone"
    return Figure("grocery, sentence, recall@1", found, "", 0.8, True, note)


def speed_figures(wiring: Wiring, products: Sequence[Product]) -> list[Figure]:
    generator = random.Random(SEED)
    drawn = drawn_products(products, generator)
    store = fill(wiring, "large", drawn)
    first = milliseconds(store, ["jaket"])[0]
    names = [generator.choice(drawn).title for _ in range(TIMED)]
    kinds = {
        "names": names,
        "two words of a name": [" ".join(generator.sample(n.split(), 2)) for n in names],
        "misspelt names": [with_typo(name, generator) for name in names],
        "one word too many": [f"{name} unicorn" for name in names],
    }
    figures = []
    for kind, texts in kinds.items():
        p50, p95 = np.percentile(milliseconds(store, texts)[WARM_UP:], (50, 95))
        name = f"words at 100k products, {kind}, p50"
        note = f"p95 {p95:.1f} ms; reading the vocabulary {first:.0f} ms"
        figures.append(Figure(name, float(p50), "ms", 10, False, note))
    draw_vectors(wiring)
    # Each once: what was asked before is remembered.
    texts = generator.sample([f"{a}{b}" for a in FOREIGN for b in FOREIGN], len(FOREIGN) ** 2)
    p50, p95 = np.percentile(milliseconds(store, texts)[WARM_UP:], (50, 95))
    name = "words at 100k products, by meaning, p50"
    return [*figures, Figure(name, float(p50), "ms", 60, False, f"p95 {p95:.1f} ms")]


def draw_vectors(wiring: Wiring) -> None:
    """Embed as many texts as make a block, and keep the block over and over, with noise."""
    assert wiring.text_encoder is not None
    texts = wiring.store().text_vectors("large")
    generator = np.random.default_rng(SEED)
    drawn: FloatArray | None = None
    while (block := texts.unembedded(wiring.text_encoder.space, BATCH)) is not None:
        if drawn is None:
            drawn = wiring.text_encoder.encode_texts([text.text for text in block])
        noise = generator.standard_normal(drawn.shape, dtype=np.float32)
        vectors = unit_rows(drawn + 0.2 * unit_rows(noise))
        texts.put_vectors(wiring.text_encoder.space, block, vectors[: len(block)])
    texts.finish()


def fill(
    wiring: Wiring, name: str, products: Iterable[Product], *, meanings: bool = False
) -> PostgresProducts:
    """Put products without their photos."""
    card = wiring.encoder("efficientnet-lite0").card
    run = wiring.store().begin_run(name, profile="fast", card=card, source="benchmark")
    batch: list[Product] = []
    for product in products:
        batch.append(product)
        if len(batch) == BATCH:
            run.put_products(batch)
            batch = []
    run.put_products(batch)
    run.finish((), remove_missing=False, complete=True)
    if meanings:
        learn_meanings(wiring, name)
    return wiring.store().open(name)


def drawn_products(products: Sequence[Product], generator: random.Random) -> list[Product]:
    """Names of three words and a model name of their own, the rest of a real product."""
    words = sorted({word for product in products for word in product.title.split()})
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"]
    drawn = []
    for number in range(LARGE):
        real = products[number % len(products)]
        model = "".join(generator.choice(syllables) for _ in range(3)).capitalize()
        title = f"{model} {' '.join(generator.sample(words, 2))}"
        drawn.append(
            Product(
                id=f"L{number:06}",
                title=title,
                description=real.description,
                categories=real.categories,
                attributes=real.attributes,
            )
        )
    return drawn


def with_typo(text: str, generator: random.Random) -> str:
    """One edit in one word of four letters or more."""
    words = text.split()
    long = [n for n, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not long:
        return text
    chosen = generator.choice(long)
    words[chosen] = edited(words[chosen], generator)
    return " ".join(words)


def edited(word: str, generator: random.Random) -> str:
    place = generator.randrange(len(word))
    other = generator.choice(string.ascii_lowercase.replace(word[place].lower(), ""))
    match generator.randrange(4):
        case 0:
            return word[:place] + word[place + 1 :]
        case 1:
            return word[:place] + other + word[place:]
        case 2:
            return word[:place] + other + word[place + 1 :]
        case _:
            place = min(place, len(word) - 2)
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def recall(store: PostgresProducts, queries: Sequence[tuple[str, str]], depth: int) -> float:
    """The share of queries whose product, or one of the same title, is among the first."""
    title = {p.id: p.title for p in store.get([product_id for _, product_id in queries])}
    hits = 0
    for text, product_id in queries:
        found = store.browse(BrowseQuery(words=text, limit=depth)).products
        hits += title[product_id] in {scored.product.title for scored in found}
    return hits / len(queries)


def milliseconds(store: PostgresProducts, texts: Sequence[str]) -> list[float]:
    taken = []
    for text in texts:
        started = time.perf_counter()
        store.browse(BrowseQuery(words=text, limit=24))
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def len_of(queries: Sequence[object]) -> str:
    return f"{len(queries)} queries"
