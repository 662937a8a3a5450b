"""Photos in, what is seen in them beside the vector out: colours, a pattern, a hash,
printed words."""

from goodsight.looks.describing import Describer
from goodsight.looks.printed_words import WordReader, can_read_words

__all__ = ["Describer", "WordReader", "can_read_words"]
