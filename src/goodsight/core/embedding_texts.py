"""Products' texts -> vectors, as far as they lack one or have changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from goodsight.core.ports import TextEncoder
from goodsight.core.types import FloatArray, Product

__all__ = ["TextVectorStore", "UnembeddedText", "embed_texts", "text_of"]

TEXTS_PER_COMMIT = 32
# The model's time grows with the text, and what a product is stands at its beginning.
MAX_LENGTH = 300


@dataclass(frozen=True, slots=True)
class UnembeddedText:
    """A text without a vector; `key` is the store's own name for its product."""

    key: object
    text: str


class TextVectorStore(Protocol):
    """Keeps a vector for the text of each product of one collection."""

    def unembedded(
        self, space: str, limit: int, product_ids: Sequence[str] | None = None
    ) -> Sequence[UnembeddedText] | None:
        """The next texts that lack a vector of that space; None when there are none left.

        Of these products alone, where ids are given. Products that changed while their text
        did not are settled on the way, so there may be none in one answer and some in the next.
        """
        ...

    def put_vectors(self, space: str, texts: Sequence[UnembeddedText], vectors: FloatArray) -> None:
        """Keep a vector, a row of float32 (n, d), for each of the texts; durable afterwards."""
        ...

    def finish(self) -> None:
        """Let searches notice what was put."""
        ...


def embed_texts(
    store: TextVectorStore,
    encoder: TextEncoder,
    *,
    product_ids: Sequence[str] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Embed what lacks a vector; how many texts. Goes on where it was stopped or killed.

    Only `product_ids` are looked at, where given: a catalogue is not read through for one.
    Raises StoreError, ModelError.
    """
    embedded = 0
    while not should_stop():
        texts = store.unembedded(encoder.space, TEXTS_PER_COMMIT, product_ids)
        if texts is None:
            break
        if texts:
            store.put_vectors(encoder.space, texts, encoder.encode_texts([t.text for t in texts]))
            embedded += len(texts)
    if embedded:
        store.finish()
    return embedded


def text_of(product: Product) -> str:
    """What tells a product by its meaning: title, brand, last levels of its categories.

    Attributes and descriptions blur it: docs/decisions/0020.
    """
    kinds = [path[-1] for path in product.categories if path]
    parts = dict.fromkeys((product.title, product.brand or "", *kinds))
    return ", ".join(part for part in parts if part)[:MAX_LENGTH]
