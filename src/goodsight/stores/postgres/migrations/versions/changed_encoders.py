"""The ninth version: a vector set that owns features knows the encoder they come from.

`model`, `profile` and `card` of such a set (its `base_id` is null) are what the collection's
become when the set, or one with vectors made of its features, is searched. `begun_at` is set
while the features are still being made, and nobody has searched there.
"""

from alembic import op

revision = "0009"
down_revision = "0008"

CHANGES = """
ALTER TABLE vector_sets ADD model text;
ALTER TABLE vector_sets ADD profile text;
ALTER TABLE vector_sets ADD card json;
ALTER TABLE vector_sets ADD begun_at timestamptz;

UPDATE vector_sets s SET model = c.model, profile = c.profile, card = c.card
FROM collections c WHERE c.id = s.collection_id AND s.base_id IS NULL;

ALTER TABLE vector_sets ADD CONSTRAINT features_have_an_encoder CHECK (
    base_id IS NOT NULL OR (model IS NOT NULL AND profile IS NOT NULL AND card IS NOT NULL))
"""


def upgrade() -> None:
    """Add what is new, for the encoder that every collection has had so far."""
    for statement in CHANGES.split(";"):
        if statement.strip():
            op.execute(statement)
