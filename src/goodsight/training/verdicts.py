"""Asking the photos kept aside, and disturbed ones, before a tuned model may serve."""

from __future__ import annotations

from collections.abc import Callable

from goodsight.core.gating import Verdict, gate
from goodsight.core.ports import ImageEncoder
from goodsight.disturbing import DisturbedFeatures, disturbed_features
from goodsight.reading import CollectionReader
from goodsight.training.proof import Proof

__all__ = ["judge"]

CHECKED_PHOTOS = 40
CHECKED_SIDE_PIXELS = 640


def judge(
    proof: Proof,
    reader: CollectionReader,
    encoders: tuple[ImageEncoder, ImageEncoder],
    should_stop: Callable[[], bool],
) -> Verdict:
    """The verdict on a model beside the one in use, seen by these encoders.

    Raises ModelError, StoreError, and Interrupted once `should_stop` says True.
    """

    def disturbed(encoder: ImageEncoder) -> DisturbedFeatures:
        return disturbed_features(
            reader.wiring,
            reader,
            encoder,
            photos=CHECKED_PHOTOS,
            least_side=CHECKED_SIDE_PIXELS,
            should_stop=should_stop,
        )

    before, after = encoders
    seen = disturbed(before)
    others = [("unseen products", proof.unknown())]
    if seen.products:
        again = seen if after is before else disturbed(after)
        others.append(("disturbed photos", proof.disturbed(seen, again)))
    return gate(proof.known(), others, suite=proof.suite)
