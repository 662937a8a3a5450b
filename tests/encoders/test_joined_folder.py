import json
import shutil

import numpy as np
import pytest

from encoders.joint_models import joint_folder
from encoders.photos import drawn_photo
from encoders.tiny_models import (
    flat,
    good_folder,
    joined_folder,
    save,
    settings,
)
from goodsight.core.errors import ModelError
from goodsight.core.ports import PositionEncoder
from goodsight.encoders import (
    ModelLibrary,
    open_folder,
    open_model_folder,
    write_joined_folder,
)

CPU = ("CPUExecutionProvider",)


def refused(folder, cause):
    with pytest.raises(ModelError, match=cause) as error:
        open_folder(folder, CPU)
    assert str(folder) in str(error.value)


def described(folder, **changes):
    document = json.loads((folder / "model.json").read_text()) | changes
    (folder / "model.json").write_text(json.dumps(document))
    return folder


def test_features_are_those_of_the_networks_side_by_side(tmp_path):
    folder = joined_folder(tmp_path)
    photos = [drawn_photo(seed) for seed in range(3)]
    found = open_folder(folder, CPU).encode_photos(photos)
    parts = [good_folder(tmp_path, name) for name in ("plain", "channels-last")]
    alone = [open_model_folder(part, CPU).encode_photos(photos) for part in parts]
    np.testing.assert_allclose(
        found.features, np.concatenate([part.features for part in alone], axis=1), rtol=1e-6
    )


def test_a_card_tells_of_every_network(tmp_path):
    card = open_folder(joined_folder(tmp_path), CPU).card
    assert card.name == "side-by-side"
    assert card.blocks == (6, 6)
    assert sorted(card.file_hashes) == ["part-1.onnx", "part-2.onnx"]


def test_a_library_keeps_it_under_any_name(tmp_path):
    library = ModelLibrary(tmp_path / "models")
    folder = joined_folder(tmp_path)
    (folder / "secret.txt").write_text("not part of the model")
    card = library.add(folder, "both")
    assert library.open("both").card == library.card("both") == card
    assert card.space == open_folder(folder, CPU).card.space
    kept = sorted(path.name for path in (tmp_path / "models" / "added" / "both").iterdir())
    assert kept == ["model.json", "part-1.json", "part-1.onnx", "part-2.json", "part-2.onnx"]


def test_the_order_of_networks_makes_another_space(tmp_path):
    folder = joined_folder(tmp_path)
    before = open_folder(folder, CPU).card.space
    turned = described(folder, parts=["part-2", "part-1"])
    assert open_folder(turned, CPU).card.space != before


def test_one_network_opens_as_ever(tmp_path):
    folder = good_folder(tmp_path, "residual")
    assert open_folder(folder, CPU).card == open_model_folder(folder, CPU).card


@pytest.mark.parametrize(
    "parts",
    [
        [],
        ["part-1"],
        "part-1",
        ["part-1", "part-1"],
        ["part-1", 2],
        ["part-1", "../part-2"],
        ["part-1", "/etc/passwd"],
        ["part-1", "part-2.onnx"],
        ["part-1", ".."],
        ["part-1", "part-2\n"],
        ["part-1", "model"],
        ["part-1", {"name": "part-2"}],
        [f"part-{number}" for number in range(9)],
    ],
)
def test_parts_that_are_no_names_of_files_in_the_folder_are_refused(tmp_path, parts):
    refused(described(joined_folder(tmp_path), parts=parts), "'parts'")


def test_keys_that_nobody_knows_are_refused(tmp_path):
    refused(described(joined_folder(tmp_path), licence="MIT"), "unknown key beside 'parts'")


@pytest.mark.parametrize("name", [None, "", 7, "two\nlines"])
def test_a_name_is_one_printable_line(tmp_path, name):
    refused(described(joined_folder(tmp_path), name=name), "'name'")


def test_each_network_is_checked_as_one_that_stands_alone(tmp_path):
    folder = joined_folder(tmp_path)
    (folder / "part-2.onnx").write_bytes(b"junk")
    refused(folder, r"part-2\.onnx: it is not an ONNX file")
    folder = described(folder, parts=["part-1", "part-3"])
    refused(folder, r"part-3\.json: cannot be read")


def test_a_link_is_refused(tmp_path):
    folder = joined_folder(tmp_path)
    outside = tmp_path / "outside.onnx"
    shutil.move(folder / "part-1.onnx", outside)
    (folder / "part-1.onnx").symlink_to(outside)
    refused(folder, r"part-1\.onnx is a link")


def test_a_network_of_another_hash_is_refused(tmp_path):
    folder = joined_folder(tmp_path)
    document = json.loads((folder / "part-1.json").read_text())
    (folder / "part-1.json").write_text(json.dumps({**document, "sha256": "0" * 64}))
    refused(folder, r"the one in part-1\.json")


def test_a_network_that_sees_texts_is_no_part(tmp_path):
    folder = joined_folder(tmp_path)
    texts = joint_folder(tmp_path / "texts")
    for ending in ("onnx", "json"):
        shutil.copy(texts / f"model.{ending}", folder / f"part-1.{ending}")
    refused(folder, r"part-1\.json: one of several networks cannot see texts")


def test_more_numbers_than_can_be_searched_are_refused(tmp_path):
    wide = save(tmp_path / "wide", flat(3000), settings(name="wide"))
    folder = tmp_path / "both"
    folder.mkdir()
    write_joined_folder(folder, "both", [wide, wide])
    refused(folder, "6,000 numbers together")


def test_only_folders_of_one_network_are_joined(tmp_path):
    one, joined = good_folder(tmp_path, "residual"), joined_folder(tmp_path)
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(ModelError, match="several networks already"):
        write_joined_folder(target, "more", [one, joined])
    with pytest.raises(ModelError, match="1 networks cannot be joined"):
        write_joined_folder(target, "alone", [one])
    with pytest.raises(ModelError, match="cannot be read"):
        write_joined_folder(target, "lost", [one, tmp_path / "lost"])
    with pytest.raises(ModelError, match="cannot be written"):
        write_joined_folder(tmp_path / "nowhere", "both", [one, one])


def test_maps_are_shown_where_every_network_has_one(tmp_path):
    mapped = good_folder(tmp_path, "plain")
    folder = tmp_path / "both"
    folder.mkdir()
    write_joined_folder(folder, "both", [mapped, mapped])
    encoder = open_folder(folder, CPU)
    assert isinstance(encoder, PositionEncoder)
    assert [how.layout for how in encoder.preprocessings] == ["NCHW", "NCHW"]
    photo = drawn_photo(1)
    means = [shown.mean(axis=(1, 2)) for shown in encoder.encode_positions(photo)]
    [features] = encoder.encode_photos([photo]).features
    np.testing.assert_allclose(np.concatenate(means), features, rtol=1e-4, atol=1e-6)
    assert not isinstance(open_folder(joined_folder(tmp_path), CPU), PositionEncoder)
