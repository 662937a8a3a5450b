"""Full-text search: a product's words, and the question whether it has those asked for.

The words go through PostgreSQL's English dictionary: "shoes" finds "shoe", and "the" counts
for nothing. What is asked follows websearch_to_tsquery: "quoted phrases", or, -not. The last
word may be the beginning of one.
"""

from __future__ import annotations

from psycopg import sql

from goodsight.core.types import Attributes, Product

__all__ = ["HAS_WORDS", "MAX_WORDS_LENGTH", "WORDS_PARAMETER", "WORDS_RANK", "words_of"]

# PostgreSQL refuses lists of words beyond a megabyte; nobody looks for the end of such a text.
MAX_WORDS_LENGTH = 100_000
WORDS_PARAMETER = "words"

_ASKED = sql.SQL("""
    (SELECT CASE WHEN asked::text LIKE '%%''' THEN (asked::text || ':*')::tsquery ELSE asked END
       FROM websearch_to_tsquery('english', %(words)s) AS asked)
""")
# On `products p`; parameter `words`.
HAS_WORDS = sql.SQL("p.words @@ {}").format(_ASKED)
WORDS_RANK = sql.SQL("ts_rank_cd(p.words, {}, 1)").format(_ASKED)


def words_of(product: Product) -> str:
    """All of a product's words that can be asked for, title and ids first."""
    parts = [
        product.title,
        product.id,
        product.brand or "",
        *(variant.id for variant in product.variants),
        *(" ".join(path) for path in product.categories),
        *_values(product.attributes),
        *(value for variant in product.variants for value in _values(variant.options)),
        product.description,
    ]
    return " ".join(dict.fromkeys(part for part in parts if part))[:MAX_WORDS_LENGTH]


def _values(attributes: Attributes) -> list[str]:
    return [value for values in attributes.values() for value in values]
