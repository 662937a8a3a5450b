"""Explanations drawn: pictures with heat, words beside them, nothing unescaped."""

import io

import numpy as np
import pytest
from PIL import Image

from goodsight.core.errors import UsageError
from goodsight.core.explaining import Explanation, Method
from goodsight.core.heat_maps import HeatMap
from goodsight.core.term_shares import TermKind, TermShare
from goodsight.core.types import Hit, Metric, Photo, Product, Results, Timings
from goodsight.rendering import ExplainedResults, ShownResults
from goodsight.rendering.heat_pictures import heat_picture
from goodsight.rendering.words import confidence_words

HOSTILE = "<script>alert(1)</script>"
GREY = np.full((200, 400, 3), 128, dtype=np.uint8)
MAP = HeatMap(np.array([[1, -1], [0, 0]], dtype=np.float32), (0.25, 0.0, 0.5, 1.0))


def drawn(photo):
    return np.asarray(Image.open(io.BytesIO(heat_picture(photo, MAP))).convert("RGB")).astype(int)


def file_of(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("photo", [GREY, file_of(GREY)], ids=["pixels", "file"])
def test_colours_lie_where_the_cells_do(photo):
    picture = drawn(photo)
    assert picture.shape == (160, 320, 3)
    outside, nothing = picture[20, 20], picture[150, 160]
    assert outside.min() > 190  # pale
    assert abs(nothing - 128).max() < 12
    red, _, blue = picture[10, 90]
    assert red > blue + 60
    red, _, blue = picture[10, 230]
    assert blue > red + 60


def test_a_photo_s_own_colours_are_not_taken_for_an_answer():
    orange = np.tile(np.array([255, 120, 0], dtype=np.uint8), (200, 400, 1))
    red, green, blue = drawn(orange)[150, 160]
    assert max(red, green, blue) - min(red, green, blue) < 12


def test_a_padded_map_reaches_beyond_the_photo():
    wide = HeatMap(MAP.values, (0.0, -0.5, 1.0, 2.0))
    picture = np.asarray(Image.open(io.BytesIO(heat_picture(GREY, wide))).convert("RGB"))
    assert picture.shape == (160, 320, 3)
    assert int(picture[40, 40][0]) > int(picture[40, 40][2])


def explained(
    method=Method.EXACT, confidence=0.7, shares=None, *, from_thumbnail=False, term_shares=()
):
    hit = Hit(Product("1", HOSTILE), "a.jpg", "abc", (), 0.8, confidence, {})
    results = Results("q", (hit,), False, {}, "space", 1, Timings(1, 2, 3, 6))
    found = Explanation(
        method=method,
        metric=Metric.COSINE,
        content_hash="abc",
        score=0.8,
        confidence=confidence,
        shares=shares or {"best": 0.85, HOSTILE: 0.1},
        term_shares=term_shares,
        likeness=0.8,
        photo_likeness=0.85,
        query_maps=(MAP,),
        other_terms=0.0,
        hit_map=MAP,
        from_thumbnail=from_thumbnail,
    )
    photo = Photo("q.jpg", "", GREY, 400, 200)
    return ExplainedResults(results, {"1": found}, (photo,), {"abc": file_of(GREY)})


def test_the_notebook_shows_both_photos_the_shares_and_the_method():
    text = explained()._repr_html_()
    assert text.count("data:image/webp;base64,") == 3  # the card's, and two with heat
    assert "Likeness of its best photo" in text
    assert "very likely this (70%)" in text
    assert "Exact: the cells over the query sum to how alike it and the product look, 0.800" in text
    assert text.count("100% of what speaks for it lies in the middle") == 4  # words and alt
    assert "<script>" not in text


def test_each_term_is_named_with_its_share():
    terms = (
        TermShare(TermKind.PHOTO, "shop/q.jpg", 1, 0.6),
        TermShare(TermKind.TEXT, HOSTILE, 2, 0.25),
        TermShare(TermKind.PRODUCT, "MH01", -1, -0.05),
    )
    text = explained(term_shares=terms)._repr_html_()
    assert "<dt>Photo q.jpg</dt><dd>0.600</dd>" in text
    assert "<dt>Words “&lt;script&gt;alert(1)&lt;/script&gt;” (2 ×)</dt><dd>0.250</dd>" in text
    assert "<dt>Unlike product MH01</dt><dd>-0.050</dd>" in text
    assert "Photo q.jpg" not in explained(term_shares=terms[:1])._repr_html_()


def test_what_is_not_exact_says_so():
    text = explained(Method.OCCLUSION, None, from_thumbnail=True)._repr_html_()
    assert "By occlusion" in text
    assert "small copy" in text
    assert "Exact" not in text


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (0.85, "almost certainly this (85%)"),
        (0.6, "very likely this (60%)"),
        (0.35, "possibly this (35%)"),
        (0.0, "unlikely (0%)"),
    ],
)
def test_confidence_in_words(confidence, words):
    assert confidence_words(confidence) == words


def test_results_of_no_shop_cannot_be_explained():
    hit = Hit(Product("1", "One"), "a.jpg", "abc", (), 0.8)
    shown = ShownResults("q", (hit,), False, {}, "space", 1, Timings(1, 2, 3, 6))
    with pytest.raises(UsageError, match="found by no shop"):
        shown.explained()
