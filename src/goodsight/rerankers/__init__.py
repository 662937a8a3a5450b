"""The best products in another order: by colour, by pattern, by the words printed on them."""

from goodsight.rerankers.colour import ColourReranker
from goodsight.rerankers.pattern import PatternReranker
from goodsight.rerankers.printed_words import PrintedWordsReranker

__all__ = ["RERANKERS", "ColourReranker", "PatternReranker", "PrintedWordsReranker"]

# In the order in which they work: words are added on top of what counts beside the style.
RERANKERS = (ColourReranker, PatternReranker, PrintedWordsReranker)
