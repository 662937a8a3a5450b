"""Tuning runs as they are recorded, one at a time."""

import subprocess
import sys
import time

import numpy as np
import pytest

from goodsight.core.errors import InputError, StoreError
from goodsight.core.gating import Comparison, Verdict
from goodsight.core.tuning import (
    ChangedQuery,
    CurvePoint,
    FoundProduct,
    TunedModel,
    TuningRecord,
    TuningStatus,
)
from stores.samples import filled
from stores.servers import eventually
from stores.test_spaces import shelf

VERDICT = Verdict(
    False,
    ("worse: here",),
    (Comparison("unseen products", 90, 0.5, 0.25, -0.3, -0.2, "Shoes"),),
)
RECORD = TuningRecord(
    settings=(("method", "head"), ("epochs", "12")),
    curve=(CurvePoint(1, 3.5, 0.5), CurvePoint(2, 2.5, 0.625)),
    verdict=VERDICT,
    model=TunedModel("a" * 16, "b" * 16, "lite", 64, 300, 60, "c" * 64, "Apache-2.0"),
    changed=(
        ChangedQuery(
            "d" * 64, "p1", "One", FoundProduct("p2", "Two", "e" * 64), FoundProduct("p1", "", "f")
        ),
    ),
    reason="it did not gain",
)


@pytest.fixture
def runs(postgres_store):
    filled(postgres_store, *shelf(count=2))
    return postgres_store.tuning_runs("shop")


def test_a_run_comes_back_as_it_was_recorded(runs):
    with runs.begin("head") as run:
        [running] = runs.runs()
        assert (running.id, running.status) == (run.id, TuningStatus.RUNNING)
        assert running.record == TuningRecord()
        run.record(RECORD)
        assert runs.runs()[0].record == RECORD
        run.finish(TuningStatus.REFUSED, RECORD)
    with runs.begin("head") as run:
        run.finish(TuningStatus.SWITCHED, RECORD, forced=True)
    latest, earlier = runs.runs()
    assert (earlier.status, earlier.space_id) == (TuningStatus.REFUSED, None)
    assert earlier.record == RECORD
    assert earlier.finished_at >= earlier.started_at
    assert (latest.id, latest.forced) == (run.id, True)
    assert latest.space_id is not None
    assert latest.record.changed[0].is_gain
    assert runs.run(earlier.id) == earlier
    assert runs.run(latest.id + 1) is None


def test_figures_that_are_none_are_kept(runs):
    nothing = Comparison("unseen products", 0, *[float("nan")] * 4)
    verdict = Verdict(False, ("only 0 photos",), (nothing,))
    curve = (CurvePoint(1, float("inf"), 0.5),)
    with runs.begin("head") as run:
        run.finish(TuningStatus.REFUSED, TuningRecord(curve=curve, verdict=verdict))
    [kept] = runs.runs()
    [found] = kept.record.verdict.comparisons
    assert (found.queries, found.is_gain, found.is_loss) == (0, False, False)
    assert np.isnan([found.before, found.after, found.low, found.high]).all()
    assert np.isnan(kept.record.curve[0].loss)
    assert kept.record.curve[0].recall == 0.5


def test_a_run_of_another_collection_is_none_of_ours(runs, postgres_store):
    filled(postgres_store, *shelf(count=2), name="other")
    with postgres_store.tuning_runs("other").begin("head") as run:
        run.finish(TuningStatus.REFUSED, RECORD)
    assert runs.run(run.id) is None


def test_a_second_run_waits_for_its_turn(runs, postgres_store):
    other = postgres_store.tuning_runs("shop")
    with runs.begin("head"), pytest.raises(StoreError, match="another process"), other.begin("x"):
        pass
    # Left without an end.
    assert [run.status for run in runs.runs()] == [TuningStatus.FAILED]
    with other.begin("head") as run:
        run.finish(TuningStatus.REFUSED, RECORD)


def test_a_run_that_fails_says_why_and_keeps_what_was_recorded(runs):
    def fails():
        with runs.begin("backbone") as run:
            run.record(RECORD)
            raise InputError("the photos are gone\0")

    with pytest.raises(InputError, match="gone"):
        fails()
    [failed] = runs.runs()
    assert failed.status is TuningStatus.FAILED
    assert failed.record.verdict == RECORD.verdict
    assert failed.record.reason == "the photos are gone\N{REPLACEMENT CHARACTER}"


BEGIN = """
import sys
from goodsight.stores import open_store
from pathlib import Path
location = sys.argv[1]
store = open_store(location if "://" in location else Path(location))
with store.tuning_runs("shop").begin("head"):
    print("begun", flush=True)
    sys.stdin.read()
"""


def begun_soon(runs):
    """The server notices a little late that a process has died."""
    for _ in range(50):
        try:
            with runs.begin("head") as run:
                run.finish(TuningStatus.SWITCHED, TuningRecord())
        except StoreError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the lock of a dead process stays")


def test_a_run_whose_process_died_is_told_as_interrupted(runs, postgres_store):
    server = postgres_store.database.server
    location = postgres_store.database._url if server is None else str(server.cluster.directory)
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN, location], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout.readline() == b"begun\n"
        with pytest.raises(StoreError, match="another process"), runs.begin("head"):
            pass
        assert [run.status for run in runs.runs()] == [TuningStatus.RUNNING]
        process.kill()
    # Before anybody begins another.
    eventually(lambda: runs.runs()[0].status is TuningStatus.INTERRUPTED)
    begun_soon(runs)
    assert [run.status for run in runs.runs()] == [TuningStatus.SWITCHED, TuningStatus.INTERRUPTED]
