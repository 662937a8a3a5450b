"""The search statement, put together from its parts.

    candidates   products near by photo or by mean (index), or all that pass the filter
    ranked       their exact scores over all their photos
    top          the best of them
    answer       their rows, best photos and variants, with the collection's version

Every photo of a candidate counts, so that a product found by its mean alone is scored as
exactly as one found by its best photo.
"""

from __future__ import annotations

from psycopg import sql

from goodsight.core.scoring import MEAN_WEIGHT
from goodsight.core.types import Metric
from goodsight.stores.postgres.products import PRODUCT_COLUMNS
from goodsight.stores.postgres.routes import Near
from goodsight.stores.postgres.vector_sets import VectorSet

__all__ = ["photos_statement", "search_statement"]


_SIMILARITY = {
    Metric.COSINE: sql.SQL("-({vector} <#> %(query)s::halfvec)"),
    Metric.EUCLIDEAN: sql.SQL("(1 - ({vector} <-> %(query)s::halfvec) / 2)"),
}

_NEAR = sql.SQL("""
    near_photos AS MATERIALIZED (
        SELECT v.image_id FROM {photo_vectors} v {photos_pass}
        ORDER BY v.vector <#> %(query)s::halfvec LIMIT {photos}),
    near_means AS MATERIALIZED (
        SELECT v.product_id FROM {product_vectors} v {means_pass}
        ORDER BY v.vector <#> %(query)s::halfvec LIMIT {means}),
    candidates AS MATERIALIZED (
        SELECT f.product_id FROM near_photos JOIN photos f USING (image_id) {places_pass}
        UNION SELECT product_id FROM near_means)
""")
_SCORED_CANDIDATES = sql.SQL("""
    {candidates},
    scored AS (
        SELECT c.product_id, b.best
        FROM candidates c CROSS JOIN LATERAL (
            SELECT max({similarity}) AS best
            FROM photos f JOIN {photo_vectors} v USING (image_id)
            WHERE f.product_id = c.product_id) b
        WHERE b.best IS NOT NULL)
""")
# OFFSET 0 keeps the planner from turning the question around: from asking of each photo the
# index brings whether it passes, to collecting all that pass and sorting them. Further down
# it has the vectors compared before rows are grouped, not carried through a sort.
_PHOTOS_PASS = sql.SQL("""
    WHERE EXISTS (SELECT FROM photos f JOIN products p ON p.id = f.product_id
                  WHERE f.image_id = v.image_id AND {condition} OFFSET 0)
""")
_MEANS_PASS = sql.SQL("""
    WHERE EXISTS (SELECT FROM products p WHERE p.id = v.product_id AND {condition} OFFSET 0)
""")
_PLACES_PASS = sql.SQL("JOIN products p ON p.id = f.product_id AND {condition}")

_SCORED_ALL = sql.SQL("""
    scored AS (
        SELECT product_id, max(similarity) AS best
        FROM (SELECT f.product_id, {similarity} AS similarity
              FROM photos f JOIN {photo_vectors} v USING (image_id) {passing}
              OFFSET 0) AS compared
        GROUP BY product_id)
""")
_PLACES_AND_PASSING = sql.SQL("""
    JOIN products p ON p.id = f.product_id
    WHERE p.collection_id = %(collection)s AND {condition}
""")

_SEARCH = sql.SQL("""
    WITH {scored},
    ranked AS (
        SELECT s.product_id, s.best, coalesce({similarity}, s.best) AS mean
        FROM scored s LEFT JOIN {product_vectors} v USING (product_id)),
    top AS (
        SELECT product_id, best, mean,
               (1 - {mean_weight}) * best + {mean_weight} * mean AS score
        FROM ranked ORDER BY score DESC FETCH FIRST {limit} ROWS WITH TIES),
    answer AS (
        SELECT t.score, t.best, t.mean, shown.reference, i.content_hash, {product_columns}
        FROM top t JOIN products p ON p.id = t.product_id
        CROSS JOIN LATERAL (
            SELECT f.reference, f.image_id
            FROM photos f JOIN {photo_vectors} v USING (image_id)
            WHERE f.product_id = p.id
            ORDER BY v.vector <#> %(query)s::halfvec,
                     array_position(p.photo_references, f.reference)
            LIMIT 1) shown
        JOIN images i ON i.id = shown.image_id
        ORDER BY t.score DESC, p.product_key COLLATE "C" LIMIT {limit})
    SELECT c.active_vector_set, c.index_version, answer.*
    FROM collections c LEFT JOIN answer ON TRUE
    WHERE c.id = %(collection)s
    ORDER BY answer.score DESC, answer.product_key COLLATE "C"
""")


# Narrow rows are put in order, then their vectors looked up one by one: nothing wide is
# ever sorted, and the first rows come at once.
_PHOTOS = sql.SQL("""
    {candidates}
    SELECT s.id, s.product_key, v.vector
    FROM (SELECT DISTINCT p.id, p.product_key, f.image_id
          FROM products p JOIN photos f ON f.product_id = p.id {among}
          WHERE p.collection_id = %(collection)s AND {condition}
          ORDER BY p.id OFFSET 0) AS s
    CROSS JOIN LATERAL (
        SELECT vector FROM {photo_vectors} WHERE image_id = s.image_id LIMIT 1) AS v
""")


_NOTHING = sql.SQL("")


def search_statement(
    vectors: VectorSet,
    metric: Metric,
    *,
    limit: int,
    near: Near | None,
    condition: sql.Composable | None,
) -> sql.Composed:
    """The statement for cosine or euclidean scores.

    `near` candidates come from the indexes; None compares with every photo. Numbers are part
    of the text: a plan made without them would expect to read whole tables.

    Its rows are the active vector set, the index version and, unless nothing was found,
    score, best, mean, photo reference, content hash and `PRODUCT_COLUMNS`. Parameters:
    `query`, `collection` and the condition's.
    """
    names = {
        "photo_vectors": vectors.photo_vectors,
        "product_vectors": vectors.product_vectors,
        "similarity": _SIMILARITY[metric].format(vector=sql.Identifier("v", "vector")),
    }
    if near is None:
        scored = _SCORED_ALL.format(**names, passing=_passing(_PLACES_AND_PASSING, condition))
    else:
        candidates = _candidates(vectors, near, condition)
        scored = _SCORED_CANDIDATES.format(**names, candidates=candidates)
    return _SEARCH.format(
        **names,
        scored=scored,
        limit=sql.Literal(limit),
        mean_weight=sql.Literal(MEAN_WEIGHT),
        product_columns=PRODUCT_COLUMNS,
    )


def photos_statement(
    vectors: VectorSet, *, near: Near | None, condition: sql.Composable | None
) -> sql.Composed:
    """Each distinct photo's vector of the candidates, product by product.

    Its rows are the product's row id, its key and the vector. Parameters: `collection`, with
    `near` also `query`, and the condition's.
    """
    candidates: sql.Composable = _NOTHING
    among: sql.Composable = _NOTHING
    if near is not None:
        candidates = sql.SQL("WITH {}").format(_candidates(vectors, near, condition))
        among = sql.SQL("JOIN candidates c ON c.product_id = f.product_id")
    return _PHOTOS.format(
        candidates=candidates,
        among=among,
        photo_vectors=vectors.photo_vectors,
        condition=sql.SQL("TRUE") if condition is None else condition,
    )


def _candidates(vectors: VectorSet, near: Near, condition: sql.Composable | None) -> sql.Composed:
    return _NEAR.format(
        photo_vectors=vectors.photo_vectors,
        product_vectors=vectors.product_vectors,
        photos=sql.Literal(near.photos),
        means=sql.Literal(near.means),
        photos_pass=_passing(_PHOTOS_PASS, condition),
        means_pass=_passing(_MEANS_PASS, condition),
        places_pass=_passing(_PLACES_PASS, condition),
    )


def _passing(clause: sql.SQL, condition: sql.Composable | None) -> sql.Composable:
    return _NOTHING if condition is None else clause.format(condition=condition)
