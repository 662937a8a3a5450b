"""What models are called that were trained from others: names that a library takes."""

import pytest

pytest.importorskip("torch", reason="needs torch: make test-torch")

from goodsight.encoders import ModelLibrary
from goodsight.training.model_names import lasting_name, short_name


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("efficientnet-lite0", "efficientnet-lite0"),
        ("timm:resnet18.a1_in1k", "timm-resnet18.a1_in1k"),
        ("open_clip:ViT-B-32/laion2b_s34b", "open_clip-ViT-B-32-laion2b_s34b"),
        ("our shop (v2)", "our-shop-v2"),
        ("/models/tiny-dino/", "tiny-dino"),
        ("/models/模型", "network"),
        ("x" * 300, "x" * 45),
    ],
)
def test_what_a_model_is_called_after_is_a_name_that_a_library_takes(model, name, tmp_path):
    assert short_name(model) == name
    library = ModelLibrary(tmp_path)
    library.check_new_name(f"{name}-tuned-0123abcd")
    library.check_new_name(f"{name}-from-{name}")


def test_a_folder_is_found_again_from_elsewhere(tmp_path, monkeypatch):
    folder = tmp_path / "here" / "dino"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    assert lasting_name(".") == lasting_name("../dino") == str(folder)
    assert short_name(".") == "dino"
    for name in ("efficientnet-lite0", "timm:resnet18", "open_clip:RN50", "none-such"):
        assert lasting_name(name) == name
