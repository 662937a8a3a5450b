"""A head learns what tells products apart, stops in time, goes on after a stop, and knows when
it is of no use."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from goodsight.core.errors import InputError, ModelError
from goodsight.core.projecting import fit_projection

torch = pytest.importorskip("torch", reason="heads are trained with torch: make test-torch")
pytest.importorskip("pytorch_metric_learning", reason="heads need its losses")

from goodsight.training.head_report import HeadSettings, Stage  # noqa: E402
from goodsight.training.head_training import TrainingInterrupted, train_head  # noqa: E402
from goodsight.training.losses import LossName  # noqa: E402
from training.planted import SIZE, planted, with_views  # noqa: E402

QUICK = HeadSettings(epochs=6, patience=4, dimension=24)


def trained(examples, settings=QUICK, **options):
    return train_head(examples, [SIZE], rooted=False, settings=settings, **options)


def inside(projection, directions):
    """Which share of the projection's squared length lies in the planted directions."""
    matrix = projection.matrix
    return float(((directions.T @ matrix) ** 2).sum() / (matrix**2).sum())


@pytest.fixture(scope="module")
def catalogue():
    return planted()


@pytest.mark.parametrize("loss", LossName)
def test_a_head_learns_what_tells_products_apart_without_labels(loss, catalogue):
    examples, directions = planted(chance=2.0)
    alone = with_views(examples, directions).without_products()
    settings = HeadSettings(epochs=12, dimension=24, loss=loss, rate=0.01)
    head = trained(alone, settings)
    assert head.untuned is None, "single photos teach the catalogue nothing by themselves"
    before, after = head.unknown.recalls
    assert after > 5 * before
    # Of the features as they are the planted directions, 6 of 48, hold an eighth.
    assert inside(head.projection, directions) > 0.3


def test_epochs_make_the_loss_smaller_and_the_best_one_is_kept(catalogue):
    head = trained(catalogue[0])
    points = [p for p in head.curve if p.stage is Stage.TRIAL]
    losses = [point.loss for point in points[1:]]
    assert losses[-1] < losses[0]
    best = max(point.recall for point in points)
    assert points[head.chosen.epochs].recall == best
    final = [p for p in head.curve if p.stage is Stage.FINAL]
    assert final[-1].epoch == head.chosen.epochs


def test_training_stops_when_nothing_gets_better(catalogue):
    # So high a rate spoils the head at once.
    head = trained(catalogue[0], HeadSettings(epochs=50, patience=2, dimension=24, rate=0.5))
    points = [p for p in head.curve if p.stage is Stage.TRIAL]
    assert points[-1].epoch == head.chosen.epochs + 2 < 50


def test_a_head_that_is_of_no_use_is_left_out():
    # Nothing is chance here: the catalogue's own projection finds everything.
    examples, _ = planted(products=12, photos=12, chance=0.2, apart=10)
    head = trained(examples)
    assert head.known.untuned.all()
    assert head.chosen.share == 0
    own = fit_projection([examples.batch()], [SIZE], rooted=False)
    assert head.projection.space("") == own.space("")


def test_the_trial_has_seen_nothing_of_what_judges_it(catalogue):
    examples, _ = catalogue
    head = trained(examples)
    assert len(head.split.known)
    assert len(head.split.unknown)
    aside = np.concatenate([head.split.known, head.split.unknown])
    assert not np.isin(aside, head.split.learn).any()
    learnt = examples.rows(head.split.learn)
    own = fit_projection([learnt.batch()], [SIZE], rooted=False)
    assert head.untuned.space("") == own.space("")
    assert head.projection.photos == len(examples) > head.trial.photos == len(learnt)


def test_a_stopped_training_goes_on_and_comes_to_the_same(catalogue, tmp_path):
    examples, directions = catalogue
    examples = with_views(examples, directions)
    # Chosen so that epochs pay, and the final training has some too.
    settings = HeadSettings(epochs=6, dimension=24, rate=0.01)
    whole = trained(examples, settings)
    assert whole.chosen.epochs > 1
    starts = []
    for stop in (1, 2, 3, 2, 99):
        seen = []
        try:
            head = trained(
                examples,
                settings,
                progress=seen.append,
                should_stop=lambda stop=stop, seen=seen: len(seen) >= stop,
                checkpoint=tmp_path / "run",
            )
            break
        except TrainingInterrupted:
            starts.append((seen[0].point.stage, seen[0].point.epoch))
    assert starts[:3] == [(Stage.TRIAL, 1), (Stage.TRIAL, 2), (Stage.TRIAL, 4)]
    assert head.projection.space("") == whole.projection.space("")
    assert head.curve == whole.curve
    assert head.chosen == whole.chosen


KILLED = """
import os, signal, sys
from pathlib import Path
from goodsight.training.head_report import HeadSettings, Stage
from goodsight.training.head_training import train_head
from training.planted import SIZE, planted, with_views

def die_in_the_final_training(progress):
    if progress.point.stage is Stage.FINAL:
        os.kill(os.getpid(), signal.SIGKILL)

train_head(
    with_views(*planted()), [SIZE], rooted=False,
    settings=HeadSettings(epochs=6, dimension=24, rate=0.01),
    progress=die_in_the_final_training, checkpoint=Path(sys.argv[1]),
)
"""


def test_a_killed_training_goes_on_and_comes_to_the_same(tmp_path):
    tests = Path(__file__).parents[1]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(tests)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    settings = HeadSettings(epochs=6, dimension=24, rate=0.01)
    seen = []
    examples = with_views(*planted())
    head = trained(examples, settings, progress=seen.append, checkpoint=tmp_path)
    assert {progress.point.stage for progress in seen} == {Stage.FINAL}, "the trial is not repeated"
    whole = trained(examples, settings)
    assert head.projection.space("") == whole.projection.space("")
    assert head.curve == whole.curve


def test_a_checkpoint_of_other_photos_is_begun_anew(catalogue, tmp_path):
    trained(catalogue[0], checkpoint=tmp_path)
    other, _ = planted(seed=5)
    again = trained(other, checkpoint=tmp_path)
    assert again.projection.space("") == trained(other).projection.space("")


def test_a_hostile_checkpoint_is_refused(catalogue, tmp_path):
    (tmp_path / "trial.safetensors").write_bytes(b"\x80\x04cposix\nsystem\n")
    with pytest.raises(ModelError, match="nothing in it was run"):
        trained(catalogue[0], checkpoint=tmp_path)


def test_too_little_to_learn_from_is_told(catalogue):
    examples, _ = catalogue
    with pytest.raises(InputError, match="too few"):
        trained(examples.rows(np.arange(8)))
    with pytest.raises(InputError, match="no two photos belong together"):
        trained(examples.without_products())
    with pytest.raises(InputError, match="the encoder has 40"):
        train_head(examples, [40], rooted=False)
