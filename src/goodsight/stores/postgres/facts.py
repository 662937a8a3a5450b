"""What filters can ask of a product, as one JSON document for one index.

Each name maps to the values it is compared with: folded texts, and beside each text that
reads as a number the number itself. Columns go by their name, attributes by their folded
name after a colon, so that neither hides the other. Price and stock have columns of their
own, and `in_stock` follows from stock: editing them leaves the document alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal

from goodsight.core.filters import (
    TEXT_COLUMNS,
    category_terms,
    fold,
    fold_attributes,
    parse_number,
)
from goodsight.core.types import Product
from goodsight.stores.postgres.text import storable

__all__ = ["attribute_name", "comparable_text", "facts_document", "number_literal"]

# A longer text is compared by its fingerprint, so that descriptions are not kept twice.
MAX_TEXT_LENGTH = 100


def facts_document(product: Product) -> str:
    """The product's facts as JSON text."""
    facts = {name: [fold(value)] for name in TEXT_COLUMNS if (value := getattr(product, name))}
    if terms := category_terms(product):
        facts["category"] = sorted(terms)
    for name, values in fold_attributes(product).items():
        if values:
            facts[attribute_name(name)] = values
    members = (f"{json.dumps(name)}:[{','.join(_values(texts))}]" for name, texts in facts.items())
    return f"{{{','.join(members)}}}"


def attribute_name(folded_name: str) -> str:
    """The name under which an attribute's values are."""
    return ":" + comparable_text(folded_name)


def comparable_text(folded_text: str) -> str:
    """A folded text in the form it is kept and compared in."""
    if len(folded_text) <= MAX_TEXT_LENGTH:
        return storable(folded_text)
    return "\x01" + hashlib.sha256(folded_text.encode(errors="surrogatepass")).hexdigest()


def number_literal(number: Decimal) -> str:
    """A finite number in JSON's and JSON path's common form."""
    return f"{number:f}"


def _values(folded_texts: Iterable[str]) -> Iterable[str]:
    for text in folded_texts:
        yield json.dumps(comparable_text(text))
        number = parse_number(text)
        if number is not None:
            # JSON knows no Decimal, and a float would round it.
            yield number_literal(number)
