"""The whole line through the façade: real feed, real photos, real model, real PostgreSQL."""

import shutil
import sys
from decimal import Decimal

import pytest
from PIL import Image, ImageDraw, ImageFont

import goodsight
from goodsight.core.errors import (
    CatalogError,
    CollectionNotFound,
    FilterError,
    MissingExtra,
    ModelError,
    PhotoError,
    UsageError,
)
from goodsight.core.types import Query, Term
from service.tuned import drawn_projection


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def shop(home, small_shop):
    with goodsight.open(home) as opened:
        report = opened.index(small_shop / "feed.csv")
        assert (report.products.added, report.photos.indexed) == (6, 12)
        assert not report.skipped
        yield opened


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "kl"])
@pytest.mark.parametrize("exact", [False, True])
def test_a_photo_finds_its_product(shop, small_shop, metric, exact):
    for number in range(6):
        results = shop.search(small_shop / f"query-{number}.png", metric=metric, exact=exact)
        assert results.hits[0].product.id == f"p{number}"
        assert len({hit.product.id for hit in results.hits}) == len(results.hits) == 6
        scores = [hit.score for hit in results.hits]
        assert scores == sorted(scores, reverse=True)


def test_results_tell_everything(shop, small_shop):
    results = shop.search(str(small_shop / "query-2.png"), limit=2)
    hit = results.hits[0]
    assert hit.product.price == Decimal("30.50")
    assert hit.product.currency == "EUR"
    assert hit.product.stock == 21
    assert hit.photo in hit.product.photos
    assert results.space == shop.info().space
    assert results.index_version == shop.info().index_version
    assert results.timings.total_ms > 0
    assert 0.9 < hit.score <= 1


def test_filters_and_limits(shop, small_shop):
    query = small_shop / "query-0.png"
    found = shop.search(query, where="price < 50 and in_stock and category = 'edged'")
    assert {hit.product.id for hit in found.hits} == {"p1", "p2"}
    assert len(shop.search(query, limit=3).hits) == 3
    nothing = shop.search(query, where="brand = 'Nobody'")
    assert nothing.no_match
    assert nothing.hits == ()


def test_several_photos_are_combined(shop, small_shop):
    results = shop.search(small_shop / "query-1.png", small_shop / "query-4.png")
    assert {hit.product.id for hit in results.hits[:2]} == {"p1", "p4"}


def test_bad_requests_say_what_is_wrong(shop, small_shop, tmp_path):
    query = small_shop / "query-0.png"
    with pytest.raises(UsageError, match="choose from cosine, euclidean, kl"):
        shop.search(query, metric="manhattan")
    with pytest.raises(FilterError):
        shop.search(query, where="price <")
    with pytest.raises(UsageError, match="limit 0"):
        shop.search(query, limit=0)
    with pytest.raises(UsageError, match="empty query"):
        shop.search()
    with pytest.raises(UsageError, match="empty query"):
        shop.search(" ")
    with pytest.raises(PhotoError, match="no such file"):
        shop.search("lost.jpg")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(PhotoError, match="no photo that can be read"):
        shop.search(tmp_path / "text.png")
    with pytest.raises(CatalogError, match="no such file"):
        shop.index(tmp_path / "lost.csv")


def test_words_alone_find_products(shop):
    assert [hit.product.id for hit in shop.search("royalblue").hits] == ["p2"]
    assert [hit.product.id for hit in shop.search("p4").hits] == ["p4"]
    assert {hit.product.id for hit in shop.search("disc").hits} == {"p0", "p3"}
    assert shop.search("zebra").no_match


def test_words_lift_what_a_photo_ranks(shop, small_shop):
    results = shop.search(small_shop / "query-0.png", "edged")
    found = [hit.product.id for hit in results.hits]
    assert set(found[:4]) == {"p1", "p2", "p4", "p5"}
    assert set(found[4:]) == {"p0", "p3"}
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)
    for hit in results.hits:
        assert hit.explanation["visual"] + hit.explanation["text"] == pytest.approx(hit.score)
    # Among those that have the words the photo decides, as it does without them.
    by_looks = [hit.product.id for hit in shop.search(small_shop / "query-0.png").hits]
    assert found[:4] == [product for product in by_looks if product in found[:4]]


def test_terms_have_weights(shop, small_shop):
    photo = small_shop / "query-0.png"

    def found(*terms):
        return [hit.product.id for hit in shop.search(*terms).hits]

    assert found(photo)[0] == "p0"
    # A word that counts for little does not outweigh what the photo shows.
    assert found(photo, goodsight.term("edged", weight=0.02))[0] == "p0"
    assert set(found(photo, goodsight.term("edged", weight=-1))[:2]) == {"p0", "p3"}
    assert found(goodsight.term(photo, weight=0.1), goodsight.term(product="p4"))[0] == "p4"
    away = found(photo, goodsight.term(product="p0", weight=-1.5))
    assert away.index("p0") > 0
    assert set(found("disc", goodsight.term("crimson", weight=-1))) == {"p3"}
    assert found(goodsight.term("disc", weight=0.5), "orchid") == ["p4", "p0", "p3"]
    assert "p0" not in found(goodsight.term("crimson", weight=-1))


def test_facets_count_what_weighed_words_find(shop):
    def answer(*texts):
        terms = tuple(Term(text=text, weight=weight) for text, weight in texts)
        return shop.find(Query(terms, facets=("category",)))

    for texts in ((("disc", 1), ("orchid", 0.5)), (("edged", 1), ("royalblue", -1))):
        found = answer(*texts)
        counts = found.facets["category"]
        assert counts.get("Edged", 0) + counts.get("Round/Discs", 0) == found.total > 0


def test_a_part_of_a_photo_is_a_term(shop, small_shop, tmp_path):
    left, right = (Image.open(small_shop / f"query-{number}.png") for number in (1, 4))
    both = Image.new("RGB", (400, 200))
    both.paste(left, (0, 0))
    both.paste(right, (200, 0))
    both.save(tmp_path / "both.png")
    for box, product in (((0, 0, 0.5, 1), "p1"), ((0.5, 0, 0.5, 1), "p4")):
        term = goodsight.term(tmp_path / "both.png", box=box)
        assert shop.search(term).hits[0].product.id == product


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ({}, "give one of them"),
        ({"given": "red", "product": "p1"}, "give one of them"),
        ({"given": "red", "weight": 0}, "weight 0"),
        ({"given": "red", "weight": float("nan")}, "weight nan"),
        ({"given": "red", "box": (0, 0, 1, 1)}, "is no photo"),
    ],
)
def test_terms_that_mean_nothing(shop, term, message):
    with pytest.raises(UsageError, match=message):
        shop.search(goodsight.term(**term))


def test_a_box_beyond_the_photo(shop, small_shop):
    with pytest.raises(UsageError, match=r"within 0\.\.1"):
        shop.search(goodsight.term(small_shop / "query-0.png", box=(0.5, 0, 0.6, 1)))


def test_each_term_has_its_share(shop, small_shop):
    terms = (small_shop / "query-0.png", "disc", goodsight.term(product="p3", weight=0.5))
    found = shop.explain(*terms, product_id="p0")
    assert [share.kind for share in found.term_shares] == ["photo", "text", "product"]
    assert sum(share.share for share in found.term_shares) == pytest.approx(found.score)
    assert all(share.share > 0 for share in found.term_shares)
    against = shop.explain(*terms[:2], goodsight.term("acme", weight=-0.5), product_id="p0")
    assert against.term_shares[2].share < 0


def test_results_show_themselves_in_a_notebook(shop, small_shop):
    html = shop.search(small_shop / "query-0.png", limit=3)._repr_html_()
    assert html.count("<img") == 3
    assert "data:image/webp;base64," in html
    assert "Product crimson" in html


def test_evaluation(shop, small_shop):
    evaluation = shop.evaluate(small_shop / "queries.csv")
    assert evaluation.queries == 6
    assert evaluation.recall[1] == 1.0
    assert evaluation.per_category["Round/Discs"].queries == 2
    assert evaluation.space == shop.info().space


def test_doctor_finds_a_healthy_shop_healthy(shop):
    checks = shop.doctor()
    assert [check for check in checks if not check.ok] == []
    assert {"Python", "home", "disk", "profile fast"} <= {check.name for check in checks}


def test_another_profile_or_model_is_refused_with_the_command(shop, small_shop):
    with pytest.raises(UsageError, match="--collection NAME --profile quality"):
        shop.index(small_shop / "feed.csv", profile="quality")
    with pytest.raises(UsageError, match="choose from fast, quality"):
        shop.index(small_shop / "feed.csv", profile="best")


def test_prices_change_without_embedding_and_gone_products_go(tmp_path, small_shop):
    own = tmp_path / "shop"
    shutil.copytree(small_shop, own)
    feed = own / "feed.csv"
    with goodsight.open(tmp_path / "home") as shop:
        shop.index(feed)
        feed.write_text(feed.read_text().replace("10.50", "11.75"))
        report = shop.index(feed)
        assert (report.products.changed, report.products.unchanged) == (1, 5)
        assert (report.photos.indexed, report.photos.unchanged) == (0, 12)
        assert shop.search(own / "query-0.png").hits[0].product.price == Decimal("11.75")
        feed.write_text("\n".join(feed.read_text().splitlines()[:-1]) + "\n")
        assert shop.index(feed, keep_missing=True).products.removed == 0
        assert shop.index(feed).products.removed == 1
        assert len(shop.search(own / "query-0.png").hits) == 5


def test_collections_are_apart(shop, home, small_shop):
    with goodsight.open(home, collection="second") as second:
        with pytest.raises(CollectionNotFound, match="second"):
            second.search(small_shop / "query-0.png")
        second.index(small_shop / "photos")
        assert second.info().products == 12
        assert [info.name for info in second.collections()] == ["default", "second"]
        second.delete()
    assert shop.info().products == 6


def test_a_space_that_was_switched_since_is_searched_in(home, small_shop):
    """Also with vectors of two origins: the photo's of the model, the product's of the store."""
    query = small_shop / "query-1.png", goodsight.term(product="p3", weight=0.5)
    with goodsight.open(home, collection="switched") as shop:
        shop.index(small_shop / "feed.csv")
        before = shop.search(*query)
        keeper = shop._wiring.store().spaces("switched")
        space = keeper.switch_space(drawn_projection(shop.info().dimension, 1), {})
        after = shop.search(*query)
        assert (before.space, after.space) == (shop.info().encoder_space, space)
        assert after.hits[0].product.id == "p1"
        assert after.hits[0].score != pytest.approx(before.hits[0].score, abs=1e-3)
        keeper.switch_space(None, {})
        explained = shop.explain(*query, product_id="p1")
        assert explained.score == pytest.approx(explained.likeness, abs=2e-3)
        assert explained.score == pytest.approx(before.hits[0].score, abs=2e-3)
        shop.delete()


def test_a_model_of_ones_own(home, small_shop, tmp_path):
    from encoders.tiny_models import good_folder

    with goodsight.open(home, collection="own") as shop:
        with pytest.raises(ModelError, match="no model 'residual'"):
            shop.index(small_shop / "feed.csv", model="residual")
        shop.add_model(good_folder(tmp_path, "residual"))
        assert "residual" in [card.name for card in shop.models()]
        report = shop.index(small_shop / "feed.csv", model="residual")
        assert report.photos.indexed == 12
        assert shop.info().dimension == 6
        assert shop.search(small_shop / "photos" / "3-0.png").hits[0].product.id == "p3"
        shop.delete()


def test_the_quality_profile(home, small_shop):
    with goodsight.open(home, collection="quality") as shop:
        try:
            shop.index(small_shop / "feed.csv", profile="quality")
        except MissingExtra:
            pytest.skip("the extra quality is not installed")
        assert shop.info().model == "efficientnet-lite0-lite2"
        assert shop.search(small_shop / "query-3.png").hits[0].product.id == "p3"
        shop.delete()


def test_names_are_resolved_on_first_use():
    assert goodsight.Metric.COSINE == "cosine"
    assert set(goodsight.__all__) <= set(dir(goodsight))
    for name in goodsight.__all__:
        assert getattr(goodsight, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        goodsight.nothing  # noqa: B018 - the access is the test


def test_a_colour_picked_by_hand_leads_to_products_in_it(shop, small_shop):
    for colour, product in (("red", "p0"), ("绿色", "p1"), ("#4169e1", "p2"), ("粉色", "p4")):
        found = shop.search(small_shop / "query-3.png", look="colour", colours=[colour])
        assert found.hits[0].product.id == product


def test_look_both_counts_the_colours_of_the_photo(shop, small_shop):
    photo = small_shop / "query-0.png"

    [style], [both] = (shop.search(photo, look=look, limit=1).hits for look in ("style", "both"))

    assert style.product.id == both.product.id == "p0"
    assert "colour" not in style.explanation
    assert both.explanation["colour"] > 0.5
    assert both.score == pytest.approx(
        both.explanation["visual"] + both.explanation["colour"], abs=1e-6
    )


def test_colours_need_something_to_be_compared_with(shop):
    with pytest.raises(UsageError, match="seen_colour = 'red'"):
        shop.search("Product", colours=["red"])
    with pytest.raises(UsageError, match="look 'shape': choose from style, colour, both, pattern"):
        shop.search("Product", look="shape")


def test_a_colour_that_is_none_is_refused(shop, small_shop):
    with pytest.raises(UsageError, match="colour 'reddish'"):
        shop.search(small_shop / "query-0.png", colours=["reddish"])


def striped(ink: str, *, upright: bool, gap: int = 24) -> Image.Image:
    """A shirt of a kind, with stripes."""
    cloth = Image.new("RGB", (240, 240), "beige")
    draw = ImageDraw.Draw(cloth)
    for start in range(0, 240, gap):
        end = start + gap // 2
        draw.rectangle((start, 0, end, 240) if upright else (0, start, 240, end), fill=ink)
    shape = Image.new("L", (240, 240))
    ImageDraw.Draw(shape).polygon([(50, 40), (190, 40), (210, 220), (30, 220)], fill=255)
    return Image.composite(cloth, Image.new("RGB", (240, 240), "white"), shape)


def test_look_pattern_finds_the_pattern_in_any_colour(home, tmp_path):
    striped("navy", upright=False).save(tmp_path / "lying.png")
    striped("darkgreen", upright=True).save(tmp_path / "upright.png")
    striped("beige", upright=True).save(tmp_path / "plain.png")
    (tmp_path / "feed.csv").write_text(
        "id,title,image\n" + "".join(f"{n},Shirt,{n}.png\n" for n in ("lying", "upright", "plain"))
    )
    with goodsight.open(home, collection="patterns") as shop:
        shop.index(tmp_path / "feed.csv")
        for name, upright, ink in (
            ("lying", False, "crimson"), ("upright", True, "crimson"), ("plain", True, "beige"),
        ):  # fmt: skip
            striped(ink, upright=upright, gap=28).save(tmp_path / "asked.png")
            hit = shop.search(tmp_path / "asked.png", look="pattern").hits[0]
            assert (hit.product.id, hit.confidence) == (name, None)
            assert hit.explanation["pattern"] > 0.8
            shares = hit.explanation["visual"] + hit.explanation["pattern"]
            assert shares == pytest.approx(hit.score, abs=1e-6)
        with pytest.raises(UsageError, match="pick none"):
            shop.search(tmp_path / "asked.png", look="pattern", colours=["red"])


def test_words_on_packages_are_read_in_quality(home, tmp_path):
    """Packages alike but for what is printed on them."""
    for name in ("OATMEAL", "BARISTA", "VANILLA"):
        for number in range(2):
            image = Image.new("RGB", (440, 430), (230, 224, 208))
            draw = ImageDraw.Draw(image)
            draw.text((30 + 9 * number, 150), name, "#202060", ImageFont.load_default(70))
            image.save(tmp_path / f"{name}-{number}.png")
    rows = [f"{name},Drink,{name}-0.png" for name in ("OATMEAL", "BARISTA", "VANILLA")]
    (tmp_path / "feed.csv").write_text("id,title,image\n" + "\n".join(rows), encoding="utf-8")

    with goodsight.open(home, collection="packages") as shop:
        shop.index(tmp_path / "feed.csv", profile="quality")
        for name in ("OATMEAL", "BARISTA", "VANILLA"):
            hit = shop.search(tmp_path / f"{name}-1.png").hits[0]
            assert hit.product.id == name
            assert hit.explanation["words"] > 0.1
            assert shop.index(tmp_path / "feed.csv").photos.unchanged == 3


def test_without_the_reader_quality_says_so_once(home, small_shop, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "rapidocr", None)

    with goodsight.open(home, collection="unread") as shop:
        shop.index(small_shop / "feed.csv", profile="quality")
        assert shop.search(small_shop / "query-1.png").hits[0].product.id == "p1"
        seen = shop.stored().looks(["p1"])["p1"]

    assert all(photo.printed_words is None for photo in seen)
    assert [record.message for record in caplog.records if "quality" in record.message] == [
        "reading printed words needs the extra 'quality': pip install 'goodsight[quality]'"
    ]
