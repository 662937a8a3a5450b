"""What a text asks for: words, phrases in quotes, alternatives, and what must not be there.

running shoe            both words; the last may be the beginning of one
"running shoe"          one after the other
shirt or blouse         either
shoe -trail             without that word
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from goodsight.core.wording import fold_text, words_in

__all__ = ["AskedWords", "Phrase", "Wanted", "asked_words"]

Phrase = tuple[str, ...]
# A whole page pasted into the search field asks for what it begins with.
MAX_WANTED = 64
_PARTS = re.compile(r'(-?)"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing asked for: any of the `phrases`, each of one or several words in a row.

    Of a `beginning` more letters may follow. `weight` says how much it tells.
    """

    phrases: tuple[Phrase, ...]
    beginning: bool = False
    weight: float = 1.0

    @property
    def word(self) -> str | None:
        """The word, where it is a single one."""
        return self.phrases[0][0] if self.phrases == (self.phrases[0][:1],) else None


@dataclass(frozen=True, slots=True)
class AskedWords:
    """A text, read.

    A product needs all that is `wanted` and nothing `unwanted`; where `enough` is not empty,
    any of `enough` will do, and the more of `wanted` it has the better. `code` is compared
    with ids and barcodes, `name` with whole titles. `read_as` is the text with misspelt words
    put right, None where there were none. Products `near` in meaning, by
    their numbers in the store and nearest first, count too.
    """

    wanted: tuple[Wanted, ...]
    unwanted: tuple[Phrase, ...] = ()
    enough: tuple[Wanted, ...] = ()
    code: str = ""
    name: str = ""
    read_as: str | None = None
    near: tuple[int, ...] = ()


def asked_words(text: str) -> AskedWords:
    """Read a text as it stands."""
    wanted: list[Wanted] = []
    unwanted: list[Phrase] = []
    either = False
    for match in _PARTS.finditer(text):
        minus, quoted, bare = match.groups()
        if bare is not None and bare.casefold() == "or" and wanted:
            either = True
            continue
        if minus or (bare or "").startswith("-"):
            unwanted += [phrase] if (phrase := words_in(quoted or bare or "")) else []
            continue
        things = _things(quoted, bare)
        if either and things:
            first, *things = things
            wanted[-1] = replace(wanted[-1], phrases=wanted[-1].phrases + first.phrases)
        wanted += things
        either = False
    if wanted and not text.rstrip().endswith('"'):
        wanted[-1] = replace(wanted[-1], beginning=True)
    return AskedWords(
        wanted=tuple(wanted[:MAX_WANTED]),
        unwanted=tuple(unwanted),
        code=" ".join(fold_text(text).split()),
        name=" ".join(words_in(text)),
    )


def _things(quoted: str | None, bare: str | None) -> list[Wanted]:
    if quoted is not None:
        return [Wanted((phrase,))] if (phrase := words_in(quoted)) else []
    return [Wanted(((word,),)) for word in words_in(bare or "")]
