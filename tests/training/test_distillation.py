"""A small network taught by the collection's model: measured beside both, and kept."""

import pytest

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")
pytest.importorskip("transformers", reason="needs transformers")

import goodsight  # noqa: E402
from goodsight.core.errors import Interrupted, ModelError, UsageError  # noqa: E402
from goodsight.rendering import distilled_document, distilled_table  # noqa: E402
from goodsight.training.backbone_report import BackboneSettings  # noqa: E402
from goodsight.training.distillation import Distiller, DistilOptions  # noqa: E402
from grid_models import grid_folder  # noqa: E402
from small_shop import draw_feed  # noqa: E402
from training.published import published  # noqa: E402
from training.scenes import busy_scene  # noqa: E402
from training.watch import Watch  # noqa: E402

PRODUCTS, PHOTOS = 8, 8


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("taught")
    draw_feed(root, busy_scene, range(PRODUCTS), PHOTOS)
    with goodsight.open(root / "home") as opened:
        opened.add_model(grid_folder(root / "models", 8))
        opened.index(root / "feed.csv", model="grid-8")
        yield opened


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "tiny-dino"
    folder.mkdir()
    published("dinov2", folder)
    return str(folder)


def options(student, name, epochs=2):
    settings = BackboneSettings(epochs=epochs, batch=16, rate=1e-3, stages=1.0)
    return DistilOptions(student, name=name, settings=settings)


def distilling(shop):
    return list((shop.wiring.settings.home / "distilling").iterdir())


def test_the_student_is_kept_and_measured_beside_its_teacher(shop, student):
    before = shop.info()
    found = Distiller(shop).distil(options(student, "small", epochs=4), Watch())
    assert shop.info() == before
    assert found.card == shop.model("small")
    assert (found.card.tuned_from, found.student) == (student, student)
    assert (found.teacher, found.photos) == ("grid-8", PRODUCTS * PHOTOS)
    assert min(found.bytes_before, found.bytes_after, found.rate_before, found.rate_after) > 0
    known = found.taught[0]
    assert known.queries == found.untaught[0].queries > 0
    assert known.after == found.untaught[0].after
    document = distilled_document(found)
    assert document["card"]["name"] == "small"
    assert document["taught"][0]["after"] == pytest.approx(known.after)
    assert distilled_table(found)
    assert not [path for path in distilling(shop) if path.is_dir()]


def test_stopped_it_keeps_nothing_and_goes_on(shop, student):
    stopped = Watch()
    with pytest.raises(Interrupted):
        Distiller(shop).distil(
            options(student, "again"), stopped, should_stop=lambda: stopped.heard_of("proving")
        )
    assert "again" not in [card.name for card in shop.models()]
    watch = Watch()
    Distiller(shop).distil(options(student, "again"), watch)
    assert not watch.heard_of("trial, tiny-dino")
    assert "again" in [card.name for card in shop.models()]


def test_two_at_once_do_not_get_in_each_others_way(shop, student):
    refused = []

    class Beside(Watch):
        def stage(self, name):
            if name == "proving":
                with pytest.raises(UsageError, match="another process: wait"):
                    Distiller(shop).distil(options(student, "second"), Watch())
                refused.append(name)
            super().stage(name)

    Distiller(shop).distil(options(student, "first"), Beside())
    assert refused
    Distiller(shop).distil(options(student, "second"), Watch())
    assert {"first", "second"} <= {card.name for card in shop.models()}


class KilledAtTheEnd(Distiller):
    def _measured(self, *given):
        super()._measured(*given)
        raise KeyboardInterrupt


def test_killed_while_it_is_measured_it_goes_on(shop, student):
    with pytest.raises(KeyboardInterrupt):
        KilledAtTheEnd(shop).distil(options(student, "late"), Watch())
    assert "late" not in [card.name for card in shop.models()]
    watch = Watch()
    found = Distiller(shop).distil(options(student, "late"), watch)
    assert not watch.heard_of("with all photos, tiny-dino")
    assert found.card == shop.model("late")


def test_nobody_is_taught_by_itself(shop, student):
    lite = "efficientnet-lite0"
    with pytest.raises(UsageError, match="taught by itself; name another teacher"):
        Distiller(shop).distil(DistilOptions(lite, teacher=lite), Watch())


def test_a_name_that_is_taken_is_told_before_anything_is_read(shop, student):
    watch = Watch()
    with pytest.raises(ModelError, match="grid-8"):
        Distiller(shop).distil(options(student, "grid-8"), watch)
    assert watch.heard == []
