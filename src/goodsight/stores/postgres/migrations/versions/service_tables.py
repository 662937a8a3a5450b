"""The second version: words to search by, photos sent over HTTP, keys, sessions, audit.

`products.words` holds title, ids, variant ids, brand, categories, attribute values and
description for full-text search. `originals` keeps the bytes of photos that came by upload:
they exist nowhere else, and a new model must be able to see them again.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
ALTER TABLE products ADD words tsvector NOT NULL DEFAULT '';
CREATE INDEX products_by_words ON products USING gin (words) WITH (fastupdate = off);

CREATE TABLE originals (
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    content_hash text NOT NULL,
    bytes bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (collection_id, content_hash)
);
ALTER TABLE originals ALTER bytes SET STORAGE EXTERNAL;

CREATE TABLE api_keys (
    id text PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('search', 'edit', 'admin')),
    -- NULL: every collection.
    collections text[],
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);

CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    key_id text NOT NULL REFERENCES api_keys ON DELETE CASCADE,
    csrf_hash bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);

CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    detail json NOT NULL DEFAULT '{}'
);

-- Words of products that are here already, as documents.py would write them.
UPDATE products p SET words = to_tsvector('english', left(concat_ws(' ',
    p.title, p.product_key, p.brand,
    (SELECT string_agg(v.variant_key, ' ') FROM variants v WHERE v.product_id = p.id),
    p.categories::text, p.attributes::text,
    (SELECT string_agg(v.options::text, ' ') FROM variants v WHERE v.product_id = p.id),
    p.description), 100000))
"""

# Who can write to the table with SQL can still drop the trigger: it guards against mistakes
# and against a service that was taken over but whose database user may not alter tables.
APPEND_ONLY = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit table is append-only';
END $$
"""
GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
"""


def upgrade() -> None:
    """Make the tables, in the schema the connection's search path begins with."""
    for statement in TABLES.split(";"):
        if statement.strip():
            op.execute(statement)
    op.execute(APPEND_ONLY)
    op.execute(GUARD)
