"""The tenth version: a projection that subtracts nothing keeps the mean of its photos beside.

An audit tells by it how far the catalogue has drifted. float32, little endian; null where `mean`
itself is the photos' mean, and where an earlier version learnt the projection.
"""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add what is new; of projections there are it is not known."""
    op.execute("ALTER TABLE projections ADD photo_mean bytea")
