"""What is seen in a photo beside its vector: colours, a perceptual hash, printed words.

All are NULL for photos of before: the next index run describes them. `colours` are float16.
`printed_words` are NULL where nobody has read the photo, and empty where nothing is printed.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

COLUMNS = """
ALTER TABLE images
    ADD colours bytea,
    ADD colour_names text[],
    ADD perceptual_hash bigint,
    ADD printed_words text
"""


def upgrade() -> None:
    """Add the columns, in the schema the connection's search path begins with."""
    op.execute(COLUMNS)
