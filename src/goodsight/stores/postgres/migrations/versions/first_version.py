"""The first version: collections, products, photos, features, index runs.

Vectors live in tables of their own, one pair for each vector set, made when the set is:
their type names the dimension, and an index over one set never meets another set's rows.

A photo's bytes are kept once in a collection (`images`, by content hash); `photos` are the
places where products show them. Ids of products and photo references come from feeds and may
be longer than an index entry may be: unique indexes hold a digest beside the text.
"""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE collections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    profile text NOT NULL,
    model text NOT NULL,
    card json NOT NULL,
    active_vector_set bigint,
    index_version bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE vector_sets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    space text NOT NULL,
    dimension integer NOT NULL CHECK (dimension > 0),
    -- As of the last finished run: photos of a product on average, and of the product that
    -- an average photo belongs to, which tells how much a few products crowd the rest.
    photos_per_product real NOT NULL DEFAULT 1,
    crowding real NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (collection_id, space)
);

ALTER TABLE collections ADD FOREIGN KEY (active_vector_set) REFERENCES vector_sets;

CREATE TABLE sources (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    name text NOT NULL,
    UNIQUE (collection_id, name)
);

CREATE TABLE index_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    source_id bigint NOT NULL REFERENCES sources,
    status text NOT NULL DEFAULT 'running'
        CHECK (status IN ('running', 'complete', 'interrupted', 'lost')),
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    products_seen bigint NOT NULL DEFAULT 0,
    products_changed bigint NOT NULL DEFAULT 0,
    products_removed bigint NOT NULL DEFAULT 0,
    photos_indexed bigint NOT NULL DEFAULT 0,
    photos_removed bigint NOT NULL DEFAULT 0,
    skipped_count bigint NOT NULL DEFAULT 0,
    skipped json NOT NULL DEFAULT '[]'
);
CREATE INDEX ON index_runs (collection_id);
CREATE INDEX ON index_runs (source_id);

CREATE TABLE products (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    source_id bigint NOT NULL REFERENCES sources,
    product_key text NOT NULL,
    key_digest bytea NOT NULL,
    value_hash bytea NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    price numeric,
    currency text,
    own_stock numeric,
    -- The variants' sum where any variant states one, else the product's own.
    stock numeric,
    categories json NOT NULL,
    brand text,
    url text,
    attributes json NOT NULL,
    source text NOT NULL,
    photo_references text[] NOT NULL,
    -- Everything a filter can ask for but price and stock, in the form it is compared in.
    facts jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (collection_id, key_digest)
);
CREATE INDEX products_by_source ON products (source_id);
CREATE INDEX products_by_price ON products (collection_id, price);
CREATE INDEX products_by_stock ON products (collection_id, stock);
-- Without the list of pending entries, which every search would read through.
CREATE INDEX products_by_facts ON products USING gin (facts jsonb_path_ops)
    WITH (fastupdate = off);

-- Which run saw a product last: apart, so that seeing an unchanged product again writes
-- a few bytes and not the whole row.
CREATE TABLE sightings (
    product_id bigint PRIMARY KEY REFERENCES products ON DELETE CASCADE,
    run_id bigint NOT NULL
);

CREATE TABLE variants (
    product_id bigint NOT NULL REFERENCES products ON DELETE CASCADE,
    position integer NOT NULL,
    variant_key text NOT NULL,
    options json NOT NULL,
    price numeric,
    stock numeric,
    photo_references text[] NOT NULL,
    PRIMARY KEY (product_id, position)
);

CREATE TABLE images (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    content_hash text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    findings text[] NOT NULL,
    thumbnail bytea NOT NULL,
    UNIQUE (collection_id, content_hash)
);
-- Thumbnails are compressed already, and out of the way of every other look at the row.
ALTER TABLE images ALTER thumbnail SET STORAGE EXTERNAL;
ALTER TABLE images SET (toast_tuple_target = 128);

CREATE TABLE photos (
    product_id bigint NOT NULL REFERENCES products ON DELETE CASCADE,
    reference_digest bytea NOT NULL,
    reference text NOT NULL,
    image_id bigint NOT NULL REFERENCES images,
    PRIMARY KEY (product_id, reference_digest)
);
CREATE INDEX photos_by_image ON photos (image_id) INCLUDE (product_id);

-- An encoder's output before projection and normalisation: little-endian floats of
-- `bytes_each` bytes.
CREATE TABLE features (
    image_id bigint NOT NULL REFERENCES images ON DELETE CASCADE,
    vector_set_id bigint NOT NULL REFERENCES vector_sets ON DELETE CASCADE,
    bytes_each smallint NOT NULL CHECK (bytes_each IN (2, 4)),
    numbers bytea NOT NULL,
    PRIMARY KEY (image_id, vector_set_id)
);
ALTER TABLE features ALTER numbers SET STORAGE EXTERNAL;
CREATE INDEX features_by_vector_set ON features (vector_set_id);
"""


def upgrade() -> None:
    """Make the tables, in the schema the connection's search path begins with."""
    for statement in TABLES.split(";"):
        if statement.strip():
            op.execute(statement)
