"""The seventh version: bridges from texts to photos, and what learning them came to.

A row says that a bridge was tried in a vector set; `mean` and `matrix` are null where it did
not gain. It goes with the vector set, whose photos it was learnt from.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLE = """
CREATE TABLE bridges (
    vector_set_id bigint PRIMARY KEY REFERENCES vector_sets ON DELETE CASCADE,
    text_space text NOT NULL,
    -- Little-endian float32, the matrix row by row.
    mean bytea,
    matrix bytea,
    weight double precision,
    products bigint NOT NULL,
    questions bigint NOT NULL,
    texts_alone double precision NOT NULL,
    together double precision NOT NULL,
    gain_low double precision NOT NULL,
    gain_high double precision NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((mean IS NULL) = (matrix IS NULL) AND (mean IS NULL) = (weight IS NULL))
)
"""
STORAGE = "ALTER TABLE bridges ALTER matrix SET STORAGE EXTERNAL"


def upgrade() -> None:
    """Add what is new."""
    op.execute(TABLE)
    op.execute(STORAGE)
