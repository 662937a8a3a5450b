"""The search statement, put together from its parts.

    candidates   products near by photo or by mean (index), or all that pass the filter
    ranked       by their best photo and their mean
    top          the best of them
    answer       their rows, best photos and variants, with the collection's version

An index of signs orders roughly: it is asked for more, which are compared by their vectors.
The candidates bring what was compared; only what is lacking is compared then: the photos of a
product found by its mean alone, the mean of one found by a photo. The photo shown is sought
once more among all photos of its product, so that the answer's scores are exact.
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
    Metric.COSINE: sql.SQL("-(v.vector <#> %(query)s::halfvec)"),
    Metric.EUCLIDEAN: sql.SQL("(1 - (v.vector <-> %(query)s::halfvec) / 2)"),
}

_CANDIDATES = sql.SQL("""
    near_photos AS MATERIALIZED (
        SELECT image_id, similarity FROM (
            SELECT v.image_id, {similarity} AS similarity FROM {photo_vectors} v {photos_pass}
            ORDER BY {distance} LIMIT {wide_photos}) AS wide
        ORDER BY similarity DESC LIMIT {photos}),
    near_means AS MATERIALIZED (
        SELECT product_id, similarity FROM (
            SELECT v.product_id, {similarity} AS similarity FROM {product_vectors} v {means_pass}
            ORDER BY {distance} LIMIT {wide_means}) AS wide
        ORDER BY similarity DESC LIMIT {means}),
    candidates AS MATERIALIZED (
        SELECT product_id, max(best) AS best, max(mean) AS mean
        FROM (SELECT f.product_id, n.similarity AS best, NULL AS mean
              FROM near_photos n JOIN photos f USING (image_id) {places_pass}
              UNION ALL SELECT product_id, NULL, similarity FROM near_means) AS near
        GROUP BY product_id)
""")
_SCORED_CANDIDATES = sql.SQL("""
    {candidates},
    scored AS (
        SELECT c.product_id,
               coalesce(c.best, (SELECT max({similarity})
                                 FROM photos f JOIN {photo_vectors} v USING (image_id)
                                 WHERE f.product_id = c.product_id)) AS best,
               coalesce(c.mean, (SELECT {similarity} FROM {product_vectors} v
                                 WHERE v.product_id = c.product_id)) AS mean
        FROM candidates c)
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
        SELECT b.product_id, b.best, {similarity} AS mean
        FROM (SELECT product_id, max(similarity) AS best
              FROM (SELECT f.product_id, {similarity} AS similarity
                    FROM photos f JOIN {photo_vectors} v USING (image_id) {passing}
                    OFFSET 0) AS compared
              GROUP BY product_id) AS b
        LEFT JOIN {product_vectors} v USING (product_id))
""")
_PLACES_AND_PASSING = sql.SQL("""
    JOIN products p ON p.id = f.product_id
    WHERE p.collection_id = %(collection)s AND {condition}
""")

_SEARCH = sql.SQL("""
    WITH {scored},
    ranked AS (
        -- One photo is its own mean.
        SELECT product_id, best, coalesce(mean, best) AS mean FROM scored WHERE best IS NOT NULL),
    top AS (
        SELECT product_id, mean FROM ranked
        ORDER BY (1 - {mean_weight}) * best + {mean_weight} * mean DESC
        FETCH FIRST {limit} ROWS WITH TIES),
    answer AS (
        SELECT (1 - {mean_weight}) * shown.best + {mean_weight} * t.mean AS score,
               shown.best, t.mean, shown.reference, i.content_hash, {product_columns}
        FROM top t JOIN products p ON p.id = t.product_id
        CROSS JOIN LATERAL (
            SELECT f.reference, f.image_id, {similarity} AS best
            FROM photos f JOIN {photo_vectors} v USING (image_id)
            WHERE f.product_id = p.id
            ORDER BY v.vector <#> %(query)s::halfvec,
                     array_position(p.photo_references, f.reference)
            LIMIT 1) shown
        JOIN images i ON i.id = shown.image_id
        ORDER BY score DESC, p.product_key COLLATE "C" LIMIT {limit})
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
    FROM (SELECT p.id, p.product_key, f.image_id
          FROM products p JOIN photos f ON f.product_id = p.id {among}
          WHERE p.collection_id = %(collection)s AND {condition}
          GROUP BY p.id, f.image_id
          ORDER BY p.id, min(array_position(p.photo_references, f.reference)) OFFSET 0) AS s
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
        "similarity": _SIMILARITY[metric],
    }
    if near is None:
        scored = _SCORED_ALL.format(**names, passing=_passing(_PLACES_AND_PASSING, condition))
    else:
        candidates = _candidates(vectors, metric, near, condition)
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
    """Each distinct photo's vector of the candidates, product by product, in the feed's order.

    Its rows are the product's row id, its key and the vector. Parameters: `collection`, with
    `near` also `query`, and the condition's.
    """
    candidates: sql.Composable = _NOTHING
    among: sql.Composable = _NOTHING
    if near is not None:
        candidates = sql.SQL("WITH {}").format(_candidates(vectors, Metric.COSINE, near, condition))
        among = sql.SQL("JOIN candidates c ON c.product_id = f.product_id")
    return _PHOTOS.format(
        candidates=candidates,
        among=among,
        photo_vectors=vectors.photo_vectors,
        condition=sql.SQL("TRUE") if condition is None else condition,
    )


def _candidates(
    vectors: VectorSet, metric: Metric, near: Near, condition: sql.Composable | None
) -> sql.Composed:
    return _CANDIDATES.format(
        similarity=_SIMILARITY[metric],
        photo_vectors=vectors.photo_vectors,
        product_vectors=vectors.product_vectors,
        distance=vectors.distance,
        photos=sql.Literal(near.photos),
        means=sql.Literal(near.means),
        wide_photos=sql.Literal(near.photos * near.widening),
        wide_means=sql.Literal(near.means * near.widening),
        photos_pass=_passing(_PHOTOS_PASS, condition),
        means_pass=_passing(_MEANS_PASS, condition),
        places_pass=_passing(_PLACES_PASS, condition),
    )


def _passing(clause: sql.SQL, condition: sql.Composable | None) -> sql.Composable:
    return _NOTHING if condition is None else clause.format(condition=condition)
