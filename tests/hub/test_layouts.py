"""Which files make a model."""

import pytest

from goodsight.core.errors import ModelError, UsageError
from goodsight.hub.layouts import VARIANTS, choose_files
from goodsight.hub.published import HubFile, HubModel

SETTINGS = ("preprocessor_config.json", "config.json", "tokenizer.json", "README.md", "model.bin")


def published(*names, size=1000):
    files = tuple(HubFile(name, size) for name in (*SETTINGS, *names))
    return HubModel("shop/it", "0" * 40, "mit", "", files)


def networks(layout):
    return layout.photos.name, layout.texts and layout.texts.name


def test_photos_and_texts_apart_go_before_one_file():
    model = published("onnx/model.onnx", "onnx/text_model.onnx", "onnx/vision_model.onnx")
    layout = choose_files(model, "fp32")
    assert networks(layout) == ("onnx/vision_model.onnx", "onnx/text_model.onnx")
    assert {file.name for file in layout.files} == {
        "preprocessor_config.json",
        "config.json",
        "tokenizer.json",
        "onnx/vision_model.onnx",
        "onnx/text_model.onnx",
    }


@pytest.mark.parametrize(("name", "ending"), VARIANTS.items())
def test_every_variant_is_found_by_its_ending(name, ending):
    model = published(*(f"onnx/model{other}.onnx" for other in VARIANTS.values()))
    assert networks(choose_files(model, name)) == (f"onnx/model{ending}.onnx", None)


def test_files_may_lie_at_the_top():
    assert networks(choose_files(published("model.onnx"), "fp32")) == ("model.onnx", None)


def test_photos_of_a_model_without_its_texts():
    layout = choose_files(published("onnx/vision_model.onnx"), "fp32")
    assert networks(layout) == ("onnx/vision_model.onnx", None)


def test_a_variant_that_is_not_there_names_those_that_are():
    model = published("onnx/model_fp16.onnx", "onnx/vision_model_q4.onnx")
    with pytest.raises(UsageError, match="no variant 'fp32'; it has fp16, q4"):
        choose_files(model, "fp32")
    with pytest.raises(UsageError, match="variant 'best': choose from fp32, fp16"):
        choose_files(model, "best")


def test_a_model_that_is_not_published_as_onnx_can_be_exported():
    with pytest.raises(ModelError, match="goodsight model export"):
        choose_files(published("pytorch_model.bin", "onnx/decoder.onnx"), "fp32")


def test_weights_outside_of_the_file_are_refused_before_they_come():
    model = published("onnx/model.onnx", "onnx/model.onnx_data", "onnx/model_fp16.onnx")
    with pytest.raises(ModelError, match=r"onnx/model\.onnx_data, which is refused"):
        choose_files(model, "fp32")
    assert networks(choose_files(model, "fp16")) == ("onnx/model_fp16.onnx", None)


def test_giants_are_refused():
    with pytest.raises(ModelError, match="at most 8,388,608 are fetched"):
        choose_files(published("model.onnx", size=9 << 20), "fp32")
    huge = HubModel("shop/it", "0" * 40, None, "", (HubFile("model.onnx", 3 << 30),))
    with pytest.raises(ModelError, match=r"model\.onnx: 3,221,225,472 bytes"):
        choose_files(huge, "fp32")
