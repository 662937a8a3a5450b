"""Shop words in English and Chinese, each with its synonyms: a table that is read elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

from goodsight.core.phrases import Key, key_of

__all__ = ["Naming", "ShopWords"]


@dataclass(frozen=True, slots=True)
class Naming:
    """One thing and what it is called: phrases as written, the usual one first."""

    english: tuple[str, ...]
    chinese: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShopWords:
    """Phrase -> the things it names."""

    namings: dict[Key, tuple[Naming, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> ShopWords:
        """From lines `english;english<TAB>chinese;chinese`; a line that begins with # is none."""
        namings: dict[Key, tuple[Naming, ...]] = {}
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            english, _, chinese = line.partition("\t")
            naming = Naming(_parts(english), _parts(chinese))
            for phrase in (*naming.english, *naming.chinese):
                key = key_of(phrase)
                known = namings.get(key, ())
                if naming not in known:
                    namings[key] = (*known, naming)
        return cls(namings)

    def named(self, key: Key) -> tuple[Naming, ...]:
        """The things that a phrase names."""
        return self.namings.get(key, ())

    def synonyms(self, key: Key) -> tuple[Key, ...]:
        """Keys of all other phrases for what it names, in both languages."""
        found: dict[Key, None] = {}
        for naming in self.named(key):
            for phrase in (*naming.english, *naming.chinese):
                found[key_of(phrase)] = None
        found.pop(key, None)
        return tuple(found)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
