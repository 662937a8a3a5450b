"""Values of the core as the JSON documents of the interface; photos become paths of this service.

References of photos stay inside: they may be paths of the owner's disk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from goodsight.core.reports import CollectionInfo
from goodsight.core.types import KeptPhoto, Product, Results, Variant
from goodsight.rendering import (
    attributes_document,
    collection_document,
    decimal_text,
    index_document,
    product_document,
    results_document,
)
from goodsight.service.jobs import Job

__all__ = [
    "collection_summary",
    "found_document",
    "job_document",
    "photo_path",
    "product_page",
    "short_product",
]


def photo_path(collection: str, content_hash: str) -> str | None:
    """Where this service shows a photo; None for none."""
    if not content_hash:
        return None
    return f"/v1/collections/{quote(collection, safe='')}/photos/{content_hash}"


def found_document(results: Results, collection: str) -> dict[str, Any]:
    """What was found; see the schema SearchAnswer, which has a few things more."""
    document = results_document(results)
    for hit, shown in zip(results.hits, document["hits"], strict=True):
        shown["photo"] = shown["product"]["photo"] = photo_path(collection, hit.content_hash)
    return document


def short_product(product: Product, photo: str | None) -> dict[str, Any]:
    """A product as a list shows it."""
    return {**product_document(product), "photo": photo}


def product_page(product: Product, photos: Sequence[KeptPhoto], collection: str) -> dict[str, Any]:
    """A product with everything that is known of it."""
    paths = {photo.reference: photo_path(collection, photo.content_hash) for photo in photos}
    first = photo_path(collection, photos[0].content_hash) if photos else None
    return {
        **short_product(product, first),
        "description": product.description,
        "variants": [_variant(variant, paths) for variant in product.variants],
        "photos": [
            {
                "url": photo_path(collection, photo.content_hash),
                "width": photo.width,
                "height": photo.height,
                "findings": list(photo.findings),
            }
            for photo in photos
        ],
    }


def _variant(variant: Variant, paths: Mapping[str, str | None]) -> dict[str, Any]:
    return {
        "id": variant.id,
        "options": attributes_document(variant.options),
        "price": decimal_text(variant.price),
        "stock": variant.stock,
        "in_stock": None if variant.stock is None else variant.stock > 0,
        "photos": [path for photo in variant.photos if (path := paths.get(photo))],
    }


def collection_summary(info: CollectionInfo) -> dict[str, Any]:
    """A collection; where its feeds lie is the owner's business."""
    document = collection_document(info)
    del document["sources"]
    return document


def job_document(job: Job) -> dict[str, Any]:
    """An index run that was started here."""
    return {
        "job_id": job.job_id,
        "collection": job.collection,
        "source": job.source,
        "status": job.status,
        "progress": asdict(job.progress),
        "report": None if job.report is None else index_document(job.report),
        "error": job.error,
    }
