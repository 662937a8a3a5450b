"""The tables of one vector set: a vector for each photo and for each product's mean.

A vector is stored in the row itself (PLAIN): it is read in every comparison, and a detour
through the overflow table costs more than the page it saves. Wider vectors than a page holds
go there all the same, and are searched without an index.
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import sql

from goodsight.stores.postgres.sessions import Connection

__all__ = ["MAX_INDEXED_DIMENSION", "VectorSet"]

# pgvector's limit for an HNSW index over halfvec; up to it a row fits a page, too.
MAX_INDEXED_DIMENSION = 4000


@dataclass(frozen=True, slots=True)
class VectorSet:
    """Names what belongs to the set with this id; `dimension` is its vectors' length."""

    id: int
    dimension: int

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
