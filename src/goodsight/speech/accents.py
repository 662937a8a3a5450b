"""The same word in other accents: phones as half of those who speak English say them."""

from __future__ import annotations

__all__ = ["without_r"]

_VOWELS = frozenset(
    ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
)


def without_r(phones: tuple[str, ...]) -> tuple[str, ...]:
    """As in London or Sydney: an R is heard only before a vowel, and "-er" ends in a vowel."""
    spoken: list[str] = []
    for position, phone in enumerate(phones):
        before_vowel = position + 1 < len(phones) and phones[position + 1] in _VOWELS
        if phone == "ER":
            spoken += ["AH", "R"] if before_vowel else ["AH"]
        elif phone != "R" or before_vowel or not position or phones[position - 1] not in _VOWELS:
            spoken.append(phone)
    return tuple(spoken)
