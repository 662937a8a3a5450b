"""The card of what a tuning run came to."""

from __future__ import annotations

from goodsight.core.ports import ImageEncoder
from goodsight.core.projecting import Projection
from goodsight.core.tuning import TunedModel
from goodsight.training.shop_photos import ShopPhotos

__all__ = ["tuned_model"]


def tuned_model(
    photos: ShopPhotos, base_model: str, projection: Projection, encoder: ImageEncoder
) -> TunedModel:
    """What was learnt from `photos`, beginning with `base_model`: a projection of an encoder's."""
    card = encoder.card
    return TunedModel(
        space=projection.space(card.space),
        base_space=card.space,
        base_model=base_model,
        dimension=projection.dimension,
        photos=len(photos),
        products=len(photos.ids),
        data=photos.fingerprint(),
        licence=card.licence,
    )
