"""The fifth version: words apart by where they stand, ids and titles whole, spellings; texts.

`products.words` has weights from A (title) to D (description), and the lexemes `=id` and
`~title`. `products.spellings` are the words that misspelt ones are compared with.
`text_vectors` hold a vector for the text of each product, where texts are encoded at all.

What is here already is prepared in SQL, nearly as words.py would: without letters such as ø
written plainly, barcodes, and whole titles in Chinese. The next index run writes each product
anew, since `DOCUMENT_VERSION` is another.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

# `product_as_of`: the product's `updated_at` when its text was last looked at.
TEXT_VECTORS = """
CREATE TABLE text_vectors (
    product_id bigint PRIMARY KEY REFERENCES products ON DELETE CASCADE,
    collection_id bigint NOT NULL REFERENCES collections ON DELETE CASCADE,
    space text NOT NULL,
    text_hash bytea NOT NULL,
    product_as_of timestamptz NOT NULL,
    vector halfvec NOT NULL
)
"""
TEXT_VECTORS_BY_COLLECTION = "CREATE INDEX ON text_vectors (collection_id)"
COLUMNS = "ALTER TABLE products ADD spellings text[] NOT NULL DEFAULT '{}'"

# Unspaced writing: once from its first letter on in pairs, once from its second, then letters.
UNSPACED = r"\u3005\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
PREPARED = r"""
CREATE FUNCTION pg_temp.prepared(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    WITH folded AS (
        SELECT lower(normalize(regexp_replace(
            normalize(replace(lower(normalize(coalesce(given, ''), NFKC)), 'ß', 'ss'), NFD),
            '[\u0300-\u036f]', '', 'g'), NFC)) AS text),
    spaced AS (
        SELECT regexp_replace(text, '[!-/:-@[-`{-~«»„“”‘’…–—、。，！？：；（）《》·]+', ' ', 'g')
            AS text
        FROM folded),
    apart AS (
        SELECT regexp_replace(regexp_replace(text, '([^UNSPACED]+)', ' \1 ', 'g'),
            '\s+', ' ', 'g') AS text
        FROM spaced)
    SELECT concat_ws(' ',
        regexp_replace(text, '([UNSPACED]{2})', ' \1 ', 'g'),
        CASE WHEN text ~ '[UNSPACED]' THEN concat_ws(' ',
            regexp_replace(
                regexp_replace(text, '(^| )([UNSPACED])', ' ', 'g'),
                '([UNSPACED]{2})', ' \1 ', 'g'),
            regexp_replace(text, '([UNSPACED])', ' \1 ', 'g')) END)
    FROM apart
$$
""".replace("UNSPACED", UNSPACED)
VALUES = r"""
CREATE FUNCTION pg_temp.values_of(document json) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(value, ' ')
    FROM json_each(document) AS fact (name, held), json_array_elements_text(held) AS value
$$
"""
REPREPARE = r"""
UPDATE products p SET
    words = setweight(to_tsvector('english', left(said.title, 100000)), 'A')
        || setweight(to_tsvector('english', left(said.kind, 100000)), 'B')
        || setweight(to_tsvector('english', left(said.attributes, 100000)), 'C')
        || setweight(to_tsvector('english', left(pg_temp.prepared(p.description), 100000)), 'D')
        || array_to_tsvector(said.lexemes),
    spellings = array(SELECT DISTINCT word FROM regexp_split_to_table(
        concat_ws(' ', said.title, said.kind, said.attributes), '\s+') AS word WHERE word <> '')
FROM (
    SELECT q.id, pg_temp.prepared(q.title) AS title,
           pg_temp.prepared(concat_ws(' ', q.brand,
               (SELECT string_agg(level, ' ') FROM json_array_elements(q.categories) AS path,
                       json_array_elements_text(path) AS level))) AS kind,
           pg_temp.prepared(concat_ws(' ', q.product_key, v.keys, pg_temp.values_of(q.attributes),
               v.options)) AS attributes,
           array(SELECT DISTINCT left(lexeme, 400)
                 FROM unnest(v.codes || ('=' || lower(normalize(q.product_key, NFKC)))
                     || CASE WHEN q.title ~ '[UNSPACED]' THEN '=' ELSE
                            '~' || btrim(regexp_replace(pg_temp.prepared(q.title), '\s+', ' ', 'g'))
                        END) AS lexeme
                 WHERE lexeme NOT IN ('=', '~')) AS lexemes
    FROM products q CROSS JOIN LATERAL (
        SELECT string_agg(variant_key, ' ') AS keys,
               string_agg(pg_temp.values_of(options), ' ') AS options,
               coalesce(array_agg('=' || lower(normalize(variant_key, NFKC)))
                   FILTER (WHERE variant_key IS NOT NULL), '{}') AS codes
        FROM variants WHERE product_id = q.id) AS v) AS said
WHERE said.id = p.id
""".replace("UNSPACED", UNSPACED)


def upgrade() -> None:
    """Add the column and prepare the words of the products that are here."""
    for statement in (
        TEXT_VECTORS,
        TEXT_VECTORS_BY_COLLECTION,
        COLUMNS,
        PREPARED,
        VALUES,
        REPREPARE,
    ):
        # Colons that follow a word would be taken for names of parameters.
        op.get_bind().exec_driver_sql(statement)
