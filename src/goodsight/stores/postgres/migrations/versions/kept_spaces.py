"""The eighth version: spaces that stay to go back to, and the runs that tuned them.

A set that was in use before keeps its vectors while `retired_at` is set; `retired_version` is
the index version it was left at, and tells whether photos came or went since. `former_id` is
the set that was in use before this one. `index_kind` is what its indexes hold of a vector.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

CHANGES = """
ALTER TABLE projections ADD origin text NOT NULL DEFAULT 'catalogue'
    CHECK (origin IN ('catalogue', 'tuned'));
ALTER TABLE vector_sets ADD retired_at timestamptz;
ALTER TABLE vector_sets ADD retired_version bigint;
ALTER TABLE vector_sets ADD former_id bigint REFERENCES vector_sets ON DELETE SET NULL;
ALTER TABLE vector_sets ADD index_kind text NOT NULL DEFAULT 'halfvec'
    CHECK (index_kind IN ('halfvec', 'binary'));

CREATE TABLE tuning_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    method text NOT NULL,
    status text NOT NULL DEFAULT 'running'
        CHECK (status IN ('running', 'switched', 'refused', 'interrupted', 'failed')),
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    forced boolean NOT NULL DEFAULT false,
    -- The vector set it came to, while that is kept.
    vector_set_id bigint REFERENCES vector_sets ON DELETE SET NULL,
    -- Settings, curve, card, verdict and changed queries, as goodsight.core.tuning has them.
    record json NOT NULL
);
CREATE INDEX ON tuning_runs (collection_id, id)
"""


def upgrade() -> None:
    """Add what is new."""
    for statement in CHANGES.split(";"):
        if statement.strip():
            op.execute(statement)
