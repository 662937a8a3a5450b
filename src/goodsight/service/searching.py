"""A search request -> a query with decoded photos -> the answer's document.

Everything here blocks and runs on a worker thread; fetching URLs comes before, so that a slow
site keeps no core waiting.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from goodsight.core.answering import MAX_LIMIT
from goodsight.core.choices import Look
from goodsight.core.regions import part_of
from goodsight.core.types import Metric, Photo, Query, Results, Sort, Term
from goodsight.service.documents import found_document
from goodsight.service.problems import Problem
from goodsight.service.schemas import QueryTerm, SearchRequest
from goodsight.service.state import ServiceState
from goodsight.service.uploads import Upload

__all__ = ["Answered", "QueryPhotos", "answer_search", "asked_query", "decode_base64_sound", "find"]

# Of a photo that is kept: what a page shows, and enough for a region of it.
KEPT_LONG_SIDE_PIXELS = 1600


@dataclass(frozen=True, slots=True)
class Answered:
    """What a search came to, with the first photo that was sent or kept, and words heard."""

    results: Results
    image_id: str | None
    upload: Upload | None
    heard: str | None


@dataclass(slots=True)
class QueryPhotos:
    """The photos and recordings of one query on their way from bytes to terms."""

    state: ServiceState
    collection: str
    sent: Mapping[int, bytes]
    image_id: str | None = None
    upload: Upload | None = None
    decode_ms: float = 0.0
    heard: list[str] = field(default_factory=list)

    def term(self, position: int, asked: QueryTerm) -> Term:
        """The term that was asked for, at its place in the query.

        Raises Problem, PhotoError, SoundError.
        """
        if asked.text is not None:
            return Term(text=asked.text, weight=asked.weight)
        if asked.audio is not None:
            with self.state.watch("listen"):
                words = self.state.shop(self.collection).words_in(self.sent[position])
            self.heard.append(words)
            return Term(text=words, weight=asked.weight)
        if asked.product_id is not None:
            return Term(product_id=asked.product_id, weight=asked.weight)
        started = time.perf_counter()
        with self.state.watch("decode"):
            photo = self._photo(position, asked)
        self.decode_ms += (time.perf_counter() - started) * 1000
        return Term(
            photo=photo if asked.box is None else part_of(photo, asked.box), weight=asked.weight
        )

    def _photo(self, position: int, asked: QueryTerm) -> Photo:
        if asked.image_id is not None:
            upload = self.state.uploads.get(asked.image_id)
            if upload is None:
                raise Problem("upload-expired", "send the photo again: it is not kept any more")
            self._first(asked.image_id, upload)
            return self.state.wiring.decode_upload(upload.data)
        side = self.state.shop(self.collection).stored().photo_side()
        accepted = self.state.wiring.accept_upload(
            self.sent[position], side=side, long_side=KEPT_LONG_SIDE_PIXELS
        )
        photo = accepted.photo
        self.state.metrics.photos_decoded.inc()
        upload = Upload(accepted.kept, photo.width, photo.height, photo.findings)
        self._first(self.state.uploads.put(upload), upload)
        if asked.box is None:
            return photo
        return self.state.wiring.decode_upload(upload.data)

    def _first(self, image_id: str | None, upload: Upload) -> None:
        if self.upload is None:
            self.image_id, self.upload = image_id, upload


def asked_query(
    state: ServiceState, collection: str, asked: SearchRequest, sent: Mapping[int, bytes]
) -> tuple[Query, QueryPhotos]:
    """The query with its photos decoded; `sent` holds their bytes by their term's position.

    Raises Problem, PhotoError, SoundError, CollectionNotFound, ModelError.
    """
    offset = _offset(asked.cursor)
    photos = QueryPhotos(state, collection, sent)
    terms = tuple(photos.term(position, term) for position, term in enumerate(asked.query))
    query = Query(
        terms=terms,
        where=asked.filter,
        limit=min(asked.limit, MAX_LIMIT - offset),
        offset=offset,
        metric=Metric(asked.metric),
        sort=Sort(asked.sort),
        facets=tuple(asked.facets),
        min_confidence=(
            state.wiring.settings.min_confidence
            if asked.min_confidence is None
            else asked.min_confidence
        ),
        look=Look(asked.look),
        colours=tuple(asked.colours),
        understand=asked.understand,
    )
    return query, photos


def find(
    state: ServiceState, collection: str, asked: SearchRequest, sent: Mapping[int, bytes]
) -> Answered:
    """Search. `sent` holds the bytes of photos by their term's position.

    Raises Problem and every error of `Shop.find`.
    """
    query, photos = asked_query(state, collection, asked, sent)
    results = state.shop(collection).find(query, decode_ms=photos.decode_ms, watch=state.watch)
    return Answered(results, photos.image_id, photos.upload, " ".join(photos.heard) or None)


def answer_search(
    state: ServiceState, collection: str, asked: SearchRequest, sent: Mapping[int, bytes]
) -> dict[str, Any]:
    """Search, and put the answer into its document; see the schema SearchAnswer."""
    answered = find(state, collection, asked, sent)
    results, upload = answered.results, answered.upload
    info = state.info(collection, results.index_version)
    offset = _offset(asked.cursor)
    return {
        **found_document(results, collection),
        "image_id": answered.image_id,
        "heard": answered.heard,
        "photo": None
        if upload is None
        else {"width": upload.width, "height": upload.height, "findings": list(upload.findings)},
        "total": results.total,
        "model_version": info.model,
        "indexed_at": None if info.indexed_at is None else info.indexed_at.isoformat(),
        "next_cursor": _next_cursor(results, offset, asked.limit),
    }


def decode_base64(text: str) -> bytes:
    """Bytes of a photo in a JSON request. Raises Problem."""
    return _base64(text, "photo-unreadable", "the image is not base64")


def decode_base64_sound(text: str) -> bytes:
    """Bytes of a recording in a JSON request. Raises Problem."""
    return _base64(text, "sound-unreadable", "the audio is not base64")


def _base64(text: str, kind: str, detail: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Problem(kind, detail) from None


def _offset(cursor: str | None) -> int:
    """Where the page begins that a cursor names."""
    if cursor is None:
        return 0
    number = cursor.removeprefix("after-")
    if number == cursor or not number.isascii() or not number.isdecimal() or len(number) > 4:
        raise Problem("invalid-request", "the cursor is not one of ours")
    offset = int(number)
    if offset >= MAX_LIMIT:
        raise Problem("invalid-request", f"only the first {MAX_LIMIT} products are given out")
    return offset


def _next_cursor(results: Results, offset: int, limit: int) -> str | None:
    end = offset + len(results.hits)
    if len(results.hits) < limit or end >= min(MAX_LIMIT, results.total or MAX_LIMIT):
        return None
    return f"after-{end}"
