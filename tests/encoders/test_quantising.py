import json
import logging
import shutil

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from encoders.joint_models import joint_folder
from encoders.photos import drawn_photo
from encoders.tiny_models import (
    GOOD_FOLDERS,
    convolution,
    good_folder,
    joined_folder,
    model,
    plain,
    save,
    settings,
    weights,
)
from goodsight.core.errors import Interrupted, ModelError
from goodsight.core.ports import PositionEncoder
from goodsight.encoders import ModelLibrary, check_int8, open_folder, write_int8_folder
from goodsight.encoders.safe_scales import convolution_scales

CPU = ("CPUExecutionProvider",)
PHOTOS = [drawn_photo(seed) for seed in range(8)]


def made(folder, photos=PHOTOS):
    target = folder.parent / f"{folder.name}-in-8-bits"
    target.mkdir()
    write_int8_folder(folder, target, "small", photos)
    return target


def cosines(folder, other):
    one, two = (open_folder(place, CPU).encode_photos(PHOTOS).vectors for place in (folder, other))
    return (one * two).sum(axis=1)


def types(content):
    return {tensor.data_type for tensor in onnx.ModelProto.FromString(content).graph.initializer}


@pytest.mark.parametrize("name", GOOD_FOLDERS)
def test_features_point_where_they_pointed(tmp_path, name):
    folder = good_folder(tmp_path, name)
    small = made(folder)
    assert cosines(folder, small).min() > 0.97
    assert TensorProto.INT8 in types((small / "model.onnx").read_bytes())


def test_a_bundled_model_takes_a_quarter(tmp_path):
    library = ModelLibrary(tmp_path / "models")
    folder = tmp_path / "lite"
    folder.mkdir()
    library.write_folder("efficientnet-lite0", folder)
    small = made(folder)
    # Drawn shapes are stranger to it than photos, of which eight are few: real ones keep 0.99.
    assert cosines(folder, small).mean() > 0.9
    sizes = [(place / "model.onnx").stat().st_size for place in (folder, small)]
    assert sizes[1] < 0.3 * sizes[0]
    # The folder that was written for it is the model itself.
    expected = library.open("efficientnet-lite0").encode_photos(PHOTOS).features
    np.testing.assert_array_equal(open_folder(folder, CPU).encode_photos(PHOTOS).features, expected)


def test_features_are_the_means_of_the_map_to_the_last_digit(tmp_path):
    encoder = open_folder(made(good_folder(tmp_path, "plain")), CPU)
    assert isinstance(encoder, PositionEncoder)
    [shown] = encoder.encode_positions(PHOTOS[0])
    [features] = encoder.encode_photos(PHOTOS[:1]).features
    np.testing.assert_allclose(shown.mean(axis=(1, 2)), features, rtol=1e-4, atol=1e-6)


def test_every_network_of_several_is_made_small(tmp_path):
    folder = joined_folder(tmp_path)
    small = made(folder)
    assert cosines(folder, small).min() > 0.97
    assert open_folder(small, CPU).card.name == "small"
    for part in ("part-1.onnx", "part-2.onnx"):
        assert TensorProto.INT8 in types((small / part).read_bytes())


def test_the_bundled_pair_is_written_as_a_folder_of_two(tmp_path):
    folder = tmp_path / "quality"
    folder.mkdir()
    library = ModelLibrary(tmp_path / "models")
    library.write_folder("efficientnet-lite0-lite2", folder)
    expected = library.open("efficientnet-lite0-lite2").encode_photos(PHOTOS[:2])
    found = open_folder(folder, CPU).encode_photos(PHOTOS[:2])
    np.testing.assert_array_equal(found.features, expected.features)


def test_an_added_model_is_written_as_it_was_added(tmp_path):
    library = ModelLibrary(tmp_path / "models")
    library.add(joined_folder(tmp_path), "both")
    folder = tmp_path / "again"
    folder.mkdir()
    library.write_folder("both", folder)
    assert open_folder(folder, CPU).card.space == library.card("both").space
    with pytest.raises(ModelError, match="no model 'lost'"):
        library.write_folder("lost", folder)


def test_settings_tell_where_it_comes_from(tmp_path):
    folder = good_folder(tmp_path, "plain")
    document = json.loads((made(folder) / "model.json").read_text())
    before = json.loads((folder / "model.json").read_text())
    assert document["name"] == "small"
    assert document["source"] == "made by a test, in 8 bits by Goodsight"
    assert len(document["sha256"]) == 64
    for key in ("licence", "preprocessing", "features", "feature_map"):
        assert document[key] == before[key]


def test_convolutions_have_the_scales_that_no_kernel_overflows_with(tmp_path):
    folder = good_folder(tmp_path, "plain")
    network = onnx.ModelProto.FromString((made(folder) / "model.onnx").read_bytes())
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in network.graph.initializer}
    expected = convolution_scales(plain().graph)
    for name, scales in expected.items():
        [found] = [values for key, values in tensors.items() if key.startswith(f"{name}_scale")]
        np.testing.assert_allclose(found, scales, rtol=1e-6)
        [weights_] = [v for k, v in tensors.items() if k.startswith(f"{name}_quantized")]
        # More than the 7 bits that are left to others.
        assert np.abs(weights_.astype(int)).max() > 64


def test_its_space_is_its_own(tmp_path):
    folder = good_folder(tmp_path, "residual")
    spaces = {open_folder(place, CPU).card.space for place in (folder, made(folder))}
    assert len(spaces) == 2


def test_any_side_and_any_number_of_photos_may_be_left_open(tmp_path):
    nodes = [
        convolution("photos", "a", "w1", stride=2),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("GlobalAveragePool", ["b"], ["features"]),
    ]
    open_sides = model(nodes, ["features"], [weights("w1", 6, 3, 3, 3)], shape=("n", 3, "h", "w"))
    folder = save(tmp_path / "open", open_sides, settings())
    assert cosines(folder, made(folder)).min() > 0.97


def test_unfused_normalisation_is_taken_up_by_the_layer_before(tmp_path):
    numbers = [
        numpy_helper.from_array(np.full(6, value, np.float32), name)
        for name, value in (("scale", 1.5), ("bias", 0.1), ("mean", 0.2), ("var", 0.5))
    ]
    nodes = [
        convolution("photos", "a", "w1", stride=2),
        helper.make_node("BatchNormalization", ["a", "scale", "bias", "mean", "var"], ["b"]),
        helper.make_node("Relu", ["b"], ["c"]),
        helper.make_node("GlobalAveragePool", ["c"], ["features"]),
    ]
    network = model(nodes, ["features"], [weights("w1", 6, 3, 3, 3), *numbers])
    folder = save(tmp_path / "normalised", network, settings())
    small = made(folder)
    assert cosines(folder, small).min() > 0.97
    kinds = [
        node.op_type
        for node in onnx.ModelProto.FromString((small / "model.onnx").read_bytes()).graph.node
    ]
    assert "BatchNormalization" not in kinds


def test_weights_that_are_listed_as_inputs_too_are_no_photos(tmp_path):
    network = plain()
    described = helper.make_tensor_value_info("w1", TensorProto.FLOAT, (6, 3, 3, 3))
    network.graph.input.insert(0, described)
    folder = save(tmp_path / "old", network, GOOD_FOLDERS["plain"][1])
    target = tmp_path / "small"
    target.mkdir()
    write_int8_folder(folder, target, "small", PHOTOS)
    assert open_folder(target, CPU).card.dimension == 6


def half_precision():
    network = plain()
    for tensor in network.graph.initializer:
        values = numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    network.graph.input[0].type.tensor_type.elem_type = TensorProto.FLOAT16
    for output in network.graph.output:
        output.type.tensor_type.elem_type = TensorProto.FLOAT16
    return network


def old():
    network = plain()
    network.opset_import[0].version = 12
    return network


def weightless():
    nodes = [helper.make_node("GlobalAveragePool", ["photos"], ["features"])]
    return model(nodes, ["features"], [])


@pytest.mark.parametrize(
    ("build", "cause"),
    [
        (half_precision, "computes with 16 bits"),
        (old, "opset 12: export it with 13 or later"),
        (weightless, "no layer with weights"),
    ],
)
def test_what_cannot_be_quantised_is_named(tmp_path, build, cause):
    document = settings(features="features")
    folder = save(tmp_path / "odd", build(), document)
    with pytest.raises(ModelError, match=f"'tiny' cannot be made int8: .*{cause}"):
        check_int8(folder)


def test_nothing_is_quantised_twice(tmp_path):
    with pytest.raises(ModelError, match="it is quantised already"):
        check_int8(made(good_folder(tmp_path, "residual")))


def test_a_model_that_sees_texts_is_refused(tmp_path):
    with pytest.raises(ModelError, match="it sees texts"):
        check_int8(joint_folder(tmp_path))


def test_hostile_folders_are_refused_before_anything_runs(tmp_path):
    folder = good_folder(tmp_path, "residual")
    outside = tmp_path / "outside.onnx"
    shutil.move(folder / "model.onnx", outside)
    (folder / "model.onnx").symlink_to(outside)
    with pytest.raises(ModelError, match="is a link"):
        check_int8(folder)
    foreign = model(
        [helper.make_node("Steal", ["photos"], ["features"], domain="evil.ops")],
        ["features"], [], domains=["evil.ops"],
    )  # fmt: skip
    with pytest.raises(ModelError, match=r"operators from evil\.ops"):
        check_int8(save(tmp_path / "foreign", foreign, settings()))


def test_no_photo_no_scale(tmp_path):
    with pytest.raises(ModelError, match="cannot quantise it"):
        made(good_folder(tmp_path, "residual"), [])


def test_what_reading_photos_raises_comes_through(tmp_path):
    class Stopped:
        def __iter__(self):
            yield PHOTOS[0]
            raise Interrupted("stopped")

    with pytest.raises(Interrupted):
        made(good_folder(tmp_path, "residual"), Stopped())


def test_nothing_is_said_and_no_handler_stays(tmp_path, capfd):
    root = logging.getLogger()
    before = list(root.handlers)
    made(good_folder(tmp_path, "plain"))
    assert root.handlers == before
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
