"""Results as the JSON documents that the command line and later the service speak."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from goodsight.core.reports import Check, CollectionInfo, IndexReport
from goodsight.core.types import Attributes, Hit, ModelCard, Product, Results, Skip
from goodsight.core.understood import Understood
from goodsight.rendering.words import decimal_text

__all__ = [
    "attributes_document",
    "checks_document",
    "collection_document",
    "index_document",
    "model_document",
    "product_document",
    "results_document",
    "understood_document",
]


def index_document(report: IndexReport) -> dict[str, Any]:
    """What an index run did."""
    return {
        "products": asdict(report.products),
        "photos": asdict(report.photos),
        "skipped": [_skip(skip) for skip in report.skipped],
        "seconds": round(report.seconds, 3),
        "photos_per_second": round(report.photos_per_second, 1),
        "space": report.space,
        "interrupted": report.interrupted,
    }


def results_document(results: Results) -> dict[str, Any]:
    """The answer to a query; `understood` is there where words were read as a request."""
    understood = results.understood
    return {
        "query_id": results.query_id,
        "hits": [_hit(hit) for hit in results.hits],
        "no_match": results.no_match,
        "read_as": results.read_as,
        "some_words": results.some_words,
        "facets": {name: dict(counts) for name, counts in results.facets.items()},
        "space": results.space,
        "index_version": results.index_version,
        "timings": {name: round(ms, 2) for name, ms in asdict(results.timings).items()},
        **({} if understood is None else {"understood": understood_document(understood)}),
    }


def understood_document(understood: Understood) -> dict[str, Any]:
    """How a request in words was read."""
    return {
        "text": understood.text,
        "filter": understood.filter,
        "colours": list(understood.colours),
        "word_use": understood.word_use.value,
        "chips": [
            {
                "kind": chip.kind.value,
                "label": chip.label,
                "filter": chip.filter,
                "words": chip.words,
                "start": chip.start,
                "end": chip.end,
            }
            for chip in understood.chips
        ],
    }


def product_document(product: Product) -> dict[str, Any]:
    """A product; money is a decimal string, an attribute a text or a list of texts."""
    return {
        "id": product.id,
        "title": product.title,
        "price": decimal_text(product.price),
        "currency": product.currency,
        "stock": product.stock,
        "in_stock": product.in_stock,
        "categories": ["/".join(path) for path in product.categories],
        "brand": product.brand,
        "url": product.url,
        "attributes": attributes_document(product.attributes),
        "photo": product.photos[0] if product.photos else None,
    }


def collection_document(info: CollectionInfo) -> dict[str, Any]:
    """How a collection stands."""
    indexed_at = None if info.indexed_at is None else info.indexed_at.isoformat()
    return {**asdict(info), "indexed_at": indexed_at}


def model_document(card: ModelCard) -> dict[str, Any]:
    """What a model is."""
    return asdict(card)


def checks_document(checks: tuple[Check, ...]) -> dict[str, Any]:
    """What the doctor found."""
    return {"ok": all(check.ok for check in checks), "checks": [asdict(c) for c in checks]}


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "product": product_document(hit.product),
        "variant": hit.variants[0] if hit.variants else None,
        "photo": hit.photo,
        "score": round(hit.score, 6),
        "confidence": hit.confidence,
        "explanation": {name: round(part, 6) for name, part in hit.explanation.items()},
    }


def attributes_document(attributes: Attributes) -> dict[str, str | list[str]]:
    """Name -> its value, or the list of its values."""
    return {
        name: values[0] if len(values) == 1 else list(values) for name, values in attributes.items()
    }


def _skip(skip: Skip) -> dict[str, Any]:
    return {"ref": skip.reference, "row": skip.row, "reason": skip.reason}
