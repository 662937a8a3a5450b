"""Photos without labels: learnt from as what the catalogue is sure to see, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch", reason="heads are trained with torch: make test-torch")

from goodsight.core.errors import InputError
from goodsight.core.projecting import conditioned, fit_projection, in_space
from goodsight.core.proving import Shelf
from goodsight.core.scoring import unit_rows
from goodsight.training.examples import Examples
from goodsight.training.head_report import HeadSettings
from goodsight.training.head_work import HeadWork
from goodsight.training.pseudo_labels import Unlabelled, pseudo_labelled
from goodsight.training.splitting import SAME_BURST, SAME_PHOTO
from training.planted import SIZE, planted

BLOCKS = (SIZE,)
PRODUCTS, LABELLED, PHOTOS = 40, 6, 16


def dealt(products=PRODUCTS, labelled=LABELLED):
    """A catalogue of some photos of each product, the others without labels, what those show."""
    whole, _ = planted(products=products, photos=PHOTOS, apart=2.0, chance=2.0)
    place = np.arange(len(whole)) % PHOTOS
    known = Examples.of_photos(whole.features[place < labelled], whole.groups[place < labelled])
    rest = place >= labelled
    return known, alone(whole.features[rest], behind=len(known)), whole.groups[rest]


def alone(features, behind):
    numbers = behind + np.arange(len(features))
    return Examples(features, numbers, numbers, np.zeros(len(features), dtype=bool))


def added(known, found):
    """Numbers of the unlabelled rows that were taken, and the groups they were given."""
    return found.features[len(known) :], found.groups[len(known) :]


def right(found, known, unlabelled, shown):
    features, groups = added(known, found)
    truth = {
        row.tobytes(): product for row, product in zip(unlabelled.features, shown, strict=True)
    }
    return np.array([truth[row.tobytes()] for row in features]) == groups


def test_the_surer_the_fewer_and_the_more_of_them_are_right():
    known, unlabelled, shown = dealt()
    counts, shares = [], []
    for confidence in (0.01, 0.5, 0.9):
        found = pseudo_labelled(known, Unlabelled(unlabelled, confidence), BLOCKS, rooted=False)
        hits = right(found.examples, known, unlabelled, shown)
        assert found.taken == len(hits)
        counts.append(found.taken)
        shares.append(hits.mean())
    assert counts[0] == len(unlabelled) > counts[1] > counts[2] > 50
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.9


def test_they_are_views_of_the_nearest_photo_of_the_product_that_was_found():
    known, unlabelled, _ = dealt()
    found = pseudo_labelled(known, Unlabelled(unlabelled, 0.5), BLOCKS, rooted=False).examples
    taken = found.rows(np.arange(len(known), len(found)))
    assert taken.views.all()
    assert not found.views[: len(known)].any()
    space = fit_projection([known.batch()], BLOCKS, rooted=False)
    shelf, asked = (in_space(some.features, space, BLOCKS) for some in (known, taken))
    for row, (group, photo) in enumerate(zip(taken.groups, taken.photos, strict=True)):
        alike = np.where(known.groups == group, shelf @ asked[row], -np.inf)
        assert known.photos[alike.argmax()] == photo
        assert known.groups[photo] == group
    first = Shelf(shelf, known.groups).first(asked)
    np.testing.assert_array_equal(first.products, taken.groups)


def test_views_of_a_photo_follow_it():
    known, unlabelled, _ = dealt()
    views = unlabelled.features + 1
    with_views = unlabelled.with_views(views, unlabelled.photos)
    plain = pseudo_labelled(known, Unlabelled(unlabelled, 0.7), BLOCKS, rooted=False)
    found = pseudo_labelled(known, Unlabelled(with_views, 0.7), BLOCKS, rooted=False)
    assert len(Unlabelled(with_views)) == len(unlabelled)
    assert found.taken == plain.taken
    assert len(found.examples) - len(known) == 2 * found.taken
    given = {tuple(row): group for row, group in zip(*added(known, found.examples), strict=True)}
    for row, view in zip(unlabelled.features, views, strict=True):
        assert given.get(tuple(row)) == given.get(tuple(view))


def test_things_that_the_catalogue_has_not_are_mostly_left():
    known, unlabelled, shown = dealt()
    there = known.groups < PRODUCTS // 2
    known = known.rows(np.flatnonzero(there))
    found = pseudo_labelled(known, Unlabelled(unlabelled, 0.9), BLOCKS, rooted=False)
    of_known = np.flatnonzero(shown < PRODUCTS // 2)
    taken = {row.tobytes() for row in added(known, found.examples)[0]}
    share = np.array([row.tobytes() in taken for row in unlabelled.features])
    assert share[of_known].mean() > 2 * np.delete(share, of_known).mean()
    assert set(added(known, found.examples)[1]) <= set(range(PRODUCTS // 2))


def test_shots_of_the_catalogues_bursts_are_left_out():
    known, unlabelled, _ = dealt()
    shots = known.features + 0.3 * np.random.default_rng(0).normal(size=known.features.shape)
    features = np.concatenate([shots.astype(np.float32), unlabelled.features])
    both = alone(features, behind=len(known))
    both = both.with_views(features + 1, both.photos)
    left = Unlabelled(both, 0.6).unlike(known.features, SAME_BURST, BLOCKS, rooted=False)
    assert left.confidence == 0.6
    assert 0 < len(left) <= len(unlabelled)
    # With their views, and nothing that could be mistaken for a photo of the catalogue.
    assert left.examples.views.sum() == len(left)
    assert not set(left.examples.photos) & set(both.photos[: len(shots)])
    units = [
        unit_rows(conditioned(some, BLOCKS, False))
        for some in (left.examples.features[~left.examples.views], known.features)
    ]
    assert (units[0] @ units[1].T).max() < SAME_BURST
    whole = Unlabelled(both, 0.6).unlike(known.features, SAME_PHOTO, BLOCKS, rooted=False)
    assert len(left) < len(whole)
    assert (
        len(Unlabelled(both).unlike(known.features[:0], 0.1, BLOCKS, rooted=False))
        == len(both) // 2
    )


def test_what_is_kept_aside_gives_no_label_and_is_asked_with_alone():
    known, unlabelled, _ = dealt()
    work = HeadWork(
        known, BLOCKS, HeadSettings(epochs=1), lambda *_: None, lambda: False,
        Unlabelled(unlabelled, 0.5),
    )  # fmt: skip
    split = work.split()
    learnt = known.rows(split.learn)
    trial, whole = work.trial(split), work.whole()
    assert 0 < trial.taken < whole.taken
    hidden = set(known.groups) - set(learnt.groups)
    assert hidden
    assert not hidden & set(trial.examples.groups)
    assert hidden & set(whole.examples.groups[len(known) :])
    assert set(trial.examples.photos) == set(learnt.photos)
    # Nothing of it is in the examples that the proof asks with and searches.
    assert len(work.examples) == len(known)


def test_shots_of_the_bursts_that_are_kept_aside_do_not_tell_the_answer():
    known, _, _ = dealt()
    work = HeadWork(known, BLOCKS, HeadSettings(), lambda *_: None, lambda: False)
    split = work.split()
    asked = known.features[split.known]
    shots = asked + 0.02 * np.random.default_rng(0).normal(size=asked.shape).astype(np.float32)
    unlabelled = Unlabelled(alone(shots, behind=len(known)), 0.01)
    work = replace(work, unlabelled=unlabelled)
    assert work.trial(split).taken == 0
    # Nor are the catalogue's own photos anything new, once they all are learnt from.
    same = Unlabelled(alone(asked, behind=len(known)), 0.01)
    assert replace(work, unlabelled=same).whole().taken == 0


def test_without_such_photos_nothing_changes():
    known, _, _ = dealt()
    work = HeadWork(known, BLOCKS, HeadSettings(), lambda *_: None, lambda: False)
    split = work.split()
    assert work.whole().examples.fingerprint() == known.fingerprint()
    assert work.trial(split).examples.fingerprint() == known.rows(split.learn).fingerprint()
    assert work.whole().taken == work.trial(split).taken == 0


def test_labels_and_photos_without_find_more_than_the_labels_alone():
    photos, asked = 34, 4
    whole, _ = planted(products=PRODUCTS, photos=photos, apart=1.5, chance=2.0)
    place = np.arange(len(whole)) % photos
    known = Examples.of_photos(whole.features[place < LABELLED], whole.groups[place < LABELLED])
    unseen = whole.rows(np.flatnonzero(place >= photos - asked))
    rest = (place >= LABELLED) & (place < photos - asked)
    unlabelled = Unlabelled(alone(whole.features[rest], behind=len(known)), 0.7)

    def recall(examples):
        """Of unseen photos among the catalogue's, in the space that the examples teach."""
        space = fit_projection([examples.batch()], BLOCKS, rooted=False)
        shelf = Shelf(in_space(known.features, space, BLOCKS), known.groups)
        found = shelf.first(in_space(unseen.features, space, BLOCKS))
        return (found.products == unseen.groups).mean()

    taught = pseudo_labelled(known, unlabelled, BLOCKS, rooted=False).examples
    assert recall(taught) > recall(known) + 0.03


def test_a_catalogue_that_cannot_tell_how_sure_it_is_says_so():
    known, unlabelled, _ = dealt(products=5, labelled=2)
    with pytest.raises(InputError, match="too few products"):
        pseudo_labelled(known, Unlabelled(unlabelled), BLOCKS, rooted=False)
