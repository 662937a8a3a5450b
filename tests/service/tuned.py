"""Tuned models for the tests of the service, made by hand: directions drawn, nothing trained."""

from __future__ import annotations

import numpy as np

from goodsight.core.calibrating import Calibration
from goodsight.core.gating import Comparison, Verdict
from goodsight.core.projecting import Projection
from goodsight.core.tuning import (
    ChangedQuery,
    CurvePoint,
    FoundProduct,
    TunedModel,
    TuningRecord,
    TuningStatus,
)
from goodsight.core.types import Metric
from goodsight.shop import Shop
from grid_models import grid_folder

DIMENSION = 48


def drawn_projection(features: int, seed: int, dimension: int = DIMENSION) -> Projection:
    """Directions drawn at random keep angles about as they are, and no two draws agree."""
    matrix = np.random.default_rng(seed).standard_normal((features, dimension))
    return Projection(
        mean=np.zeros(features, dtype=np.float32),
        matrix=matrix.astype(np.float32),
        blocks=(features,),
        rooted=False,
        photos=12,
        products=6,
        origin="tuned",
    )


def calibrated(temperature: float) -> dict[Metric, Calibration]:
    """Calibrations that tell one space's confidence from another's."""
    return {
        metric: Calibration(temperature, 0.5, "queries", 12)
        for metric in (Metric.COSINE, Metric.KL)
    }


def tuned_collection(service, small_shop, name: str):
    """The small shop in a collection of its own, in the second of two drawn spaces.

    The encoder's own space and the first drawn one are kept.
    """
    shop = Shop(service.state.wiring, name)
    shop.index(small_shop / "feed.csv")
    features = shop.info().dimension
    keeper = service.state.wiring.store().spaces(name)
    keeper.keep_calibrations(calibrated(0.1))
    for seed, temperature in ((1, 0.2), (2, 0.4)):
        projection = drawn_projection(features, seed)
        keeper.switch_space(projection, calibrated(temperature), keep_former=True)
    return shop


def collection_of_encoders(service, small_shop, name: str, folder):
    """The small shop in a collection of its own, embedded by the last of three encoders.

    The other two are kept.
    """
    shop = Shop(service.state.wiring, name)
    shop.index(small_shop / "feed.csv")
    service.state.wiring.store().spaces(name).keep_calibrations(calibrated(0.1))
    for cells, temperature in ((4, 0.2), (8, 0.4)):
        change = shop.re_embedder().begin(shop.add_model(grid_folder(folder, cells)).name)
        change.embed()
        change.switch(None, calibrated(temperature))
    return shop


def content_hash(shop, product_id: str) -> str:
    return shop.photos(product_id)[0].content_hash


def drawn_record(shop, *, passed: bool = True) -> TuningRecord:
    """What a run would record of the small shop: a curve, a verdict, two queries that changed."""

    def found(product_id: str) -> FoundProduct:
        [product] = shop.products([product_id])
        return FoundProduct(product_id, product.title, content_hash(shop, product_id))

    def changed(product_id: str, before: str, after: str) -> ChangedQuery:
        own = found(product_id)
        return ChangedQuery(own.content_hash, product_id, own.title, found(before), found(after))

    known = "unseen photos of known products"
    comparisons = (
        Comparison(known, 240, 0.75, 0.875, 0.07, 0.18),
        Comparison(known, 80, 0.7, 0.725, -0.03, 0.08, "Round/Discs"),
        Comparison("unseen products", 90, 0.5, 0.5 if passed else 0.25, -0.3, -0.2 + passed),
    )
    reasons = () if passed else ("worse: unseen products: recall@1 0.500 before, 0.250 after",)
    info = shop.info()
    return TuningRecord(
        settings=(("method", "head"), ("epochs", "4"), ("loss", "cosface")),
        curve=tuple(
            CurvePoint(epoch, loss, recall)
            for epoch, loss, recall in [
                (1, 3.5, 0.5), (2, 2.25, 0.75), (3, 1.5, 0.875), (4, float("nan"), 0.8125),
            ]
        ),
        verdict=Verdict(passed, reasons, comparisons),
        model=TunedModel(
            info.space, info.encoder_space, info.model, 48, 12, 6, "c" * 64, "Apache-2.0"
        ),
        changed=(changed("p1", "p2", "p1"), changed("p4", "p0", "p4"), changed("p3", "p3", "p5")),
    )  # fmt: skip


def record_run(shop, status: TuningStatus, record: TuningRecord, *, forced: bool = False) -> int:
    """Record a run that ended so; its number."""
    runs = shop._wiring.store().tuning_runs(shop.collection)
    with runs.begin("head") as run:
        run.finish(status, record, forced=forced)
    return run.id
