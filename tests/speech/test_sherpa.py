"""A model of one's own: what is missing or broken is told. No model comes with the tests."""

from __future__ import annotations

import sys

import numpy as np
import onnx
import pytest

from goodsight.core.errors import MissingExtra, ModelError
from goodsight.core.speech import Sound
from goodsight.speech import SherpaRecogniser, can_run_models

SOUND = Sound(np.zeros(16_000, np.float32))
with_sherpa = pytest.mark.skipif(not can_run_models(), reason="the extra 'voice-models' is absent")


@with_sherpa
def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ModelError, match=r"lost: .*speech_model"):
        SherpaRecogniser(tmp_path / "lost").transcribe(SOUND)


@with_sherpa
@pytest.mark.parametrize(
    "files",
    [
        ("model.int8.onnx",),
        ("tiny-encoder.onnx", "tiny-decoder.onnx"),
        ("encoder.onnx", "decoder.onnx", "joiner.onnx"),
        ("encoder.onnx",),
        (),
    ],
    ids=["single", "whisper", "transducer", "half", "none"],
)
def test_a_model_that_is_none_is_told(tmp_path, files):
    (tmp_path / "tokens.txt").write_text("a 0\n")
    for name in files:
        (tmp_path / name).write_text("no model")

    with pytest.raises(ModelError, match=str(tmp_path)):
        SherpaRecogniser(tmp_path).transcribe(SOUND)


@with_sherpa
def test_a_model_of_another_kind_does_not_end_the_process(tmp_path):
    ends = [onnx.helper.make_tensor_value_info(name, 1, [1]) for name in "xy"]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Identity", ["x"], ["y"])], "other", ends[:1], ends[1:]
    )
    version = [onnx.helper.make_opsetid("", 17)]
    model = onnx.helper.make_model(graph, opset_imports=version, ir_version=8)
    onnx.save(model, tmp_path / "model.onnx")
    (tmp_path / "tokens.txt").write_text("a 0\n")

    with pytest.raises(ModelError, match="does not exist in the metadata"):
        SherpaRecogniser(tmp_path).transcribe(SOUND)


def test_without_the_extra_the_error_names_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)

    with pytest.raises(MissingExtra, match=r"pip install 'goodsight\[voice-models\]'"):
        SherpaRecogniser(tmp_path).transcribe(SOUND)
