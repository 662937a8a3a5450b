"""A small network learns what a large one finds alike, and where it puts it."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")

from goodsight.core.types import Photo  # noqa: E402
from goodsight.encoders import ModelLibrary  # noqa: E402
from goodsight.encoders.preprocessing import prepare  # noqa: E402
from goodsight.training.distillation_loss import DistillationLoss  # noqa: E402
from small_shop import draw_seen  # noqa: E402
from training.networks import PREPROCESSING, Residual, made  # noqa: E402

LEARNT, ASKED = 10, 4
PRODUCTS = 12


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
