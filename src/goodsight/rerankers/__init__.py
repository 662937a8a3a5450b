"""The best products in another order: by colour, by the words printed on them."""

from goodsight.rerankers.colour import ColourReranker
from goodsight.rerankers.printed_words import PrintedWordsReranker

__all__ = ["ColourReranker", "PrintedWordsReranker"]
