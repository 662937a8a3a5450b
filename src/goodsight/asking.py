"""What a caller gives, as what is made of it: a place, terms of a query, names of choices."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from goodsight.core.errors import UsageError
from goodsight.core.types import Photo, Term
from goodsight.reading import CollectionReader
from goodsight.wiring import Wiring

__all__ = ["SearchTerm", "choice", "overrides_of", "term_of"]

SearchTerm = str | Path | Photo
Choice = TypeVar("Choice", bound=StrEnum)


def overrides_of(location: str | Path | None) -> dict[str, str]:
    """The setting that a folder or the URL of a database server stands for."""
    if location is None:
        return {}
    if str(location).startswith(("postgresql://", "postgres://")):
        return {"database_url": str(location)}
    return {"home": str(location)}


def term_of(given: SearchTerm, wiring: Wiring, reader: CollectionReader) -> Term:
    """A photo, a photo's path or URL, or words, as a term. Raises PhotoError."""
    if isinstance(given, Photo):
        return Term(photo=given)
    if isinstance(given, Path) or wiring.names_a_photo(given):
        path = str(Path(given).expanduser()) if "://" not in str(given) else str(given)
        return Term(photo=wiring.query_photos(reader.encoder().card).load(path))
    return Term(text=given)


def choice(kind: type[Choice], value: str) -> Choice:
    """The member of an enumeration that a user named. Raises UsageError with the choices."""
    try:
        return kind(value)
    except ValueError as error:
        choices = ", ".join(kind)
        raise UsageError(f"{kind.__name__.lower()} '{value}': choose from {choices}") from error
