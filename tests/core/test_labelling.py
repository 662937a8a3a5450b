import numpy as np
import pytest

from goodsight.core.errors import UsageError
from goodsight.core.labelling import Prediction, label, unlabel
from goodsight.core.store_ports import ProductVectors
from goodsight.core.types import Product

KINDS = ("Shoes", "Dresses", "Bags", "Hats")


class Encoder:
    """Reads each of the kinds as an axis of its own; texts lie apart from photos, as they do."""

    space = "0" * 16

    def encode_texts(self, texts):
        rows = [[2.0, *(kind.lower() in text.lower() for kind in KINDS)] for text in texts]
        return np.asarray(rows, dtype=np.float32) / np.linalg.norm(rows, axis=1, keepdims=True)

    def encode_question(self, text):
        return self.encode_texts([text])[0]


class Keeper:
    def __init__(self):
        self.kept, self.finished = {}, 0

    def keep(self, attribute, predictions):
        for one in predictions:
            assert one.product_id not in self.kept
            self.kept[one.product_id] = one
        self.attribute = attribute

    def finish(self):
        self.finished += 1


def shown(number, kind, *, noise=0.0, stated=(), **product):
    generator = np.random.default_rng(number)
    row = np.array([0.0, *(kind == one for one in KINDS)]) + generator.normal(0, noise, 5)
    photos = np.asarray([row, row], dtype=np.float32) / np.linalg.norm(row)
    made = Product(str(number), "x", categories=tuple((one,) for one in stated), **product)
    return ProductVectors(made, ("a", "b"), (("a",), ("b",)), photos, photos)


def catalogue(count=80, noise=0.3, stated_share=0.5):
    kinds = [KINDS[number % 4] for number in range(count)]
    return [
        shown(n, kind, noise=noise, stated=(kind,) if n < count * stated_share else ())
        for n, kind in enumerate(kinds)
    ]


def run(products, **options):
    keeper = Keeper()
    report = label(lambda: iter(products), Encoder(), keeper, **options)
    return report, keeper


def test_products_without_a_category_get_the_one_their_photos_show():
    products = catalogue()
    report, keeper = run(products, least=0.0)
    assert (report.labels, report.predicted, report.unsure, report.stated) == (4, 40, 0, 40)
    right = [keeper.kept[p.product.id].value == KINDS[int(p.product.id) % 4] for p in products[40:]]
    assert np.mean(right) > 0.8
    assert keeper.attribute == "category"
    assert keeper.finished == 1


def test_what_the_feed_states_is_never_predicted_and_old_guesses_go():
    report, keeper = run(catalogue())
    assert report.checked == 40
    assert all(keeper.kept[str(n)] == Prediction(str(n), None) for n in range(40))


def test_confidence_is_how_often_it_is_right():
    products = catalogue(2000, noise=0.35, stated_share=0.5)
    report, keeper = run(products, least=0.0)
    unknown = products[1000:]
    found = [keeper.kept[p.product.id] for p in unknown]
    right = np.array([one.value == KINDS[int(one.product_id) % 4] for one in found])
    sure = np.array([one.confidence for one in found])
    assert report.accuracy == pytest.approx(right.mean(), abs=0.05)
    assert sure.mean() == pytest.approx(right.mean(), abs=0.05)
    assert right[sure > 0.9].mean() > right[sure < 0.6].mean() + 0.2


def test_what_is_less_sure_is_left_unsure():
    products = catalogue(200, noise=0.5)
    report, keeper = run(products, least=0.9)
    assert 0 < report.unsure < 100
    assert report.predicted + report.unsure == 100
    kept = [one for one in keeper.kept.values() if one.value is not None]
    assert len(kept) == report.predicted
    assert min(one.confidence for one in kept) >= 0.9


def test_labels_that_are_given_and_too_few_products_to_judge_by():
    products = [shown(n, KINDS[n % 4]) for n in range(8)]
    report, keeper = run(products, labels=["hats", " Bags ", "hats", "", "shoes"])
    assert (report.labels, report.checked, report.accuracy) == (3, 0, None)
    assert [keeper.kept[str(n)].value for n in (0, 2, 3)] == ["shoes", "Bags", "hats"]


def test_attributes_are_predicted_too_and_variants_count_as_stated():
    products = [
        shown(0, "Bags", attributes={"Kind": ("Bags",)}),
        shown(1, "Hats", attributes={"kind": ("Hats",)}),
        shown(2, "Hats"),
    ]
    report, keeper = run(products, attribute="kind")
    assert (report.labels, report.stated, report.predicted) == (2, 2, 1)
    assert keeper.kept["2"].value == "Hats"


@pytest.mark.parametrize(
    "labels", [[], ["one"], ["One", "one "], [str(n) for n in range(1001)], None]
)
def test_labels_that_do_not_do(labels):
    with pytest.raises(UsageError, match="labels for 'category': give from 2 to 1,000"):
        run([shown(0, "Bags")], labels=labels)


def test_predictions_can_be_taken_away():
    keeper = Keeper()
    unlabel(lambda: iter(catalogue(8)), keeper, attribute="kind")
    assert set(keeper.kept.values()) == {Prediction(str(n), None) for n in range(8)}
