"""Why a product was found -> the answer's document. Blocks, and runs on a worker thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from goodsight.core.explaining import Explanation
from goodsight.core.heat_maps import Box, HeatMap
from goodsight.core.term_shares import TermKind
from goodsight.rendering import heat_map_document
from goodsight.service.documents import photo_path
from goodsight.service.schemas import ExplanationRequest
from goodsight.service.searching import asked_query
from goodsight.service.state import ServiceState

__all__ = ["answer_explanation"]


def answer_explanation(
    state: ServiceState, collection: str, asked: ExplanationRequest, sent: Mapping[int, bytes]
) -> dict[str, Any]:
    """Explain; see the schema ExplanationAnswer.

    Raises Problem and every error of `Explainer.explain`.
    """
    query, photos = asked_query(state, collection, asked, sent)
    with state.watch("explain"):
        found = state.shop(collection).explainer().explain(query, asked.product_id)
    return {
        "method": found.method,
        "metric": found.metric,
        "score": round(found.score, 6),
        "confidence": found.confidence,
        "shares": {name: round(share, 6) for name, share in found.shares.items()},
        "terms": [
            {
                "kind": term.kind,
                "name": "" if term.kind is TermKind.PHOTO else term.name,
                "weight": term.weight,
                "share": round(term.share, 6),
            }
            for term in found.term_shares
        ],
        "likeness": round(found.likeness, 6),
        "photo_likeness": round(found.photo_likeness, 6),
        "other_terms": round(found.other_terms, 6),
        "query": list(_query_maps(found, asked)),
        "hit": heat_map_document(found.hit_map),
        "photo": photo_path(collection, found.content_hash),
        "from_thumbnail": found.from_thumbnail,
        "image_id": photos.image_id,
    }


def _query_maps(found: Explanation, asked: ExplanationRequest) -> Iterator[dict[str, Any]]:
    """The maps, over the whole photo where a part of it was searched with."""
    with_photo = [
        (position, term)
        for position, term in enumerate(asked.query)
        if term.text is None and term.audio is None and term.product_id is None
    ]
    for (position, term), shown in zip(with_photo, found.query_maps, strict=True):
        box = shown.box if term.box is None else _within(term.box, shown.box)
        yield {"term": position, **heat_map_document(HeatMap(shown.values, box))}


def _within(part: Box, box: Box) -> Box:
    """A box in 0..1 of a part, in 0..1 of the whole."""
    x, y, width, height = part
    return (x + box[0] * width, y + box[1] * height, box[2] * width, box[3] * height)
