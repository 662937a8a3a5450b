"""Products from the API's shape into the core's, put, and answered one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from goodsight.core.types import Product, Variant
from goodsight.editing import API_SOURCE, ItemAnswer
from goodsight.service.schemas import ProductInput, VariantInput
from goodsight.service.schemas.catalogue import BulkProduct, as_values
from goodsight.service.state import ServiceState

__all__ = ["put_lines", "put_products"]


def put_lines(state: ServiceState, collection: str, lines: list[tuple[int, bytes]]) -> bytes:
    """Put numbered lines of JSON; one line of answer for each that is not blank."""
    good: list[tuple[int, str, ProductInput]] = []
    answers: dict[int, dict[str, Any]] = {}
    for row, line in lines:
        if not line.strip():
            continue
        try:
            given = BulkProduct.model_validate_json(line)
        except ValidationError as error:
            answers[row] = _refused(row, line, error)
        else:
            good.append((row, given.id, given))
    for answer in put_products(state, collection, good):
        answers[answer["row"]] = answer
    return b"".join(json.dumps(answers[row]).encode() + b"\n" for row in sorted(answers))


def put_products(
    state: ServiceState, collection: str, given: list[tuple[int, str, ProductInput]]
) -> Iterator[dict[str, Any]]:
    """Put products, given as row, id and fields; see the schema BulkAnswer."""
    if not given:
        return
    shop = state.shop(collection)
    asking = [product_id for _, product_id, product in given if product.photos is None]
    kept = {product.id: product.photos for product in shop.products(asking)}
    products = [_product(key, product, kept.get(key, ())) for _, key, product in given]
    answers = shop.editor().put(products)
    for (row, _, _), answer in zip(given, answers, strict=True):
        yield _bulk_answer(row, answer)


def _product(product_id: str, given: ProductInput, kept: tuple[str, ...]) -> Product:
    photos = kept if given.photos is None else tuple(given.photos)
    variants = tuple(_variant(variant) for variant in given.variants)
    of_variants = (photo for variant in variants for photo in variant.photos)
    return Product(
        id=product_id,
        title=given.title,
        description=given.description,
        price=given.price,
        currency=given.currency,
        own_stock=given.stock,
        categories=tuple(_path(path) for path in given.categories if _path(path)),
        brand=given.brand,
        url=given.url,
        attributes=as_values(given.attributes),
        variants=variants,
        photos=tuple(dict.fromkeys((*photos, *of_variants))),
        source=API_SOURCE,
    )


def _variant(given: VariantInput) -> Variant:
    return Variant(
        id=given.id,
        options=as_values(given.options),
        price=given.price,
        stock=given.stock,
        photos=tuple(given.photos),
    )


def _path(text: str) -> tuple[str, ...]:
    return tuple(level.strip() for level in text.split("/") if level.strip())


def _bulk_answer(row: int, answer: ItemAnswer) -> dict[str, Any]:
    return {
        "row": row,
        "id": answer.product_id,
        "status": str(answer.change),
        "photos": answer.photos,
        "skipped": [{"ref": skip.reference, "reason": skip.reason} for skip in answer.skipped],
        "error": None,
    }


def _refused(row: int, line: bytes, error: ValidationError) -> dict[str, Any]:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    reason = f"{place}: {first['msg']}" if place else str(first["msg"])
    product_id = None
    with suppress(ValueError, AttributeError, RecursionError):
        product_id = json.loads(line).get("id")
    return {
        "row": row,
        "id": product_id if isinstance(product_id, str) else None,
        "status": "refused",
        "photos": 0,
        "skipped": [],
        "error": reason,
    }
