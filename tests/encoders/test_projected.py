import numpy as np

from encoders.photos import drawn_photo
from goodsight.core.projecting import FeatureBatch, fit_projection
from goodsight.encoders import ModelLibrary, ProjectedEncoder


def test_a_projection_follows_the_encoder(tmp_path):
    base = ModelLibrary(tmp_path).open("efficientnet-lite0")
    photos = [drawn_photo(seed) for seed in range(12)]
    features = np.repeat(base.encode_photos(photos).features, 6, axis=0)
    features = features * np.random.default_rng(0).uniform(0.9, 1.1, features.shape)
    batch = FeatureBatch(np.repeat(np.arange(12), 6), features.astype(np.float32))
    projection = fit_projection([batch], base.card.feature_blocks, rooted=True)
    encoder = ProjectedEncoder(base, projection)
    found = encoder.encode_photos(photos)
    np.testing.assert_array_equal(found.vectors, projection.apply(found.features))
    np.testing.assert_array_equal(found.features, base.encode_photos(photos).features)
    assert found.space == encoder.card.space == projection.space(base.card.space)
    assert (encoder.card.dimension, encoder.card.name) == (11, base.card.name)
    assert encoder.encode_photos([]).vectors.shape == (0, 11)
