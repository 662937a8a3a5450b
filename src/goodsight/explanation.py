"""Why one collection gave a hit: finds it again, reads its photo, and explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Protocol

from goodsight.core.answering import MAX_LIMIT
from goodsight.core.errors import SpaceMismatch, UsageError
from goodsight.core.explaining import Explanation, Sight, explain
from goodsight.core.types import Hit, Query, Results, Sort
from goodsight.reading import CollectionReader
from goodsight.rendering import ShownResults
from goodsight.wiring import Wiring

__all__ = ["Explainer", "shown_results"]

# Who asks why, asks of one of the first hits. Only where it is not among them all are looked at.
FIRST_HITS = 50


class Find(Protocol):
    """Answers a query whose photos are decoded, as `Shop.find` does."""

    def __call__(self, query: Query) -> Results:
        """Raises what `Shop.find` raises."""
        ...


class Explainer:
    """Explains hits of one collection."""

    def __init__(self, wiring: Wiring, reader: CollectionReader, find: Find) -> None:
        self._wiring = wiring
        self._reader = reader
        self._find = find

    def explain(self, query: Query, product_id: str) -> Explanation:
        """Why the query finds this product.

        Raises UsageError where it does not, or has neither photo nor product to look like;
        PhotoError where neither the hit's photo nor its thumbnail can be read; what
        `Shop.find` raises.
        """
        if not self._reader.compares_looks(query):
            raise UsageError("words alone have no looks to explain: give a photo or a product")
        query, _ = self._reader.understood_query(self._wiring.mended(query))
        query = replace(query, understand=False)
        return self._reader.in_its_space(lambda _: self._explained(query, product_id))

    def _explained(self, query: Query, product_id: str) -> Explanation:
        """Raises SpaceMismatch where the collection's space is switched meanwhile."""
        hit, space = self._hit(query, product_id)
        sight = self._sight()
        if sight.encoder.card.space != space:
            raise SpaceMismatch("the collection's space was switched just now: ask again")
        loader = self._wiring.kept_photos(sight.base.card, self._reader.collection)
        found = self._reader.kept_photo(hit.photo, hit.content_hash, loader)
        return explain(
            query,
            hit,
            found.photo,
            sight,
            self._reader.stored(),
            self._reader.stored(),
            lambda: self._reader.photo_sample(sight.encoder.card),
            from_thumbnail=found.from_thumbnail,
        )

    def _hit(self, query: Query, product_id: str) -> tuple[Hit, str]:
        """The hit as a search shows it, and the space it was found in."""
        for limit in (FIRST_HITS, MAX_LIMIT):
            results = self._find(replace(query, limit=limit, offset=0, sort=Sort.MATCH, facets=()))
            for hit in results.hits:
                if hit.product.id == product_id:
                    return hit, results.space
            if len(results.hits) < limit:
                break
        raise UsageError(
            f"the product '{product_id}' is not among the {len(results.hits)} that this query finds"
        )

    def _sight(self) -> Sight:
        base, active = self._reader.sight()
        encoder = self._wiring.projected(base, active.projection)
        return Sight(encoder, base, active.projection)


def shown_results(
    found: Results,
    query: Query,
    load_thumbnails: Callable[[Sequence[str]], Mapping[str, bytes]],
    explainer: Explainer,
) -> ShownResults:
    """Results that can show their pictures and their reasons."""
    facts = {name.name: getattr(found, name.name) for name in fields(found)}
    return ShownResults(
        **facts,
        load_thumbnails=load_thumbnails,
        explain_hit=lambda product_id: explainer.explain(query, product_id),
        query_photos=tuple(term.photo for term in query.terms if term.photo is not None),
    )
