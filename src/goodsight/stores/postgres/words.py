"""A product's words as they are kept for full-text search.

The words go through PostgreSQL's English dictionary: "shoes" finds "shoe", and "the" counts
for nothing. What a word says about a product depends on where it stands: A for the title, B
for brand and categories, C for attributes, D for the description. Ids, barcodes and the whole
title are kept as words of their own, which nothing typed in part can equal.
"""

from __future__ import annotations

from dataclasses import dataclass

from goodsight.core.types import Attributes, Product
from goodsight.core.wording import fold_text, kept_words, words_in

__all__ = ["ProductWords", "code_lexeme", "name_lexeme", "words_of"]

# PostgreSQL refuses lists of words beyond a megabyte; nobody looks for the end of such a text.
MAX_WORDS_LENGTH = 100_000
# Of one word PostgreSQL keeps at most two kilobytes.
MAX_LEXEME_LENGTH = 400
# Attributes whose values name a product as an id does.
CODE_NAMES = frozenset(
    (
        "sku",
        "barcode",
        "ean",
        "ean13",
        "gtin",
        "gtin13",
        "upc",
        "isbn",
        "mpn",
        "asin",
        "条码",
        "货号",
    )
)


@dataclass(frozen=True, slots=True)
class ProductWords:
    """Words apart by weight, in one text each; `lexemes` are kept whole.

    `spellings` are the words that misspelt ones are compared with: all but the description's.
    """

    title: str
    kind: str
    attributes: str
    description: str
    lexemes: tuple[str, ...]
    spellings: tuple[str, ...]


def words_of(product: Product) -> ProductWords:
    """The product's words, prepared."""
    options = [variant.options for variant in product.variants]
    title = kept_words([product.title])
    kind = kept_words(
        [product.brand or "", *(level for path in product.categories for level in path)]
    )
    values = [value for held in (product.attributes, *options) for value in _values(held)]
    keys = [product.id, *(variant.id for variant in product.variants)]
    attributes = kept_words(dict.fromkeys([*keys, *values]))
    codes = [*keys, *(code for held in (product.attributes, *options) for code in _codes(held))]
    lexemes = [name_lexeme(" ".join(words_in(product.title))), *map(code_lexeme, codes)]
    return ProductWords(
        title=_joined(title),
        kind=_joined(kind),
        attributes=_joined(attributes),
        description=_joined(kept_words([product.description])),
        lexemes=tuple(dict.fromkeys(lexeme for lexeme in lexemes if len(lexeme) > 1)),
        spellings=tuple(dict.fromkeys((*title, *kind, *attributes))),
    )


def code_lexeme(text: str) -> str:
    """An id, SKU or barcode as a word of its own."""
    return "=" + " ".join(fold_text(text).split())[:MAX_LEXEME_LENGTH]


def name_lexeme(words: str) -> str:
    """A whole title, its words prepared, as a word of its own."""
    return "~" + words[:MAX_LEXEME_LENGTH]


def _joined(words: tuple[str, ...]) -> str:
    return " ".join(words)[:MAX_WORDS_LENGTH]


def _values(attributes: Attributes) -> list[str]:
    return [value for values in attributes.values() for value in values]


def _codes(attributes: Attributes) -> list[str]:
    return [
        value
        for name, values in attributes.items()
        if fold_text(name).strip().replace("-", "").replace("_", "") in CODE_NAMES
        for value in values
    ]
