"""What a collection's products mean: vectors of their texts, where texts can be encoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from goodsight.core.embedding_texts import embed_texts
from goodsight.wiring import Wiring

__all__ = ["learn_meanings"]


def learn_meanings(
    wiring: Wiring,
    collection: str,
    *,
    product_ids: Sequence[str] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Embed the texts that lack a vector; nothing without the extra `text`.

    Only those of `product_ids` are looked at, where given. Goes on where it was stopped.
    Raises CollectionNotFound, StoreError, ModelError.
    """
    if wiring.text_encoder is not None:
        texts = wiring.store().text_vectors(collection)
        embed_texts(texts, wiring.text_encoder, product_ids=product_ids, should_stop=should_stop)
