"""self_check(): the catalogue's own photos, disturbed, as queries. No labels.

A photo of the catalogue finds itself. The share of that which is left once the photo is
turned, cut, darkened and so on tells how far a customer's photo may be from a studio's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from goodsight.core.errors import InputError, UsageError
from goodsight.core.figures import evaluation_of
from goodsight.core.judgements import DEPTH, Judgement, WrongAnswer, category_of
from goodsight.core.measures import DisturbanceFigures, Evaluation, EvaluationMode, SelfCheck
from goodsight.core.resampling import group_numbers, mean_intervals, ratio_intervals
from goodsight.core.types import Photo, Product, Results, Skip

__all__ = ["UNDISTURBED", "CheckedPhoto", "self_check"]

UNDISTURBED = "undisturbed"

Disturbances = Mapping[str, Callable[[Photo], Photo]]


@dataclass(frozen=True, slots=True)
class CheckedPhoto:
    """A photo of the catalogue, decoded, with the products that show it.

    `content_hash` is the catalogue's; `from_thumbnail` tells that the original is gone.
    """

    photo: Photo
    content_hash: str
    products: tuple[Product, ...]
    from_thumbnail: bool = False


def self_check(
    photos: Iterable[CheckedPhoto | Skip],
    ask: Callable[[Photo], Results],
    disturbances: Disturbances,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """Ask with every photo as it is and disturbed in each way.

    The figures are of the disturbed photos; `self_check` holds those of each disturbance.
    `progress` hears how many photos are done. A photo that cannot be asked with is listed
    in `failed` and counts nowhere.
    """
    rows: list[tuple[Judgement, ...]] = []
    failed: list[Skip] = []
    space, thumbnails = "", 0
    for count, item in enumerate(photos, start=1):
        if isinstance(item, Skip):
            failed.append(item)
        else:
            try:
                answers = _answers(item, ask, disturbances)
            except (InputError, UsageError) as error:
                failed.append(Skip(item.photo.reference, str(error)))
            else:
                rows.append(tuple(_judge(item, name, found) for name, found in answers.items()))
                space = answers[UNDISTURBED].space
                thumbnails += item.from_thumbnail
        progress(count)
    evaluation = evaluation_of(
        [judgement for row in rows for judgement in row[1:]],
        mode=EvaluationMode.SELF_CHECK,
        failed=failed,
        space=space,
    )
    return replace(evaluation, self_check=_summary(rows, tuple(disturbances), thumbnails))


def _answers(
    item: CheckedPhoto, ask: Callable[[Photo], Results], disturbances: Disturbances
) -> dict[str, Results]:
    answers = {UNDISTURBED: ask(item.photo)}
    for name, disturb in disturbances.items():
        answers[name] = ask(disturb(item.photo))
    return answers


def _judge(item: CheckedPhoto, name: str, results: Results) -> Judgement:
    wanted = {product.id for product in item.products}
    ranks = [n for n, hit in enumerate(results.hits[:DEPTH]) if hit.product.id in wanted]
    top = results.hits[0] if results.hits else None
    right = item.products[0]
    return Judgement(
        query=f"{item.photo.reference}, {name}",
        ranks=tuple(ranks),
        relevant=len(wanted),
        known=True,
        score=top.score if top else -np.inf,
        confidence=top.confidence if top else None,
        category=category_of(right),
        product_id=right.id,
        title=right.title,
        content_hash=item.content_hash,
        first=WrongAnswer.of(top) if top else None,
        timings=results.timings,
        group=right.id,
    )


def _summary(
    rows: Sequence[tuple[Judgement, ...]], names: tuple[str, ...], thumbnails: int
) -> SelfCheck:
    right = np.array([[float(j.rank == 0) for j in row] for row in rows], dtype=np.float64)
    right = right.reshape(len(rows), 1 + len(names))
    groups = group_numbers([row[0].group for row in rows])
    means = right.mean(axis=0) if len(rows) else np.zeros(right.shape[1])
    figures = [
        DisturbanceFigures(name, len(rows), float(mean), interval)
        for name, mean, interval in zip(
            (UNDISTURBED, *names), means, mean_intervals(right, groups), strict=True
        )
    ]
    kept, interval = None, None
    if names and means[0] > 0:
        kept = float(means[1:].mean() / means[0])
        [interval] = ratio_intervals(right[:, 1:].mean(axis=1)[:, None], right[:, :1], groups)
    return SelfCheck(figures[0], tuple(figures[1:]), kept, interval, len(rows), thumbnails)
