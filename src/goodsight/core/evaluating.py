"""evaluate(): labelled queries -> figures.

A query names the products (or variants) that would be right answers; `unknown` queries show
something that is not in the catalogue. Products count once however many photos they have.
`goodsight.core.figures` says what the figures are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from goodsight.core.calibrating import ScoredQuery
from goodsight.core.errors import InputError, PhotoError, UsageError
from goodsight.core.figures import evaluation_of
from goodsight.core.judgements import DEPTH, Judgement, Level, WrongAnswer, category_of
from goodsight.core.measures import Evaluation, EvaluationMode
from goodsight.core.types import Hit, Product, Results, Skip

__all__ = ["Answer", "LabelledQuery", "answers", "evaluate", "judge", "scored"]


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """A photo and/or a text, and the ids that are right; no ids: not in the catalogue.

    `row` is the 1-based line of the query file.
    """

    right_ids: tuple[str, ...]
    image: str | None = None
    text: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A query and what was found."""

    query: LabelledQuery
    results: Results


def evaluate(
    queries: Iterable[LabelledQuery | Skip],
    ask: Callable[[LabelledQuery], Results],
    lookup: Callable[[Sequence[str]], Sequence[Product]],
    *,
    level: Level = Level.PRODUCT,
    progress: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """Ask every query and judge the answers.

    `ask` searches to `DEPTH` hits, `lookup` finds products by id, `progress` hears how many
    queries are done. A query that cannot be asked (a broken photo, a text no model reads)
    is listed in `failed` and left out of the figures.
    """
    judgements: list[Judgement] = []
    failed: list[Skip] = []
    space = ""
    for answer in answers(queries, ask, progress=progress):
        if isinstance(answer, Skip):
            failed.append(answer)
        else:
            judgements.append(judge(answer.query, answer.results, lookup, level))
            space = answer.results.space
    return evaluation_of(judgements, mode=EvaluationMode.LABELLED, failed=failed, space=space)


def answers(
    queries: Iterable[LabelledQuery | Skip],
    ask: Callable[[LabelledQuery], Results],
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Iterator[Answer | Skip]:
    """Ask every query, in order; `progress` hears how many are done.

    What cannot be asked comes as a `Skip` that says why.
    """
    for count, query in enumerate(queries, start=1):
        yield query if isinstance(query, Skip) else _answer(query, ask)
        progress(count)


def _answer(query: LabelledQuery, ask: Callable[[LabelledQuery], Results]) -> Answer | Skip:
    try:
        return Answer(query, ask(query))
    except (InputError, UsageError) as error:
        # A skip names the photo itself.
        reason = error.reason if isinstance(error, PhotoError) else str(error)
        return Skip(query.image or query.text or "", reason, query.row)


def judge(
    query: LabelledQuery,
    results: Results,
    lookup: Callable[[Sequence[str]], Sequence[Product]],
    level: Level,
) -> Judgement:
    """Compare one answer with the ids that are right."""
    matched = _matched(query, results, level)
    ranks = tuple(rank for rank, ids in enumerate(matched) if ids)
    products = [results.hits[rank].product for rank in ranks[:1]] or lookup(query.right_ids)[:1]
    right = products[0] if products else None
    top = results.hits[0] if results.hits else None
    return Judgement(
        query=query.image or query.text or "",
        ranks=ranks,
        relevant=len(ranks) + len(set(query.right_ids).difference(*matched)),
        known=bool(query.right_ids),
        score=top.score if top else -np.inf,
        confidence=top.confidence if top else None,
        category=category_of(right),
        product_id=right.id if right else next(iter(query.right_ids), ""),
        title=right.title if right else "",
        first=WrongAnswer.of(top) if top else None,
        timings=results.timings,
    )


def scored(answer: Answer) -> ScoredQuery:
    """The scores, and where the right product came; variants answer for their product."""
    matched = _matched(answer.query, answer.results, Level.PRODUCT)
    rank = next((rank for rank, ids in enumerate(matched) if ids), None)
    return ScoredQuery(tuple(hit.score for hit in answer.results.hits), rank)


def _matched(query: LabelledQuery, results: Results, level: Level) -> list[set[str]]:
    """For each hit above `DEPTH` the right ids it answers to."""
    wanted = set(query.right_ids)
    return [_right_ids(hit, level) & wanted for hit in results.hits[:DEPTH]]


def _right_ids(hit: Hit, level: Level) -> set[str]:
    """The ids this hit answers to."""
    if level is Level.VARIANT and hit.product.variants:
        return set(hit.variants)
    return {hit.product.id, *(variant.id for variant in hit.product.variants)}
