"""A small network learns what a large one finds alike; the large one is asked once a photo."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from goodsight.core.errors import Interrupted, ModelError

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")

import goodsight  # noqa: E402
from goodsight.core.types import Photo  # noqa: E402
from goodsight.encoders import ModelLibrary  # noqa: E402
from goodsight.encoders.preprocessing import prepare  # noqa: E402
from goodsight.training.distilling import (  # noqa: E402
    DistillationLoss,
    EncoderFeatures,
    teacher_targets,
)
from goodsight.training.kept_arrays import KeptArrays  # noqa: E402
from goodsight.training.shop_photos import ShopPhotos  # noqa: E402
from small_shop import draw_seen  # noqa: E402
from training.networks import PREPROCESSING, Residual, made  # noqa: E402

LEARNT, ASKED = 10, 4
PRODUCTS = 12
HASH = "ab" * 32


def shown(number, seed):
    pixels = np.asarray(draw_seen(number, seed).resize((120, 120)))
    return Photo(f"{number}-{seed}", f"{number:02x}{seed:02x}" * 16, pixels, 120, 120)


def similarities(features):
    units = features / np.linalg.norm(features, axis=1, keepdims=True)
    one, other = np.triu_indices(len(units), 1)
    return (units @ units.T)[one, other]


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    return ModelLibrary(tmp_path_factory.mktemp("models")).open("efficientnet-lite0")


@pytest.fixture(scope="module")
def drawn(teacher):
    """Batches for a student and what the teacher sees, to learn from and to be judged by."""
    seeds = (range(LEARNT), range(LEARNT, LEARNT + ASKED))
    photos = [[shown(number, seed) for number in range(PRODUCTS) for seed in s] for s in seeds]
    return [
        (torch.from_numpy(prepare(some, PREPROCESSING)), teacher.encode_photos(some).features)
        for some in photos
    ]


@pytest.mark.parametrize("parts", [{"places": 0.0}, {"relations": 0.0}, {}])
def test_a_small_network_comes_nearer_to_its_teacher_on_unseen_photos(parts, drawn):
    (batch, targets), (unseen, due) = drawn
    student = made(Residual)
    loss = DistillationLoss(12, targets.shape[1], **parts)

    def alike():
        """How far the student's similarities go with the teacher's: their correlation."""
        student.eval()
        with torch.inference_mode():
            found = student(unseen).mean((2, 3)).numpy()
        return float(np.corrcoef(similarities(found), similarities(due))[0, 1])

    before = alike()
    weights = [*student.parameters(), *loss.parameters()]
    optimiser = torch.optim.Adam(weights, lr=3e-3)
    generator = torch.Generator().manual_seed(0)
    student.train()
    for _ in range(60):
        chosen = torch.randperm(len(batch), generator=generator)[:32]
        optimiser.zero_grad()
        found = loss(student(batch[chosen]).mean((2, 3)), torch.from_numpy(targets)[chosen])
        found.backward()
        optimiser.step()
    assert alike() > before + 0.1


def test_the_same_features_lose_nothing_and_others_do():
    generator = torch.Generator().manual_seed(0)
    targets = torch.randn(6, 8, generator=generator)
    loss = DistillationLoss(8, 8, places=0.0)
    assert loss(targets, targets).item() == 0
    # Turned and stretched they are as far from each other.
    turned = torch.linalg.qr(torch.randn(8, 8, generator=generator))[0]
    assert loss(3 * targets @ turned, targets).item() < 1e-10
    assert loss(torch.randn(6, 8, generator=generator), targets).item() > 0.01


def test_places_are_those_of_the_map():
    targets = torch.randn(6, 8, generator=torch.Generator().manual_seed(0))
    loss = DistillationLoss(8, 8, relations=0.0)
    students = 5 * targets @ loss.map.weight
    # The map begins without any stretching, so its transpose goes back.
    assert loss(students, targets).item() < 1e-6
    assert loss(-students, targets).item() == pytest.approx(2, abs=1e-5)


def test_relations_are_those_of_the_paper_with_cosines():
    generator = np.random.default_rng(0)
    features, targets = (generator.normal(size=(5, size)).astype(np.float32) for size in (3, 4))

    def shares(rows):
        distances = 1 - similarities(rows.astype(np.float64))
        return distances / distances.mean()

    difference = np.abs(shares(features) - shares(targets))
    due = np.where(difference < 1, difference**2 / 2, difference - 0.5).mean()
    loss = DistillationLoss(3, 4, places=0.0)
    found = loss(torch.from_numpy(features), torch.from_numpy(targets))
    assert found.item() == pytest.approx(due, rel=1e-4)


def test_photos_that_nothing_tells_apart_give_a_number():
    features = torch.ones(4, 3, requires_grad=True)
    found = DistillationLoss(3, 5)(features, torch.ones(4, 5))
    found.backward()
    assert torch.isfinite(found)
    assert torch.isfinite(features.grad).all()


def test_it_begins_the_same_each_time_and_leaves_chance_alone():
    torch.manual_seed(3)
    due = torch.rand(2)
    torch.manual_seed(3)
    first = DistillationLoss(4, 6)
    assert torch.equal(torch.rand(2), due)
    assert torch.equal(first.map.weight, DistillationLoss(4, 6).map.weight)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("seen")
    rows = ["id,title,image"]
    for number in range(4):
        names = [f"{number}-{seed}.png" for seed in range(3)]
        for seed, name in enumerate(names):
            draw_seen(number, seed).save(root / name)
        rows.append(f"p{number},Product {number},{'|'.join(names)}")
    (root / "feed.csv").write_text("\n".join(rows) + "\n")
    with goodsight.open(tmp_path_factory.mktemp("home")) as opened:
        opened.index(root / "feed.csv")
        yield opened


def asked(shop, folder, *, stop_after=10**9):
    """The targets of a larger model than the collection's, and how far it told to be."""
    heard = []
    targets = teacher_targets(
        shop,
        shop.wiring.encoder("efficientnet-lite2"),
        ShopPhotos.of(shop),
        folder,
        seen=lambda done, total: heard.append((done, total)),
        should_stop=lambda: len(heard) >= stop_after,
    )
    return targets, heard


def test_targets_are_what_a_larger_model_sees_of_the_shops_photos(shop, tmp_path):
    targets, heard = asked(shop, tmp_path)
    assert heard == [(done, 12) for done in range(1, 13)]
    assert targets.rows.tolist() == list(range(12))
    assert targets.vectors.shape == (12, 1280)
    np.testing.assert_allclose(np.linalg.norm(targets.vectors, axis=1), 1, atol=1e-6)
    photos = ShopPhotos.of(shop)
    teacher = shop.wiring.encoder("efficientnet-lite2")
    loader = shop.wiring.kept_photos(teacher.card, shop.collection)
    features = teacher.encode_photos([loader.load(name) for name in photos.references]).features
    due = np.sqrt(features)
    np.testing.assert_allclose(similarities(targets.vectors), similarities(due), atol=2e-3)


def test_stopped_it_goes_on_from_there(shop, tmp_path):
    with pytest.raises(Interrupted):
        asked(shop, tmp_path, stop_after=5)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npy")}
    assert 5 <= len(files) < 12
    whole, _ = asked(shop, tmp_path)
    assert all(path.stat().st_mtime_ns == time for path, time in files.items())
    again, _ = asked(shop, tmp_path / "elsewhere")
    np.testing.assert_array_equal(whole.vectors, again.vectors)


def test_photos_that_are_gone_are_left_out(shop, tmp_path):
    photos = ShopPhotos.of(shop)
    teacher = EncoderFeatures(shop.wiring.encoder("efficientnet-lite2"), tmp_path)
    hashes = ("00" * 32, *photos.content_hashes[1:])
    gone = replace(photos, content_hashes=hashes, references=("none.png", *photos.references[1:]))
    targets = teacher_targets(
        shop, shop.wiring.encoder("efficientnet-lite2"), gone, tmp_path,
        seen=lambda *_: None, should_stop=lambda: False,
    )  # fmt: skip
    assert targets.rows.tolist() == list(range(1, 12))
    assert teacher.kept(hashes[0]) is None
    with pytest.raises(ModelError, match="no photo can be read"):
        teacher_targets(
            shop, shop.wiring.encoder("efficientnet-lite2"),
            replace(gone, references=("none.png",) * 12, content_hashes=("00" * 32,) * 12),
            tmp_path, seen=lambda *_: None, should_stop=lambda: False,
        )  # fmt: skip


def test_a_broken_or_hostile_file_is_made_anew(teacher, tmp_path):
    maker, photo = EncoderFeatures(teacher, tmp_path), shown(3, 1)
    features = maker.of(photo)
    [path] = tmp_path.rglob("*.npy")
    sign = tmp_path / "executed"

    class Payload:
        def __reduce__(self):
            return (open, (str(sign), "w"))

    np.save(path, np.array([Payload()], dtype=object), allow_pickle=True)
    assert maker.kept(photo.content_hash) is None
    assert not sign.exists()
    for wrong in (features[0], np.concatenate([features, features]), features[:, :-1]):
        np.save(path, wrong)
        assert maker.kept(photo.content_hash) is None
    for wrong in (features.astype(np.complex64), features.astype(np.int64), features * np.nan):
        np.save(path, wrong)
        assert maker.kept(photo.content_hash) is None
    with path.open("wb") as file:
        np.savez(file, features)
    assert maker.kept(photo.content_hash) is None
    os.truncate(path, 10)
    assert maker.kept(photo.content_hash) is None
    np.testing.assert_array_equal(maker.of(photo), features)
    np.testing.assert_array_equal(maker.kept(photo.content_hash), features)


@pytest.mark.parametrize("rows", [9, 10**6, 10**9, 10**12, 10**17, 10**30, -1])
def test_a_header_that_promises_more_than_there_is_asks_for_no_memory(rows, tmp_path):
    kept = KeptArrays(tmp_path, 4)
    kept.keep(HASH, np.zeros((1, 4), dtype=np.float32))
    [path] = tmp_path.rglob("*.npy")
    content = path.read_bytes()
    # As long as before: the header is filled up with blanks.
    spare = b" " * (len(str(rows)) - 1)
    hostile = content.replace(b"(1, 4), }" + spare, b"(%d, 4), }" % rows)
    assert len(hostile) == len(content)
    assert hostile != content
    path.write_bytes(hostile)
    assert kept.get(HASH) is None


def test_numbers_beyond_half_precision_stay_numbers(tmp_path):
    kept, values = KeptArrays(tmp_path, 2), np.array([[1e5, -2.0]], dtype=np.float32)
    np.testing.assert_array_equal(kept.keep(HASH, values), values)
    np.testing.assert_array_equal(kept.get(HASH), values)


def test_a_photo_is_kept_by_many_threads_at_once(tmp_path):
    kept, values = KeptArrays(tmp_path, 1280), np.ones((1, 1280), dtype=np.float32)
    with ThreadPoolExecutor(4) as pool:
        for number in range(50):
            name = f"{number:064x}"
            for found in pool.map(lambda name: kept.keep(name, values), [name] * 4):
                np.testing.assert_array_equal(found, values)
            np.testing.assert_array_equal(kept.get(name), values)
    assert not list(tmp_path.rglob("*.part"))
