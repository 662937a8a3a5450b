"""Terms as they are written on the command line."""

import pytest

from goodsight.asking import opposite, term, written_term
from goodsight.core.errors import UsageError


def names_a_photo(text):
    return text.startswith("https://") or text.endswith(".jpg")


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("dress.jpg", term("dress.jpg")),
        ("dress.jpg^0.5", term("dress.jpg", weight=0.5)),
        ("shelf.jpg[0.1,0.2,.5,0.6]", term("shelf.jpg", box=(0.1, 0.2, 0.5, 0.6))),
        ("shelf.jpg[0,0,1,1]^-2", term("shelf.jpg", weight=-2, box=(0, 0, 1, 1))),
        ("red", term("red")),
        ("red shoes^2", term("red shoes", weight=2)),
        ("product:MH01", term(product="MH01")),
        ("product:MH01^0.5", term(product="MH01", weight=0.5)),
        ("10^", term("10^")),
        ("a^b", term("a^b")),
        ("^2", term("^2")),
        ("words[0,0,1,1]", term("words[0,0,1,1]")),
        ("odd^2.jpg", term("odd^2.jpg")),
        ("shelf.jpg[0.1, 0.2, .5, 0.6 ]^2", term("shelf.jpg", weight=2, box=(0.1, 0.2, 0.5, 0.6))),
        ("https://shop/a.jpg^2", term("https://shop/a.jpg", weight=2)),
        ("https://shop/a.jpg[0,0,1,.5]", term("https://shop/a.jpg", box=(0, 0, 1, 0.5))),
        ("https://shop/a?size[]=3", term("https://shop/a?size[]=3")),
    ],
)
def test_written_terms(written, asked):
    assert written_term(written, names_a_photo) == asked


@pytest.mark.parametrize("written", ["red^0", "red^11", "product:^2", "product:"])
def test_terms_that_cannot_be(written):
    with pytest.raises(UsageError):
        written_term(written, names_a_photo)


@pytest.mark.parametrize("behind", ["[0.1,0.1,0.8]", "^2[0,0,1,1]", "^twice", "[0,0,1,1]^", "["])
def test_what_cannot_be_read_behind_a_photo_is_told_not_searched_for(behind):
    with pytest.raises(UsageError, match=r"behind shelf\.jpg: write"):
        written_term(f"shelf.jpg{behind}", names_a_photo)


def test_a_product_has_no_box():
    with pytest.raises(UsageError, match="a box is a part of a photo"):
        written_term("product:MH01[0,0,1,1]", names_a_photo)


def test_the_opposite():
    assert opposite(term("red", weight=2)).weight == -2
