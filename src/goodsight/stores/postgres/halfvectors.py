"""pgvector's `halfvec` in the wire's binary form: half the bytes of `vector`.

Layout: dimension and a zero, both int16, then the float16 components, all big-endian. The
rounding moves a score of unit vectors by less than 1e-3. docs/decisions/0007 says why.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

from goodsight.core.errors import StoreError
from goodsight.core.scoring import unit_rows
from goodsight.core.types import FloatArray

__all__ = ["HalfVector", "HalfVectorDumper", "unit_vectors"]

_HEADER = struct.Struct(">hh")


@dataclass(frozen=True, slots=True)
class HalfVector:
    """A vector on its way to the database, encoded."""

    encoded: bytes

    @classmethod
    def of(cls, vector: FloatArray) -> HalfVector:
        """Encode float32 (d,). Raises StoreError for numbers that are not finite."""
        if not np.isfinite(vector).all():
            raise StoreError("a vector with numbers that are not finite cannot be kept or sought")
        components = np.asarray(vector, dtype=">f2")
        return cls(_HEADER.pack(len(components), 0) + components.tobytes())


class HalfVectorDumper(Dumper):
    """Hands the encoded bytes to the driver; the statement's cast names the type."""

    format = Format.BINARY

    def dump(self, obj: HalfVector) -> Buffer:
        """The bytes as they are."""
        return obj.encoded


def unit_vectors(encoded: Sequence[bytes], dimension: int) -> FloatArray:
    """Decode n vectors into float32 (n, dimension), rows of norm 1 again."""
    joined = b"".join(bytes(row[_HEADER.size :]) for row in encoded)
    half = np.frombuffer(joined, dtype=">f2").reshape(len(encoded), dimension)
    return unit_rows(half.astype(np.float32))
