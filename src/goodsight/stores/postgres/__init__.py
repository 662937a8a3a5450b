"""PostgreSQL with pgvector: products, photos and vectors, searched in one statement."""

from goodsight.stores.postgres.server import EmbeddedServer
from goodsight.stores.postgres.store import PostgresStore

__all__ = ["EmbeddedServer", "PostgresStore"]
