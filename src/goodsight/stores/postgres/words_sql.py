"""Asked words as SQL: which products have them, and how well they fit.

1           an id, SKU or barcode was asked for
0.9         the whole title was asked for
below 0.9   share of the asked words that the product has, weighted by how much each tells;
            among equals where they stand and how near to each other
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from psycopg import sql

from goodsight.core.asked_words import AskedWords, Phrase, Wanted
from goodsight.stores.postgres.text import storable
from goodsight.stores.postgres.words import code_lexeme, name_lexeme

__all__ = ["FindsWords", "query_text", "wanted_text"]

# Title, brand and categories, attributes, description; PostgreSQL wants the last first.
WEIGHTS = "{0.1, 0.2, 0.4, 1.0}"
# Divide by the logarithm of the product's length, and bring into 0..1.
NORMALISATION = 1 | 32
# How much the first places tell more than the next: docs/decisions/0020.
EARLY = 5

# On `products p`. What was asked in words, and the lexemes that answer it whole.
_HAS = sql.SQL("p.words @@ (to_tsquery('english', %(words)s) || %(words_whole)s::tsquery)")
_RANK = sql.SQL("""
    (CASE WHEN p.words @@ %(words_code)s::tsquery THEN 1
          WHEN p.words @@ %(words_name)s::tsquery THEN 0.9
          ELSE 0.8 * {share} + 0.1 * ts_rank_cd({weights}, p.words,
               to_tsquery('english', %(words_any)s), {normalisation}) END)
""")
_OR_NEAR = sql.SQL("({} OR p.id = ANY(%(words_near)s::bigint[]))")
_FUSED = sql.SQL("""
    (CASE WHEN p.words @@ %(words_whole)s::tsquery THEN {lexical} ELSE 0.4 * ({early} + 1) * (
        CASE WHEN {lexical} > 0 THEN 1.0 / ({early} + rank() OVER (ORDER BY {lexical} DESC))
             ELSE 0 END
        + coalesce(1.0 / ({early} + array_position(%(words_near)s::bigint[], p.id)), 0)) END)
""")
# How far a product has what was asked: wholly, in part, or in meaning alone.
_FIT = sql.SQL("""
    (CASE WHEN p.words @@ %(words_whole)s::tsquery THEN 1 WHEN {has} THEN {share} ELSE 0 END)
""")
_FIT_OR_NEAR = sql.SQL("""
    greatest({fit}, coalesce({most} * (1 - array_position(%(words_near)s::bigint[], p.id)
                             / (2.0 * cardinality(%(words_near)s::bigint[]))), 0))
""")
NEAR_FIT = 0.6
_HELD = sql.SQL("""
    CASE WHEN p.words @@ to_tsquery('english', {word}) THEN {weight}::float8 ELSE 0 END
""")


@dataclass(frozen=True, slots=True)
class FindsWords:
    """A condition, a rank and a fit on `products p`, with their parameters.

    The rank puts products in order; the fit, 0..1, says how far each has what was asked.
    """

    condition: sql.Composable
    rank: sql.Composable
    fit: sql.Composable
    values: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, asked: AskedWords) -> FindsWords:
        """Translate what was asked."""
        code, name = _literal(code_lexeme(asked.code)), _literal(name_lexeme(asked.name))
        values: dict[str, object] = {
            "words": query_text(asked),
            "words_any": " | ".join(map(wanted_text, asked.wanted)),
            "words_code": code,
            "words_name": name,
            "words_whole": f"{code} | {name}",
        }
        share: sql.Composable = sql.SQL("0" if asked.near else "1")
        held: sql.Composable = sql.SQL("1")
        if asked.enough:
            share, weighed = _share(asked.wanted)
            values |= weighed
            held = share
        rank = _RANK.format(
            share=share,
            weights=sql.Literal(WEIGHTS),
            normalisation=sql.Literal(NORMALISATION),
        )
        fit = _FIT.format(has=_HAS, share=held)
        if not asked.near:
            return cls(_HAS, rank, fit, values)
        values["words_near"] = list(asked.near)
        fused = _FUSED.format(lexical=rank, early=sql.Literal(EARLY))
        fit = _FIT_OR_NEAR.format(fit=fit, most=sql.Literal(NEAR_FIT))
        return cls(_OR_NEAR.format(_HAS), fused, fit, values)


def query_text(asked: AskedWords) -> str:
    """What a product needs, as a text for to_tsquery."""
    parts = (
        [f"({' | '.join(map(wanted_text, asked.enough))})"]
        if asked.enough
        else [wanted_text(wanted) for wanted in asked.wanted]
    )
    return " & ".join((*parts, *(f"!{_phrase(phrase)}" for phrase in asked.unwanted)))


def _share(wanted: Sequence[Wanted]) -> tuple[sql.Composable, dict[str, object]]:
    """The weight of the words that a product has, of the weight of all."""
    whole = sum(thing.weight for thing in wanted)
    names = [f"words_{number}" for number in range(len(wanted))]
    held = [
        _HELD.format(word=sql.Placeholder(name), weight=sql.Literal(thing.weight / whole))
        for name, thing in zip(names, wanted, strict=True)
    ]
    values: dict[str, object] = {
        name: wanted_text(thing) for name, thing in zip(names, wanted, strict=True)
    }
    return sql.SQL("({})").format(sql.SQL(" + ").join(held)), values


def wanted_text(wanted: Wanted) -> str:
    """One thing asked for, as a text for to_tsquery."""
    last = len(wanted.phrases) - 1
    phrases = [
        _phrase(phrase, beginning=wanted.beginning and number == last)
        for number, phrase in enumerate(wanted.phrases)
    ]
    return f"({' | '.join(phrases)})"


def _phrase(phrase: Phrase, *, beginning: bool = False) -> str:
    words = [_literal(word) for word in phrase]
    if beginning:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"


def _literal(lexeme: str) -> str:
    """A word as it is written in a query for full-text search."""
    quoted = storable(lexeme).replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"
