"""Products as the JSON documents that one statement writes many of, and their value hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from goodsight.core.types import Attributes, Product, Variant
from goodsight.stores.postgres.facts import facts_document
from goodsight.stores.postgres.text import digest, storable
from goodsight.stores.postgres.words import words_of

__all__ = ["ProductDocument", "document_of", "joined"]

# Part of every value hash: raise it when rows are to be written anew though feeds are not.
DOCUMENT_VERSION = 2


@dataclass(frozen=True, slots=True)
class ProductDocument:
    """A product, ready to be written.

    `text` is its JSON, `value_hash` equal for products of equal value, `digest` the
    fingerprint of its id, `variants` one JSON text each, without the product's row id.
    """

    digest: bytes
    value_hash: bytes
    text: str
    variants: tuple[str, ...]


def document_of(product: Product) -> ProductDocument:
    """Encode a product."""
    key_digest = digest(product.id)
    values = {
        "product_key": storable(product.id),
        "key_digest": _bytea(key_digest),
        "title": storable(product.title),
        "description": storable(product.description),
        "price": _number(product.price),
        "currency": _text(product.currency),
        "own_stock": _number(product.own_stock),
        "stock": _number(product.stock),
        "categories": [[storable(level) for level in path] for path in product.categories],
        "brand": _text(product.brand),
        "url": _text(product.url),
        "attributes": _attributes(product.attributes),
        "source": storable(product.source),
        "photo_references": [storable(reference) for reference in product.photos],
        "facts": facts_document(product),
    }
    variants = [_variant(variant) for variant in product.variants]
    # Not part of the hash: made of what is hashed already.
    words = words_of(product)
    prepared = {
        "words_title": storable(words.title),
        "words_kind": storable(words.kind),
        "words_attributes": storable(words.attributes),
        "words_description": storable(words.description),
        "lexemes": [storable(lexeme) for lexeme in words.lexemes],
        "spellings": [storable(word) for word in words.spellings],
    }
    value_hash = _value_hash(product, values, variants)
    return ProductDocument(
        digest=key_digest,
        value_hash=value_hash,
        text=json.dumps({**values, **prepared, "value_hash": _bytea(value_hash)}),
        variants=tuple(
            json.dumps({**values, "position": position, "key_digest": _bytea(key_digest)})
            for position, values in enumerate(variants)
        ),
    )


def joined(texts: Iterable[str]) -> str:
    """Several documents as one JSON array."""
    return f"[{','.join(texts)}]"


def _value_hash(
    product: Product, values: Mapping[str, object], variants: Sequence[Mapping[str, object]]
) -> bytes:
    """Equal for equal products: neither 1.5 and 1.50 nor the order of attributes differ."""
    prices = [_plain(number) for number in (product.price, *(v.price for v in product.variants))]
    rest = [{**document, "price": None} for document in (values, *variants)]
    canonical = json.dumps([DOCUMENT_VERSION, prices, rest], sort_keys=True)
    return hashlib.sha256(canonical.encode()).digest()


def _variant(variant: Variant) -> dict[str, object]:
    return {
        "variant_key": storable(variant.id),
        "options": _attributes(variant.options),
        "price": _number(variant.price),
        "stock": _number(variant.stock),
        "photo_references": [storable(reference) for reference in variant.photos],
    }


def _attributes(attributes: Attributes) -> dict[str, list[str]]:
    return {
        storable(name): [storable(value) for value in values] for name, values in attributes.items()
    }


def _text(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _number(number: Decimal | int | None) -> str | None:
    """As text, which JSON keeps exactly and the database reads as numeric."""
    return None if number is None else f"{Decimal(number):f}"


def _plain(number: Decimal | None) -> str | None:
    text = _number(number)
    return text.rstrip("0").rstrip(".") if text is not None and "." in text else text


def _bytea(value: bytes) -> str:
    return f"\\x{value.hex()}"
