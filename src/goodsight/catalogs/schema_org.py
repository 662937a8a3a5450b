"""schema.org's Product and ProductGroup, as JSON-LD has them -> values by generic column names.

Products are looked for in `@graph`, in lists (`ItemList`), as the main entity of a page, and as
the variants of a group; `{"@id": …}` is what elsewhere has that id. Of several offers the
lowest price counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

__all__ = ["product_values"]

MAX_DEPTH = 12
MAX_NODES = 100_000

Node = Mapping[str, Any]

# Where a node may hold others that are or hold products.
_HOLDERS = (
    "@graph", "itemListElement", "item", "mainEntity", "mainEntityOfPage", "hasVariant",
    "isVariantOf", "itemOffered", "hasOfferCatalog", "about",
)  # fmt: skip
_PLAIN = ("color", "size", "material", "pattern", "model", "mpn", "sku", "keywords", "award")
_IDS = (
    "sku", "productID", "gtin13", "gtin", "gtin14", "gtin12", "gtin8", "mpn", "url", "@id", "name",
)  # fmt: skip
_GTINS = ("gtin", "gtin13", "gtin14", "gtin12", "gtin8", "isbn")
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
# What of schema.org's words for availability no shop says otherwise.
_AVAILABILITY = {
    "instoreonly": "in stock", "onlineonly": "in stock", "limitedavailability": "in stock",
    "madetoorder": "in stock", "presale": "out of stock", "reserved": "out of stock",
}  # fmt: skip


def product_values(
    documents: Iterable[tuple[int, object]], address: str
) -> Iterator[tuple[int, dict[str, object]]]:
    """The products of JSON-LD documents, each with the line of its document.

    `address` is the page's, "" where it is unknown. Variants have `item_group_id`; a group
    itself has none, and its variants' as id.
    """
    documents = list(documents)
    reader = _Reader(address)
    for _, document in documents:
        reader.learn(document)
    for line, document in documents:
        for values in reader.products(document):
            yield line, values


class _Reader:
    def __init__(self, address: str) -> None:
        self._address = address
        self._by_id: dict[str, Node] = {}
        self._seen: set[int] = set()
        self._left = MAX_NODES

    def learn(self, found: object, depth: int = 0) -> None:
        """Note which node has which id."""
        if depth > MAX_DEPTH:
            return
        for node in _nodes(found):
            if isinstance(node.get("@id"), str) and len(node) > 1:
                self._by_id.setdefault(node["@id"], node)
            for value in node.values():
                self.learn(value, depth + 1)

    def products(self, found: object, depth: int = 0) -> Iterator[dict[str, object]]:
        """The values of each product that is or is held by what was found."""
        for item in _nodes(found):
            node = self._resolved(item)
            self._left -= 1
            if depth > MAX_DEPTH or self._left < 0 or id(node) in self._seen:
                continue
            self._seen.add(id(node))
            kinds = _kinds(node)
            variants = self._variants(node)
            if variants or "ProductGroup" in kinds:
                yield from self._group(node, variants)
            elif kinds & {"Product", "ProductModel", "IndividualProduct"}:
                yield self._product(node)
            for name in _HOLDERS:
                yield from self.products(node.get(name), depth + 1)

    def _variants(self, node: Node) -> list[Node]:
        return [self._resolved(variant) for variant in _nodes(node.get("hasVariant"))]

    def _group(self, node: Node, variants: list[Node]) -> Iterator[dict[str, object]]:
        group = _text(node.get("productGroupID")) or self._id(node)
        yield self._product(node) | {"id": group}
        for variant in variants:
            self._seen.add(id(variant))
            values = self._product(variant) | {"item_group_id": group}
            if values["id"] == group:
                options = (_text(variant.get(name)) for name in ("color", "size", "name"))
                values["id"] = "/".join(filter(None, (group, *options)))
            yield values

    def _product(self, node: Node) -> dict[str, object]:
        product_id = self._id(node)
        offer = self._offer(node)
        values: dict[str, object] = {
            "id": product_id,
            "title": _text(node.get("name")),
            "description": _text(node.get("description")),
            "brand": self._name(node.get("brand")) or self._name(node.get("manufacturer")),
            "category": self._categories(node.get("category")),
            "url": self._joined(_text(node.get("url")) or _text(offer.get("url"))),
            "image": self._images(node.get("image")),
            "price": offer.get("price"),
            "currency": offer.get("priceCurrency"),
            "availability": _availability(_text(offer.get("availability"))),
            "item_group_id": self._group_of(node),
            "gtin": next(filter(None, (_text(node.get(name)) for name in _GTINS)), ""),
        }
        values |= {name: self._texts(node.get(name)) for name in _PLAIN}
        if values["sku"] == [product_id]:
            del values["sku"]
        for fact in map(self._resolved, _nodes(node.get("additionalProperty"))):
            values.setdefault(_text(fact.get("name")) or "property", self._texts(fact.get("value")))
        return {name: value for name, value in values.items() if value}

    def _id(self, node: Node) -> str:
        return next(filter(None, (_text(node.get(name)) for name in _IDS)), "")

    def _group_of(self, node: Node) -> str:
        stated = _text(node.get("inProductGroupWithID"))
        groups = map(self._resolved, _nodes(node.get("isVariantOf")))
        return stated or next((_text(g.get("productGroupID")) or self._id(g) for g in groups), "")

    def _offer(self, node: Node) -> Node:
        """The lowest of the offers, one that is available before one that is not."""
        offers = [self._priced(offer) for offer in map(self._resolved, _nodes(node.get("offers")))]
        for whole in [offer for offer in offers if _nodes(offer.get("offers"))]:
            parts = map(self._resolved, _nodes(whole["offers"]))
            offers += [
                {"priceCurrency": whole.get("priceCurrency")} | self._priced(p) for p in parts
            ]
        return min(offers, key=_rank, default={})

    def _priced(self, offer: Node) -> dict[str, Any]:
        """An offer whose price is where one looks for it."""
        stated = dict(offer)
        if stated.get("price") in (None, ""):
            stated["price"] = stated.get("lowPrice")
        for detail in map(self._resolved, _nodes(stated.get("priceSpecification"))):
            if stated.get("price") in (None, ""):
                stated["price"] = detail.get("price")
            stated.setdefault("priceCurrency", detail.get("priceCurrency"))
        return stated

    def _images(self, found: object) -> list[str]:
        images = []
        for item in found if isinstance(found, list) else [found]:
            node = self._resolved(item) if isinstance(item, dict) else {"url": item}
            names = (_text(node.get(name)) for name in ("contentUrl", "url", "@id"))
            image = self._joined(next(filter(None, names), ""))
            images += [image] if image else []
        return images

    def _categories(self, found: object) -> list[str]:
        names = [self._name(item) for item in (found if isinstance(found, list) else [found])]
        # schema.org's own example has paths with and without spaces around the sign.
        return [" > ".join(level.strip() for level in name.split(">")) for name in names if name]

    def _texts(self, found: object) -> list[str]:
        items = found if isinstance(found, list) else [found]
        return [text for item in items if (text := _text(item) or self._name(item))]

    def _name(self, found: object) -> str:
        if isinstance(found, list):
            return next(filter(None, map(self._name, found)), "")
        if isinstance(found, dict):
            node = self._resolved(found)
            return _text(node.get("name")) or _text(node.get("value"))
        return _text(found)

    def _joined(self, reference: str) -> str:
        if not reference or not self._address:
            return reference
        try:
            return urljoin(self._address, reference)
        except ValueError:
            return reference

    def _resolved(self, node: Node) -> Node:
        reference = node.get("@id")
        if isinstance(reference, str) and len(node) == 1:
            return self._by_id.get(reference, node)
        return node


def _nodes(found: object) -> list[Node]:
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


def _kinds(node: Node) -> set[str]:
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return {re.split(r"[/:#]", name)[-1] for name in names if isinstance(name, str)}


def _text(found: object) -> str:
    if isinstance(found, str):
        return found.strip()
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return str(found) if is_number else ""


def _availability(stated: str) -> str:
    word = re.split(r"[/:#]", stated)[-1]
    return _AVAILABILITY.get(word.casefold(), word)


def _rank(offer: Node) -> tuple[bool, bool, Decimal]:
    price = _NUMBER.fullmatch(_text(offer.get("price")))
    is_gone = "out" in _text(offer.get("availability")).casefold()
    return price is None, is_gone, Decimal(price[0]) if price else Decimal(0)
