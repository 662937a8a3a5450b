"""The third version: spaces learnt from the catalogue, and calibrations.

A vector set with a `base_id` holds the projected vectors of the set it names, whose row stays
as the owner of the raw features. `learnt_photos` is how many photos there were when the set's
projection and calibrations were last learnt.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
ALTER TABLE vector_sets ADD base_id bigint REFERENCES vector_sets ON DELETE CASCADE;
ALTER TABLE vector_sets ADD learnt_photos bigint;

CREATE TABLE projections (
    vector_set_id bigint PRIMARY KEY REFERENCES vector_sets ON DELETE CASCADE,
    -- Little-endian float32, the matrix row by row.
    mean bytea NOT NULL,
    matrix bytea NOT NULL,
    blocks integer[] NOT NULL,
    rooted boolean NOT NULL,
    photos bigint NOT NULL,
    products bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE projections ALTER matrix SET STORAGE EXTERNAL;

CREATE TABLE calibrations (
    vector_set_id bigint NOT NULL REFERENCES vector_sets ON DELETE CASCADE,
    metric text NOT NULL,
    temperature double precision NOT NULL CHECK (temperature > 0),
    threshold double precision NOT NULL,
    origin text NOT NULL CHECK (origin IN ('catalogue', 'queries')),
    queries bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (vector_set_id, metric)
);
"""


def upgrade() -> None:
    """Add what is new."""
    for statement in TABLES.split(";"):
        if statement.strip():
            op.execute(statement)
