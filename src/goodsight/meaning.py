"""What a collection's products mean: vectors of their texts, where texts can be encoded.

And what their photos say of it: a bridge from texts to where such photos should lie.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from goodsight.core.bridge_learning import BridgeGain, is_bridge_due, learn_bridge
from goodsight.core.bridging import Bridge
from goodsight.core.embedding_texts import embed_texts
from goodsight.wiring import Wiring

__all__ = ["bridge_of", "bridge_texts", "learn_meanings"]


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


def bridge_texts(
    wiring: Wiring,
    collection: str,
    *,
    even_if_known: bool = False,
    begins: Callable[[], None] = lambda: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> BridgeGain | None:
    """Learn what leads from texts to photos, where the catalogue has changed enough.

    With `even_if_known` whatever has changed. None where nothing was learnt: without the extra
    `text`, where it is not due, or stopped. `begins` is told when there is something to do.
    Raises CollectionNotFound, StoreError, ModelError.
    """
    encoder = wiring.text_encoder
    if encoder is None:
        return None
    keeper = wiring.store().bridges(collection)
    if not even_if_known and not is_bridge_due(keeper, encoder.space):
        return None
    begins()
    return learn_bridge(keeper, encoder, should_stop=should_stop)


def bridge_of(wiring: Wiring, collection: str) -> Bridge | None:
    """What leads from a text's vector to photos; None where none was worth keeping.

    Its `photo_space` is the collection's as of now. Raises CollectionNotFound, StoreError.
    """
    encoder = wiring.text_encoder
    return None if encoder is None else wiring.store().bridges(collection).bridge(encoder.space)
