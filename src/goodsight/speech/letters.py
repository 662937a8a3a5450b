"""How English words sound that no dictionary has: rules from letters to phones.

The phones are those of the CMU Pronouncing Dictionary, without stress. The rules are few and
made for names of products; a recogniser forgives a vowel more easily than a missing word.
"""

from __future__ import annotations

import re

__all__ = ["sound_out"]

# The first rule that fits at a letter counts; a pattern may look at what is around it.
_RULES = tuple(
    (re.compile(pattern), tuple(phones.split()))
    for pattern, phones in [
        # Beginnings.
        (r"(?<![a-z])kn", "N"),
        (r"(?<![a-z])gn", "N"),
        (r"(?<![a-z])wr", "R"),
        (r"(?<![a-z])ps", "S"),
        (r"(?<![a-z])pn", "N"),
        (r"(?<![a-z])x", "Z"),
        (r"(?<![a-z])rh", "R"),
        (r"(?<![a-z])wh", "W"),
        (r"(?<![a-z])y(?=[aeiou])", "Y"),
        (r"(?<![a-z])ae", "IY"),
        # Endings.
        (r"tion(?![a-z])", "SH AH N"),
        (r"sion(?![a-z])", "ZH AH N"),
        (r"cious(?![a-z])", "SH AH S"),
        (r"tious(?![a-z])", "SH AH S"),
        (r"ture(?![a-z])", "CH ER"),
        (r"eous(?![a-z])", "IY AH S"),
        (r"ious(?![a-z])", "IY AH S"),
        (r"ous(?![a-z])", "AH S"),
        (r"ius(?![a-z])", "IY AH S"),
        (r"eus(?![a-z])", "IY AH S"),
        (r"us(?![a-z])", "AH S"),
        (r"ia(?![a-z])", "IY AH"),
        (r"io(?![a-z])", "IY OW"),
        (r"on(?![a-z])", "AH N"),
        (r"le(?![a-z])", "AH L"),
        (r"(?<=[aeiouy][^aeiouy])ed(?![a-z])", "D"),
        (r"(?<=[td])ed(?![a-z])", "IH D"),
        (r"ing(?![a-z])", "IH NG"),
        (r"ies(?![a-z])", "IY Z"),
        (r"ie(?![a-z])", "IY"),
        (r"ey(?![a-z])", "IY"),
        (r"ee", "IY"),
        (r"(?<=[aeiouy])es(?![a-z])", "Z"),
        (r"(?<=[sxz])es(?![a-z])", "IH Z"),
        (r"(?<=[a-z]{2})e(?![a-z])", ""),
        (r"(?<=[a-z])a(?![a-z])", "AH"),
        (r"o(?![a-z])", "OW"),
        (r"(?<=[a-z])i(?![a-z])", "IY"),
        (r"(?<=[a-z])y(?![a-z])", "IY"),
        # A vowel, a consonant and a silent e.
        (r"a(?=[bcdfgklmnpstvz]e(?![a-z]))", "EY"),
        (r"i(?=[bcdfgklmnpstvz]e(?![a-z]))", "AY"),
        (r"o(?=[bcdfgklmnpstvz]e(?![a-z]))", "OW"),
        (r"u(?=[bcdfgklmnpstvz]e(?![a-z]))", "UW"),
        # Several letters, one sound.
        (r"eigh", "EY"),
        (r"igh", "AY"),
        (r"augh", "AO"),
        (r"ough", "AO"),
        (r"tch", "CH"),
        (r"sch", "SH"),
        (r"chr", "K R"),
        (r"ch", "CH"),
        (r"ck", "K"),
        (r"dge", "JH"),
        (r"gh", "G"),
        (r"ph", "F"),
        (r"qu", "K W"),
        (r"q", "K"),
        (r"sh", "SH"),
        (r"sc(?=[eiy])", "S"),
        (r"th", "TH"),
        (r"wh", "W"),
        (r"ng(?![a-z])", "NG"),
        (r"n(?=[kx])", "NG"),
        (r"([bdfgklmnprstvz])(?=\1)", ""),
        (r"air", "EH R"),
        (r"are(?![a-z])", "EH R"),
        (r"ear", "IH R"),
        (r"eer", "IH R"),
        (r"oor", "AO R"),
        (r"our", "AO R"),
        (r"ar", "AA R"),
        (r"er(?=[aeiouy])", "EH R"),
        (r"(?:er|ir|ur|yr)", "ER"),
        (r"or", "AO R"),
        (r"(?:ai|ay)", "EY"),
        (r"(?:au|aw)", "AO"),
        (r"ea", "IY"),
        (r"(?:ei|ie)", "IY"),
        (r"(?:eu|ew)", "UW"),
        (r"(?:oa|oe)", "OW"),
        (r"(?:oi|oy)", "OY"),
        (r"oo", "UW"),
        (r"ou", "AW"),
        (r"ow", "OW"),
        (r"ui", "UW"),
        (r"all", "AO L"),
        # An open syllable has its vowel long.
        (r"o(?=[bcdfgklmnprstv]?[aeiou])", "OW"),
        (r"i(?=[ao])", "IY"),
        (r"e(?=[ao])", "IY"),
        (r"u(?=[bcdfgklmnprstv][aeiou])", "UW"),
        (r"c(?=[eiy])", "S"),
        (r"g(?=[eiy])", "JH"),
        (r"(?<=[aeiou])s(?=[aeiou])", "S"),
        # Letter by letter.
        *((r"a", "AE"), (r"b", "B"), (r"c", "K"), (r"d", "D"), (r"e", "EH"), (r"f", "F")),
        *((r"g", "G"), (r"h", "HH"), (r"i", "IH"), (r"j", "JH"), (r"k", "K"), (r"l", "L")),
        *((r"m", "M"), (r"n", "N"), (r"o", "AA"), (r"p", "P"), (r"r", "R"), (r"s", "S")),
        *((r"t", "T"), (r"u", "AH"), (r"v", "V"), (r"w", "W"), (r"x", "K S"), (r"y", "IH")),
        (r"z", "Z"),
    ]
)


def sound_out(word: str) -> tuple[str, ...]:
    """The phones of a word in the letters a-z; other characters are passed over."""
    phones: list[str] = []
    position = 0
    while position < len(word):
        for pattern, sounds in _RULES:
            match = pattern.match(word, position)
            if match is not None:
                phones += sounds
                position = match.end()
                break
        else:
            position += 1
    return tuple(phones)
