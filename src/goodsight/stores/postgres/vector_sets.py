"""The tables of one vector set: a vector for each photo and for each product's mean.

A vector is stored in the row itself (PLAIN): it is read in every comparison, and a detour
through the overflow table costs more than the page it saves. Wider vectors than a page holds
go there all the same, and are searched without an index.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString

from psycopg import sql

from goodsight.stores.postgres.sessions import Connection

__all__ = ["MAX_INDEXED_DIMENSION", "MIN_SIGNS", "IndexKind", "VectorSet"]

# pgvector's limit for an HNSW index over halfvec; up to it a row fits a page, too.
MAX_INDEXED_DIMENSION = 4000
# With fewer signs too many vectors look alike.
MIN_SIGNS = 64


class IndexKind(StrEnum):
    """What an index holds of a vector: its numbers, two bytes each, or their signs, a bit each."""

    HALFVEC = "halfvec"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class VectorSet:
    """Names what belongs to the set with this id; `dimension` is its vectors' length.

    `kind` is that of its indexes, which have the same names either way.
    """

    id: int
    dimension: int
    kind: IndexKind = IndexKind.HALFVEC

    @property
    def photo_vectors(self) -> sql.Identifier:
        """Table image_id -> vector, of norm 1."""
        return sql.Identifier(f"photo_vectors_{self.id}")

    @property
    def product_vectors(self) -> sql.Identifier:
        """Table product_id -> mean vector, of norm 1; for two and more distinct photos."""
        return sql.Identifier(f"product_vectors_{self.id}")

    @property
    def photo_index(self) -> sql.Identifier:
        """HNSW index over the photos' vectors."""
        return sql.Identifier(f"photo_vectors_{self.id}_hnsw")

    @property
    def product_index(self) -> sql.Identifier:
        """HNSW index over the products' mean vectors."""
        return sql.Identifier(f"product_vectors_{self.id}_hnsw")

    @property
    def indexed(self) -> sql.Composable:
        """What an index is built over, with its operator class."""
        if self.kind is IndexKind.HALFVEC:
            return sql.SQL("vector halfvec_ip_ops")
        return sql.SQL("({}) bit_hamming_ops").format(self._signs("vector"))

    @property
    def indexed_bytes(self) -> int:
        """What an index holds of each vector."""
        return 2 * self.dimension if self.kind is IndexKind.HALFVEC else -(-self.dimension // 8)

    @property
    def distance(self) -> sql.Composable:
        """How far rows `v` are from the parameter `query`, as the index orders them."""
        if self.kind is IndexKind.HALFVEC:
            return sql.SQL("v.vector <#> %(query)s::halfvec")
        return sql.SQL("{} <~> {}").format(
            self._signs("v.vector"), self._signs("%(query)s::halfvec")
        )

    def _signs(self, vector: LiteralString) -> sql.Composed:
        bits = sql.SQL("binary_quantize({})::bit({})")
        return bits.format(sql.SQL(vector), sql.Literal(self.dimension))

    def create(self, connection: Connection) -> None:
        """Make the tables, without indexes."""
        storage = "PLAIN" if self.dimension <= MAX_INDEXED_DIMENSION else "EXTERNAL"
        statement = sql.SQL("""
            CREATE TABLE {photos} (
                image_id bigint PRIMARY KEY REFERENCES images ON DELETE CASCADE,
                vector halfvec({dimension}) STORAGE {storage} NOT NULL
            );
            CREATE TABLE {products} (
                product_id bigint PRIMARY KEY REFERENCES products ON DELETE CASCADE,
                photos integer NOT NULL,
                vector halfvec({dimension}) STORAGE {storage} NOT NULL
            );
        """)
        connection.execute(
            statement.format(
                photos=self.photo_vectors,
                products=self.product_vectors,
                dimension=sql.Literal(self.dimension),
                storage=sql.SQL(storage),
            )
        )

    def drop(self, connection: Connection) -> None:
        """Remove the tables and their indexes."""
        statement = sql.SQL("DROP TABLE IF EXISTS {}, {}")
        connection.execute(statement.format(self.photo_vectors, self.product_vectors))
