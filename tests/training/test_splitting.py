"""What is kept aside shares no burst and no copy with what is learnt from."""

import numpy as np
import pytest

from goodsight.core.scoring import unit_rows

pytest.importorskip("torch", reason="the room is tested with torch: make test-torch")

from goodsight.training.examples import Examples
from goodsight.training.splitting import SAME_BURST, split_examples
from training.planted import planted, with_bursts, with_views


def dealt(examples, seed=0):
    return split_examples(examples, unit_rows(examples.features), seed)


def test_no_near_duplicate_is_on_both_sides():
    examples = with_bursts(planted()[0])
    split = dealt(examples)
    units = unit_rows(examples.features)
    asked = np.concatenate([split.known, split.unknown])
    assert len(split.known) > 30
    assert len(split.unknown) > 30
    for rows in (split.learn, split.shelf):
        assert (units[asked] @ units[rows].T).max() < SAME_BURST
    # Dealt photo by photo, bursts would have been torn apart.
    assert (units[asked] @ units[asked].T - np.eye(len(asked))).max() > SAME_BURST


def test_unseen_products_are_not_learnt_from_and_known_ones_are():
    examples = with_bursts(planted()[0])
    split = dealt(examples)
    learnt = set(examples.groups[split.learn])
    assert not learnt & set(examples.groups[split.unknown])
    assert set(examples.groups[split.known]) <= learnt
    on_shelf = set(examples.groups[split.shelf])
    assert set(examples.groups[split.unknown]) <= on_shelf


@pytest.mark.parametrize("hashed", [False, True])
def test_copies_at_another_product_are_left_out(hashed):
    plain, _ = planted()
    generator = np.random.default_rng(1)
    features = np.concatenate([plain.features, plain.features[:60]])
    groups = np.concatenate([plain.groups, np.repeat(np.arange(90, 100), 6)])
    hashes = generator.integers(0, 2**63, len(plain), dtype=np.uint64)
    hashes = np.concatenate([hashes, hashes[:60] ^ np.uint64(3)]) if hashed else None
    examples = Examples.of_photos(features, groups, hashes)
    split = dealt(examples)
    assert len(split.copies)
    first = {int(row) for row in np.concatenate([split.known, split.unknown])}
    kept = {int(row) for row in np.concatenate([split.learn, split.shelf])}
    pairs = [(row, row + len(plain)) for row in range(60)]
    assert any(one in first or other in first for one, other in pairs)
    for one, other in pairs:
        assert not (one in first and other in kept)
        assert not (other in first and one in kept)


def test_single_photos_are_asked_for_with_their_views():
    plain, directions = planted(products=30, photos=1)
    examples = with_views(plain, directions)
    split = dealt(examples)
    assert examples.views[split.known].all()
    assert examples.views[split.unknown].all()
    assert not examples.views[split.shelf].any()
    assert set(range(30)) == set(split.shelf)
    assert not np.isin(split.known, split.learn).any()


def test_views_do_not_ask_where_photos_can():
    plain, directions = planted()
    examples = with_views(plain, directions)
    split = dealt(examples)
    assert not examples.views[np.concatenate([split.known, split.unknown])].any()
    assert examples.views[split.learn].any()
    asked = examples.photos[np.concatenate([split.known, split.unknown])]
    assert not np.isin(examples.photos[split.learn], asked).any()


def test_the_seed_alone_decides():
    examples = with_bursts(planted()[0])
    one, same, other = dealt(examples), dealt(examples), dealt(examples, seed=1)
    assert (one.known == same.known).all()
    assert len(one.known) != len(other.known) or (one.known != other.known).any()
