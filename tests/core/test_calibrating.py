import numpy as np
import pytest

from goodsight.core.calibrating import COMPETITORS, Calibration, ScoredQuery, fit_calibration
from goodsight.core.reliability import calibration_error, reliability


def drawn(calibration, count, seed=0, spread=0.15, competitors=30):
    """Queries that keep a calibration's promise exactly: answers drawn by its probabilities."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        scores = np.sort(rng.normal(0.4, spread, competitors))[::-1][:COMPETITORS]
        chances = np.array(calibration.confidences(scores))
        right = rng.choice(COMPETITORS + 1, p=[*chances, 1 - chances.sum()])
        yield ScoredQuery(tuple(scores), None if right == COMPETITORS else int(right))


@pytest.mark.parametrize(("temperature", "threshold"), [(0.04, 0.6), (0.1, 0.75), (0.02, 0.8)])
def test_the_parameters_behind_the_queries_are_found(temperature, threshold):
    made = Calibration(temperature, threshold, "queries", 0)
    found = fit_calibration(list(drawn(made, 4000)), "queries")
    assert found.temperature == pytest.approx(temperature, rel=0.15)
    assert found.threshold == pytest.approx(threshold, abs=0.02)
    assert (found.origin, found.queries) == ("queries", 4000)


def test_confidence_is_the_share_that_is_right():
    made = Calibration(0.05, 0.6, "queries", 0)
    found = fit_calibration(list(drawn(made, 400)), "queries")
    fresh = list(drawn(made, 4000, seed=1))
    sure = [found.confidences(query.scores)[0] for query in fresh]
    right = [query.right == 0 for query in fresh]
    assert calibration_error(reliability(sure, right)) < 0.05


def test_confidences_are_a_distribution_with_room_for_none():
    calibration = Calibration(0.05, 0.6, "catalogue", 1)
    sure = calibration.confidences([0.9, 0.7, 0.1])
    assert sure[0] > 0.9 > sure[1] > sure[2] > 0
    assert sum(sure) < 1
    assert calibration.confidences([0.3])[0] < 0.01
    assert calibration.confidences([]) == ()
    # A tie leaves both in doubt, however high they are.
    assert calibration.confidences([0.9, 0.9])[0] == pytest.approx(0.5, abs=0.01)


def test_far_apart_scores_do_not_overflow():
    sure = Calibration(0.005, -0.9, "catalogue", 1).confidences([1.0, -1.0])
    assert sure == pytest.approx((1.0, 0.0))


def test_nothing_is_fitted_to_queries_without_an_answer():
    assert fit_calibration([], "queries") is None
    assert fit_calibration([ScoredQuery((0.5, 0.4), None)], "queries") is None


def test_unknown_queries_raise_the_bar():
    known = [ScoredQuery((0.8, 0.3), 0)] * 50
    unknown = [ScoredQuery((0.5, 0.4), None)] * 50
    found = fit_calibration(known + unknown, "queries")
    assert 0.5 < found.threshold < 0.8
    assert found.confidences((0.5, 0.4))[0] < 0.1
    assert found.confidences((0.8, 0.3))[0] > 0.9
