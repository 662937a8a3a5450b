"""The pattern of what a photo shows, beside its colours.

NULL for photos of before: the next index run looks at them. float16, as colours are.
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column, in the schema the connection's search path begins with."""
    op.execute("ALTER TABLE images ADD pattern bytea")
