"""Raw features come back as they went in, at half the bytes where that loses nothing much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from goodsight.core.types import Product
from goodsight.stores.postgres.halfvectors import HalfVector, unit_vectors
from goodsight.stores.postgres.photo_writes import decode_features, encode_features
from stores.samples import begin, hash_of, photo, place, random_units, unit


@given(arrays(np.float32, st.integers(0, 40), elements=st.floats(-60000, 60000, width=32)))
def test_numbers_of_ordinary_size_take_two_bytes_each(features):
    bytes_each, numbers = encode_features(features)
    assert (bytes_each, len(numbers)) == (2, 2 * len(features))
    decoded = decode_features(bytes_each, numbers)
    assert decoded.dtype == np.float32
    assert np.allclose(decoded, features, rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("large", [65505, 1e30, np.inf, np.nan])
def test_larger_ones_are_kept_exactly(large):
    features = np.array([1 / 3, large], dtype=np.float32)
    bytes_each, numbers = encode_features(features)
    assert bytes_each == 4
    assert np.array_equal(decode_features(bytes_each, numbers), features, equal_nan=True)


def test_vectors_keep_their_direction():
    vectors = random_units(20, dimension=1280)
    decoded = unit_vectors([HalfVector.of(vector).encoded for vector in vectors], 1280)
    assert np.allclose((decoded * vectors).sum(axis=1), 1, atol=1e-6)
    assert np.abs(decoded @ vectors.T - vectors @ vectors.T).max() < 1e-4


def test_features_may_be_longer_than_vectors(embedded_store):
    features = np.arange(48, dtype=np.float32)
    run = begin(embedded_store)
    run.put_products([Product(id="p", title="p", photos=("a",))])
    run.put_photos([replace(photo("a", unit(1)), features=features)], [place("p", "a")])
    run.finish([], remove_missing=True, complete=True)
    kept = embedded_store.open("shop").features([hash_of("a"), hash_of("b")])
    assert list(kept) == [hash_of("a")]
    assert np.array_equal(kept[hash_of("a")], features)
