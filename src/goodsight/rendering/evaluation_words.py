"""Figures and their context in words, the same on the terminal and in the report."""

from __future__ import annotations

from collections.abc import Iterator

from goodsight.core.measures import Evaluation, EvaluationMode, LeftOut, MissedProduct
from goodsight.core.resampling import Interval

__all__ = ["context_lines", "figure", "interval_text", "rank_text", "rows_of_figures"]

ASKED = {
    EvaluationMode.LABELLED: "labelled queries",
    EvaluationMode.LEAVE_ONE_OUT: "photos of the catalogue, each against the rest",
    EvaluationMode.SELF_CHECK: "disturbed photos of the catalogue",
}


def figure(value: float | None) -> str:
    """Three decimals, a dash for what could not be measured."""
    return "–" if value is None else f"{value:.3f}"


def interval_text(interval: Interval | None) -> str:
    """ "0.612 to 0.701", or nothing."""
    return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else ""


def rank_text(product: MissedProduct) -> str:
    """Where the right product came."""
    if product.rank is None:
        return "not among the first 100"
    return f"place {product.rank + 1}"


def rows_of_figures(evaluation: Evaluation) -> Iterator[tuple[str, str, str]]:
    """Name, value and 95 % interval of each figure that was measured."""
    for cutoff, value in evaluation.recall.items():
        name = f"recall@{cutoff}"
        yield name, figure(value), interval_text(evaluation.ci95.get(name))
    yield "MRR", figure(evaluation.mrr), interval_text(evaluation.ci95.get("mrr"))
    yield "nDCG@10", figure(evaluation.ndcg_at_10), interval_text(evaluation.ci95.get("ndcg@10"))
    if evaluation.self_check is not None:
        check = evaluation.self_check
        whole = check.undisturbed
        yield "undisturbed", figure(whole.recall_at_1), interval_text(whole.ci95)
        yield "share kept", figure(check.kept), interval_text(check.kept_ci95)
    if evaluation.unknown.queries:
        yield "unknown: AUROC", figure(evaluation.unknown.auroc), ""
    if evaluation.ece is not None:
        yield "calibration error", figure(evaluation.ece), ""


def context_lines(evaluation: Evaluation) -> Iterator[str]:
    """How much was asked, what was left out and why."""
    line = f"{evaluation.queries:,} queries: {ASKED[evaluation.mode]}"
    if evaluation.mode is EvaluationMode.LABELLED:
        line += f", {evaluation.unknown.queries:,} of them unknown"
    yield f"{line}; {len(evaluation.failed):,} failed"
    if evaluation.left_out is not None:
        yield from _left_out(evaluation.left_out)
    check = evaluation.self_check
    if check is not None:
        yield f"{check.photos:,} photos, each disturbed in {len(check.disturbances)} ways"
        if check.from_thumbnails:
            yield (
                f"{check.from_thumbnails:,} photos from their thumbnails: the originals are gone"
                " or have changed"
            )


def _left_out(left: LeftOut) -> Iterator[str]:
    yield f"{left.near_duplicates:.1f} near-duplicates of the query left out on average"
    for count, reason in (
        (left.only_photo, "the only one of their product"),
        (left.only_shots, "only near-duplicates beside them"),
        (left.no_variant, "no variant that another photo shows"),
        (left.not_sampled, "more than are asked; a fixed sample was drawn"),
    ):
        if count:
            yield f"{count:,} photos not asked with: {reason}"
