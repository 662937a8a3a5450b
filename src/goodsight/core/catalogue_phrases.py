"""Words of a request -> categories, brands and attributes of one catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from goodsight.core.colour_names import COLOUR_ATTRIBUTES
from goodsight.core.filter_text import sayable
from goodsight.core.filters import (
    COLUMNS,
    TRUE_WORDS,
    Comparison,
    Filter,
    Flag,
    Membership,
    Operator,
    Or,
)
from goodsight.core.phrases import Key, key_of, keys_at
from goodsight.core.request_tokens import Token, is_chinese, tokenize
from goodsight.core.request_words import FILLERS, POLITE, SIZE_MARKS
from goodsight.core.shop_words import ShopWords
from goodsight.core.understood import ChipKind
from goodsight.core.vocabulary import Vocabulary

__all__ = ["CataloguePhrases", "Meaning"]

# Longer values, and attributes with more of them, are descriptions rather than choices.
MAX_VALUE_TOKENS = 6
MAX_VALUES_OF_CHOICE = 1000
MAX_VALUES_BY_LAST_WORD = 200
_PARTS = re.compile(r"\s*(?:[&/,、+]|\band\b|和)\s*")
_FALSE_WORDS = frozenset({"no", "false", "0"})
_SIZE_NAMES = frozenset({"size", "sizes", "shoe_size", "尺码", "尺寸", "码数", "größe", "taille"})
_SIZE_LETTERS = frozenset({"s", "m", "l"})
_SIZE_WORDS = {"small": "s", "medium": "m", "large": "l", "小": "s", "中": "m", "大": "l"}
_NAME_WORDS = {"size": "尺码", "material": "材质", "brand": "品牌", "category": "类别"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What some tokens stand for. `tree` None: only `words`, those of the catalogue's language."""

    kind: ChipKind
    tree: Filter | None
    tokens: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One value that a phrase names; `part` is what it names of a category with several."""

    kind: ChipKind
    name: str
    value: str | None
    part: str = ""


class CataloguePhrases:
    """All phrases that one catalogue is known by, with the shop words that translate to them."""

    def __init__(self, vocabulary: Vocabulary, words: ShopWords) -> None:
        self._words = words
        self._entries: dict[Key, list[_Entry]] = {}
        self._sizes: dict[str, tuple[str, str]] = {}
        self._names: dict[Key, str] = {}
        self._values: dict[str, dict[Key, str]] = {}
        for key, entry in _entries(vocabulary):
            self._entries.setdefault(key, []).append(entry)
        for name, values in vocabulary.attributes.items():
            if sayable(name):
                self._learn_name(name, values)
        levels = (*vocabulary.categories, *vocabulary.brands)
        self._speaks_chinese = any(is_chinese(level) for level in levels) or any(
            is_chinese(value) for values in vocabulary.attributes.values() for value in values
        )

    def at(self, tokens: Sequence[Token], start: int) -> Meaning | None:
        """The longest phrase that begins with a token."""
        named = self._named_value(tokens, start) or self._size(tokens, start)
        if named is not None:
            return named
        for key, length in keys_at(tokens, start):
            entries = self._entries_of(key)
            if entries:
                return _meaning(entries, length)
            if is_chinese("".join(key)) and (meaning := self._translated(key, length)):
                return meaning
        return None

    def _entries_of(self, key: Key) -> list[_Entry]:
        found = [*self._entries.get(key, ())]
        for other in self._words.synonyms(key):
            found += self._entries.get(other, ())
        return list(dict.fromkeys(found))

    def _translated(self, key: Key, length: int) -> Meaning | None:
        """A Chinese phrase in an English catalogue: its parts, and the words of the rest."""
        namings = self._words.named(key)
        if not namings or self._speaks_chinese:
            return None
        forms = [form for naming in namings for form in naming.english]
        read = [_partly(self, form, length) for form in forms]
        return next((meaning for meaning in read if meaning.tree is not None), read[0])

    def part_at(self, tokens: Sequence[Token], start: int) -> Meaning | None:
        """The longest phrase of the catalogue's own, for the parts of a translation."""
        for key, length in keys_at(tokens, start):
            if entries := self._entries.get(key, []):
                return _meaning(entries, length)
        return None

    def _learn_name(self, name: str, values: Iterable[str]) -> None:
        folded = name.casefold()
        self._names[key_of(name.replace("_", " "))] = name
        if folded in _NAME_WORDS:
            self._names[key_of(_NAME_WORDS[folded])] = name
        self._values[name] = {key_of(value): value for value in values}
        if folded in _SIZE_NAMES:
            self._names[("size",)] = self._names[key_of("尺码")] = name
            self._sizes |= {value: (name, value) for value in values}

    def _named_value(self, tokens: Sequence[Token], start: int) -> Meaning | None:
        """size 42, material: cotton, 尺码42."""
        for key, length in keys_at(tokens, start):
            name = self._names.get(key)
            if name is None:
                continue
            after = start + length
            if after < len(tokens) and tokens[after].text in ("=", "is", "是", "为"):
                after += 1
            for value_key, value_length in keys_at(tokens, after):
                value = self._values[name].get(value_key)
                if value is not None:
                    tree = Comparison(name, Operator.EQUAL, value)
                    end = after + value_length
                    mark = SIZE_MARKS.at(tokens, end)
                    end += mark.tokens if mark else 0
                    return Meaning(ChipKind.ATTRIBUTE, tree, end - start)
        return None

    def _size(self, tokens: Sequence[Token], start: int) -> Meaning | None:
        """42码, M码, XL, and the letters S, M, L where they are written large."""
        token = tokens[start]
        value = token.written.casefold()
        mark = SIZE_MARKS.at(tokens, start + 1)
        if mark and value in _SIZE_WORDS:
            value = _SIZE_WORDS[value]
        if value not in self._sizes:
            return None
        alone = not value.isdecimal() and (value not in _SIZE_LETTERS or token.written.isupper())
        if mark is None and not (alone and len(value) <= 4 and value.isascii()):
            return None
        name, spelled = self._sizes[value]
        tree = Comparison(name, Operator.EQUAL, spelled)
        return Meaning(ChipKind.ATTRIBUTE, tree, 1 + (mark.tokens if mark else 0))


def _partly(phrases: CataloguePhrases, form: str, length: int) -> Meaning:
    """An English phrase: what of it the catalogue knows, and the words that it does not."""
    tokens = tokenize(form)
    known: Meaning | None = None
    words: list[str] = []
    position = 0
    while position < len(tokens):
        found = None if known else phrases.part_at(tokens, position)
        if found is not None:
            known = found
            words += [found.words] if found.words else []
            position += found.tokens
        else:
            words.append(tokens[position].written)
            position += 1
    if known is None:
        return Meaning(ChipKind.WORD, None, length, form)
    return Meaning(known.kind, known.tree, length, " ".join(words))


def _meaning(entries: Sequence[_Entry], length: int) -> Meaning:
    """Categories before brands before attributes; several of one kind are alternatives.

    Who names a part of a category (hoodies, of "Hoodies & Sweatshirts") means that part: the
    word for it goes into the text as well.
    """
    kind = min((entry.kind for entry in entries), key=list(ChipKind).index)
    chosen = [entry for entry in entries if entry.kind is kind]
    names = dict.fromkeys(entry.name for entry in chosen)
    trees = [_one_of(name, [e.value for e in chosen if e.name == name]) for name in names]
    tree = trees[0] if len(trees) == 1 else Or(tuple(trees))
    return Meaning(kind, tree, length, next((e.part for e in chosen if e.part), ""))


def _one_of(name: str, values: Sequence[str | None]) -> Filter:
    texts = tuple(dict.fromkeys(value for value in values if value is not None))
    if not texts:
        return Flag(name)
    return (
        Comparison(name, Operator.EQUAL, texts[0]) if len(texts) == 1 else Membership(name, texts)
    )


def _entries(vocabulary: Vocabulary) -> Iterator[tuple[Key, _Entry]]:
    for level in vocabulary.categories:
        if "/" in level:
            continue
        yield from _usable(level, _Entry(ChipKind.CATEGORY, "category", level))
        parts = [part for part in _PARTS.split(level) if part]
        for part in parts if len(parts) > 1 else ():
            yield from _usable(part, _Entry(ChipKind.CATEGORY, "category", level, part))
    for brand in vocabulary.brands:
        yield from _usable(brand, _Entry(ChipKind.BRAND, "brand", brand))
    for name, values in vocabulary.attributes.items():
        plain = name not in COLOUR_ATTRIBUTES and name not in COLUMNS and sayable(name)
        if plain and len(values) <= MAX_VALUES_OF_CHOICE:
            yield from _attribute_entries(name, tuple(values))


def _attribute_entries(name: str, values: tuple[str, ...]) -> Iterator[tuple[Key, _Entry]]:
    if all(value in TRUE_WORDS or value in _FALSE_WORDS for value in values):
        if any(value in TRUE_WORDS for value in values):
            yield from _usable(name.replace("_", " "), _Entry(ChipKind.ATTRIBUTE, name, None))
        return
    for value in values:
        entry = _Entry(ChipKind.ATTRIBUTE, name, value)
        if value not in TRUE_WORDS and value not in _FALSE_WORDS:
            yield from _usable(value, entry)
            last = value.rsplit(" ", 1)[-1]
            if last != value and len(values) <= MAX_VALUES_BY_LAST_WORD:
                yield from _usable(last, entry)


def _usable(phrase: str, entry: _Entry) -> Iterator[tuple[Key, _Entry]]:
    """The phrase as a key, unless it is a number, a letter, or a word that says nothing."""
    tokens = tokenize(phrase)
    if not 0 < len(tokens) <= MAX_VALUE_TOKENS or not any(t.text.isalpha() for t in tokens):
        return
    key = key_of(phrase)
    bare = len("".join(key)) == 1 and not is_chinese(phrase)
    small = FILLERS.at(tokens, 0) or POLITE.at(tokens, 0)
    if not bare and not (small and small.tokens == len(tokens)):
        yield key, entry
