"""The client: one method for each thing that can be asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from goodsight.client.answers import (
    ProductDetails,
    PutAnswer,
    SearchAnswer,
    SuggestedText,
    TranscriptAnswer,
    UnderstoodAnswer,
    product_details,
    put_answer,
    search_answer,
    transcript_answer,
    understood_answer,
)
from goodsight.client.connection import Connection
from goodsight.client.explanations import ExplanationAnswer, explanation_answer
from goodsight.client.terms import QueryTerm
from goodsight.core.errors import UsageError

__all__ = ["Client"]

Box = tuple[float, float, float, float]
PRODUCTS_PER_REQUEST = 500


class Client:
    """One collection of a service. Safe to use from several threads.

    Requests that a busy or restarting service did not take are sent again, up to `attempts`
    times in all. Every method raises ServiceError, and UsageError for a name that no address can
    hold. A ServiceError's `kind` is the end of the problem's
    type: "collection-not-found", "photo-unreadable", "upload-expired", "unreachable" …
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        collection: str = "default",
        timeout_seconds: float = 60.0,
        attempts: int = 8,
    ) -> None:
        self._connection = Connection(base_url, key, timeout_seconds, attempts)
        self._collection = collection
        self._root = f"/v1/collections/{_segment(collection)}"

    def search(
        self,
        *,
        image: bytes | str | Path | None = None,
        image_id: str | None = None,
        image_url: str | None = None,
        product_id: str | None = None,
        text: str | None = None,
        audio: bytes | str | Path | None = None,
        box: Box | None = None,
        terms: Sequence[QueryTerm] = (),
        where: str | None = None,
        facets: Sequence[str] = (),
        sort: str = "match",
        limit: int = 10,
        cursor: str | None = None,
        metric: str = "cosine",
        look: str = "style",
        colours: Sequence[str] = (),
        understand: bool = False,
    ) -> SearchAnswer:
        """Search by a photo (bytes, or a file's path), words, or likeness to a product.

        `audio` is a recording of words: WAV, FLAC or Ogg.
        `box` is [x, y, width, height] in 0..1 of the upright photo. `look` is "style", "colour",
        "both" or "pattern"; `colours`, names or #rrggbb, stand for the photo's own. With
        `understand` the text is read as a request, and the answer's `understood` tells how.
        `terms` come on top, each with its weight and box.
        """
        if terms:
            first = QueryTerm(image, image_id, image_url, text, product_id, audio, box=box)
            asked = {
                "query": [term.document() for term in (*first.parts(), *terms)],
                "filter": where,
                "facets": list(facets),
                "sort": sort,
                "limit": limit,
                "cursor": cursor,
                "metric": metric,
                "look": look,
                "colours": list(colours),
                "understand": understand,
            }
            answer = self._connection.ask("POST", f"{self._root}/search", json=asked)
            return search_answer(answer.json())
        fields: dict[str, str] = {"sort": sort, "limit": str(limit), "metric": metric, "look": look}
        given = {
            "image_id": image_id,
            "image_url": image_url,
            "product_id": product_id,
            "text": text,
            "filter": where,
            "cursor": cursor,
            "facets": ",".join(facets) or None,
            "colours": ",".join(colours) or None,
            "understand": "true" if understand else None,
            "box": None if box is None else ",".join(f"{share:.6f}" for share in box),
        }
        fields |= {name: value for name, value in given.items() if value is not None}
        # A form even without a file: fields are sent as parts.
        parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in fields.items()]
        if image is not None:
            parts.append(("image", ("photo", _bytes(image))))
        if audio is not None:
            parts.append(("audio", ("recording", _bytes(audio))))
        response = self._connection.ask("POST", f"{self._root}/search", files=parts)
        return search_answer(response.json())

    def search_pages(self, *, pages: int = 10, **asked: Any) -> Iterator[SearchAnswer]:
        """Page after page of the same search, at most so many.

        A photo is sent once: further pages ask for it by its id.
        """
        answer = self.search(**asked)
        yield answer
        if answer.image_id is not None:
            asked = {**asked, "image": None, "image_url": None, "image_id": answer.image_id}
        for _ in range(pages - 1):
            if answer.next_cursor is None:
                return
            answer = self.search(**{**asked, "cursor": answer.next_cursor})
            yield answer

    def explain(
        self,
        hit: str,
        *,
        image: bytes | str | Path | None = None,
        image_id: str | None = None,
        image_url: str | None = None,
        product_id: str | None = None,
        text: str | None = None,
        box: Box | None = None,
        terms: Sequence[QueryTerm] = (),
        where: str | None = None,
        metric: str = "cosine",
        look: str = "style",
        colours: Sequence[str] = (),
    ) -> ExplanationAnswer:
        """Why a search finds the product with the id `hit`; the rest is the search's."""
        first = QueryTerm(image, image_id, image_url, text, product_id, box=box)
        query = [term.document() for term in (*first.parts(), *terms)]
        asked: dict[str, Any] = {"query": query, "filter": where, "metric": metric}
        asked |= {"look": look, "colours": list(colours), "product_id": hit}
        response = self._connection.ask("POST", f"{self._root}/explanation", json=asked)
        return explanation_answer(response.json())

    def transcribe(self, audio: bytes | str | Path) -> TranscriptAnswer:
        """What is said in a recording: WAV, FLAC or Ogg, as bytes or a file's path."""
        parts = {"audio": ("recording", _bytes(audio)), "collection": (None, self._collection)}
        return transcript_answer(self._connection.ask("POST", "/v1/transcribe", files=parts).json())

    def understand(self, text: str) -> UnderstoodAnswer:
        """How a request in words reads in this catalogue, without searching."""
        path = f"{self._root}/understanding"
        return understood_answer(self._connection.ask("POST", path, json={"text": text}).json())

    def suggestions(self, text: str, *, limit: int = 10) -> tuple[SuggestedText, ...]:
        """What to ask for, given what is typed so far; at most ten."""
        response = self._connection.ask(
            "GET", f"{self._root}/suggestions", params={"text": text, "limit": str(limit)}
        )
        return tuple(SuggestedText(**found) for found in response.json()["suggestions"])

    def product(self, product_id: str) -> ProductDetails:
        """A product with photos, variants and attributes."""
        return product_details(self._connection.ask("GET", self._product(product_id)).json())

    def put_product(self, product_id: str, product: Mapping[str, Any]) -> PutAnswer:
        """Insert or replace a product; its fields are those of the API's ProductInput."""
        response = self._connection.ask("PUT", self._product(product_id), json=product)
        return put_answer(response.json())

    def put_products(self, products: Iterable[Mapping[str, Any]]) -> Iterator[PutAnswer]:
        """Insert or replace many, each with its `id`; one answer each, in order.

        Sent some hundred at a time; what is answered is durable. `row` counts from 1.
        """
        for first, lines in _batches(products):
            response = self._connection.ask(
                "POST",
                f"{self._root}/products",
                content=b"".join(lines),
                headers={"Content-Type": "application/x-ndjson"},
            )
            for line in response.text.splitlines():
                document = json.loads(line)
                yield put_answer({**document, "row": first + document["row"]})

    def delete_product(self, product_id: str) -> None:
        """Remove a product."""
        self._connection.ask("DELETE", self._product(product_id))

    def add_photo(self, product_id: str, image: bytes | str | Path) -> str:
        """Give a product one more photo; the photo's path."""
        path = f"{self._product(product_id)}/photos"
        response = self._connection.ask("POST", path, files={"image": ("photo", _bytes(image))})
        return str(response.json()["photo"])

    def picture(self, path: str, *, size: str = "small") -> bytes:
        """A WebP of a photo that an answer named, "small", "medium" or "large"."""
        return self._connection.ask("GET", path, params={"size": size}).content

    def forget(self, image_id: str) -> None:
        """Have the service forget a photo that was searched with."""
        self._connection.ask("DELETE", f"/v1/uploads/{_segment(image_id)}")

    def collection(self) -> Mapping[str, Any]:
        """How the collection stands; see CollectionAnswer in the API."""
        document: Mapping[str, Any] = self._connection.ask("GET", self._root).json()
        return document

    def is_ready(self) -> bool:
        """Wait until searches can be answered. Raises ServiceError where they never can."""
        return self._connection.ask("GET", "/v1/health/ready").is_success

    def close(self) -> None:
        """Give back connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _product(self, product_id: str) -> str:
        return f"{self._root}/products/{_segment(product_id)}"


def _bytes(given: bytes | str | Path) -> bytes:
    """What a caller gave, or the file that it names."""
    return given if isinstance(given, bytes) else Path(given).read_bytes()


def _segment(name: str) -> str:
    """A name as one segment of a path. Raises UsageError for what cannot be one.

    Clients and proxies take "." and ".." out of paths: what was said of a product would then be
    done to its collection.
    """
    if name in ("", ".", ".."):
        raise UsageError(f"{name!r} cannot be asked for: it is no name in an address")
    return quote(name, safe="")


def _batches(products: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, list[bytes]]]:
    """How many came before, and so many lines of JSON."""
    first, lines = 0, []
    for product in products:
        lines.append(json.dumps(product, default=str).encode() + b"\n")
        if len(lines) == PRODUCTS_PER_REQUEST:
            yield first, lines
            first, lines = first + len(lines), []
    if lines:
        yield first, lines
