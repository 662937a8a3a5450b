from dataclasses import replace

import ir_measures
import numpy as np
import pytest
from ir_measures import RR, R, Success, nDCG

from goodsight.core.errors import PhotoError
from goodsight.core.evaluating import LabelledQuery, evaluate
from goodsight.core.judgements import Level
from goodsight.core.measures import StageFigures
from goodsight.core.types import Hit, Product, Results, Skip, Timings, Variant


def results(hits):
    return Results("q", tuple(hits), not hits, {}, "space", 1, Timings(0, 0, 0, 0))


def hit(product_id, score, variants=(), confidence=None, category="Things"):
    product = Product(
        id=product_id,
        title=product_id,
        categories=((category,),),
        variants=tuple(Variant(v) for v in variants),
    )
    return Hit(product, "photo.jpg", "hash", tuple(variants[:1]), score, confidence)


def random_runs(seed, queries=40, products=30):
    rng = np.random.default_rng(seed)
    for number in range(queries):
        order = rng.permutation(products)[:20]
        right = rng.choice(products, size=rng.integers(1, 4), replace=False)
        yield f"q{number}", [f"p{p}" for p in order], [f"p{p}" for p in right]


def judge(runs, **options):
    answers = {name: results(hit(p, 1 - r / 100) for r, p in enumerate(o)) for name, o, _ in runs}
    queries = [LabelledQuery(tuple(right), image=name) for name, _, right in runs]
    return evaluate(queries, lambda q: answers[q.image], lambda ids: (), **options)


@pytest.mark.parametrize("seed", range(5))
def test_figures_agree_with_ir_measures(seed):
    runs = list(random_runs(seed))
    found = judge(runs)
    qrels = [ir_measures.Qrel(name, p, 1) for name, _, right in runs for p in right]
    run = [ir_measures.ScoredDoc(n, p, 1 - r / 100) for n, o, _ in runs for r, p in enumerate(o)]
    expected = ir_measures.calc_aggregate(
        [Success @ 1, Success @ 5, Success @ 10, RR, nDCG @ 10], qrels, run
    )
    for k in (1, 5, 10):
        assert found.recall[k] == pytest.approx(expected[Success @ k])
    assert found.mrr == pytest.approx(expected[RR])
    assert found.ndcg_at_10 == pytest.approx(expected[nDCG @ 10])


def test_recall_with_one_right_answer_is_recall():
    runs = [(name, order, right[:1]) for name, order, right in random_runs(9)]
    qrels = [ir_measures.Qrel(name, p, 1) for name, _, right in runs for p in right]
    run = [ir_measures.ScoredDoc(n, p, 1 - r / 100) for n, o, _ in runs for r, p in enumerate(o)]
    expected = ir_measures.calc_aggregate([R @ 10], qrels, run)
    assert judge(runs).recall[10] == pytest.approx(expected[R @ 10])


def test_the_intervals_hold_the_figures():
    found = judge(list(random_runs(3)))
    figures = {
        **{f"recall@{k}": value for k, value in found.recall.items()},
        "mrr": found.mrr,
        "ndcg@10": found.ndcg_at_10,
    }
    assert set(found.ci95) == set(figures)
    for name, value in figures.items():
        low, high = found.ci95[name]
        assert low <= value <= high
        assert 0 < high - low < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_categories_agree_with_ir_measures(seed):
    runs = list(random_runs(seed, queries=60))
    category = {name: f"c{number % 4}" for number, (name, _, _) in enumerate(runs)}
    answers = {
        name: results(hit(p, 1 - r / 100, category=category[name]) for r, p in enumerate(order))
        for name, order, _ in runs
    }
    missing = Product(id="x", title="x")
    found = evaluate(
        [LabelledQuery(tuple(right), image=name) for name, _, right in runs],
        lambda q: answers[q.image],
        lambda ids: [missing],
    )
    for name, figures in found.per_category.items():
        mine = [
            run for run in runs if (category[run[0]] if set(run[1]) & set(run[2]) else "") == name
        ]
        qrels = [ir_measures.Qrel(n, p, 1) for n, _, right in mine for p in right]
        run = [
            ir_measures.ScoredDoc(n, p, 1 - r / 100) for n, o, _ in mine for r, p in enumerate(o)
        ]
        expected = ir_measures.calc_aggregate([Success @ 1, Success @ 5, Success @ 10], qrels, run)
        assert figures.queries == len(mine)
        assert figures.recall_at_1 == pytest.approx(expected[Success @ 1])
        assert figures.recall_at_5 == pytest.approx(expected[Success @ 5])
        assert figures.recall_at_10 == pytest.approx(expected[Success @ 10])
        if figures.ci95:
            low, high = figures.ci95["recall@5"]
            assert low <= figures.recall_at_5 <= high
    assert any(figures.ci95 for figures in found.per_category.values())


def test_times_are_told_by_stage():
    timings = [Timings(n, 10 * n, 100, 111 * n) for n in range(1, 101)]
    answers = iter([replace(results([hit("a", 1.0)]), timings=t) for t in timings])
    queries = [LabelledQuery(("a",), image=str(n)) for n in range(100)]
    found = evaluate(queries, lambda _: next(answers), lambda ids: ())
    assert found.stages["decode"] == StageFigures(pytest.approx(50.5), pytest.approx(95.05))
    assert found.stages["store"] == StageFigures(100, 100)
    assert set(found.stages) == {"decode", "encode", "store", "total"}


def test_the_worst_products_are_those_most_often_missed():
    # a: found, missed, missed; b: missed once of one; c: always found.
    asked = [("a", "ab"), ("a", "ba"), ("a", "bca"), ("b", "ab"), ("c", "cab")]
    queries = [LabelledQuery((right,), image=str(n)) for n, (right, _) in enumerate(asked)]
    found = evaluate(
        queries,
        lambda q: results(hit(p, 1.0) for p in asked[int(q.image)][1]),
        lambda ids: (),
    )
    worst, second = found.worst
    assert (worst.product_id, worst.missed, worst.queries) == ("a", 2, 3)
    assert (worst.query, worst.rank) == ("2", 2)
    assert worst.instead.product_id == "b"
    assert (second.product_id, second.missed, second.queries) == ("b", 1, 1)


def test_variant_level_asks_for_the_very_variant():
    answer = results([hit("MH01", 0.9, ("MH01-black", "MH01-gray"))])
    for level, expected in ((Level.PRODUCT, 1.0), (Level.VARIANT, 0.0)):
        query = LabelledQuery(("MH01-gray",), image="x")
        found = evaluate([query], lambda _: answer, lambda ids: (), level=level)
        assert found.recall[1] == expected


def test_unknown_queries_are_left_out_of_recall_and_give_auroc():
    scores = {"a": 0.9, "b": 0.5, "x": 0.5, "y": 0.1}
    queries = [
        LabelledQuery(("a",), image="a"),
        LabelledQuery(("b",), image="b"),
        LabelledQuery((), image="x"),
        LabelledQuery((), image="y"),
    ]
    found = evaluate(queries, lambda q: results([hit(q.image, scores[q.image])]), lambda ids: ())
    assert found.queries == 4
    assert found.recall[1] == 1.0
    # Pairs: a>x, a>y, b=x (half), b>y.
    assert found.unknown.auroc == pytest.approx(3.5 / 4)
    assert found.unknown.queries == 2


def test_calibration_error_of_confidences():
    queries = [LabelledQuery(("a",), image="a"), LabelledQuery(("b",), image="a")]
    found = evaluate(queries, lambda q: results([hit("a", 1.0, confidence=0.8)]), lambda ids: ())
    assert found.ece == pytest.approx(0.3)
    filled = [one for one in found.reliability if one.count]
    assert [(one.low, one.count, one.confidence, one.right) for one in filled] == [
        (0.8, 2, pytest.approx(0.8), 0.5)
    ]


def test_failures_are_listed_and_left_out():
    def ask(query):
        if query.image == "broken":
            raise PhotoError("truncated", reference="broken")
        return results([hit("a", 1.0)])

    queries = [
        LabelledQuery(("a",), image="broken", row=2),
        LabelledQuery(("a",), image="fine", row=3),
        Skip("row", "no product_id", 4),
    ]
    found = evaluate(queries, ask, lambda ids: ())
    assert found.queries == 1
    assert [(skip.reference, skip.row) for skip in found.failed] == [("broken", 2), ("row", 4)]
    assert "truncated" in found.failed[0].reason


def test_categories_come_from_the_right_product_even_when_missed():
    queries = [LabelledQuery(("a",), image="1"), LabelledQuery(("z",), image="2")]
    missed = Product(id="z", title="z", categories=(("Other", "Deep"),))
    found = evaluate(queries, lambda q: results([hit("a", 1.0)]), lambda ids: [missed])
    assert found.per_category["Things"].recall_at_1 == 1.0
    assert found.per_category["Other/Deep"].recall_at_10 == 0.0


def test_nothing_to_measure_gives_none():
    found = evaluate([], lambda q: results([]), lambda ids: ())
    assert found.recall == {1: None, 5: None, 10: None}
    assert found.mrr is None
    assert found.unknown.auroc is None
    assert found.ci95 == {}
