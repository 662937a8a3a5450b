"""Folders of published models that would read elsewhere, take all memory, or run something."""

import json
import os
import pickle
import struct

import pytest

from goodsight.core.errors import ModelError

torch = pytest.importorskip("torch", reason="needs torch: make test-torch")
pytest.importorskip("transformers", reason="needs transformers: make test-torch")
safetensors_torch = pytest.importorskip("safetensors.torch", reason="needs safetensors")

from goodsight.training.published_folder import published_network  # noqa: E402
from training.published import published  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
FILE, INDEX = "model.safetensors", "model.safetensors.index.json"


class Payload:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.fixture
def folder(tmp_path):
    published("dinov2", tmp_path / "published")
    return tmp_path / "published"


def refused(folder, told):
    with pytest.raises(ModelError, match=told):
        published_network(folder, "a test")


def changed(path, **values):
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def indexed(folder, name):
    state = safetensors_torch.load_file(folder / FILE)
    (folder / FILE).unlink()
    places = {"metadata": {}, "weight_map": dict.fromkeys(state, name)}
    (folder / INDEX).write_text(json.dumps(places))
    return state


def test_weights_in_files_by_index_are_read(folder):
    state = indexed(folder, "part.safetensors")
    safetensors_torch.save_file(state, folder / "part.safetensors", metadata={"format": "pt"})
    found = dict(published_network(folder, "a test").named_parameters())
    # Names within the blocks are older ones in the file.
    assert len(found) == len(state)
    for name in ("layernorm.weight", "embeddings.cls_token"):
        assert torch.equal(found[name], state[name])


@pytest.mark.parametrize("inside", [True, False])
def test_files_elsewhere_are_not_read(inside, folder):
    name = "../part.safetensors" if inside else str(folder.parent / "part.safetensors")
    state = indexed(folder, name)
    safetensors_torch.save_file(
        state, folder.parent / "part.safetensors", metadata={"format": "pt"}
    )
    refused(folder, "not in the folder itself")


def test_neither_are_links_and_devices(folder):
    (folder / FILE).rename(folder.parent / FILE)
    (folder / FILE).symlink_to(folder.parent / FILE)
    refused(folder, "is a link")
    (folder / FILE).unlink()
    os.mkfifo(folder / FILE)
    refused(folder, "no plain file")


@pytest.mark.parametrize("places", [None, [], {}, {"a": 3}, {"a": None}])
def test_an_index_of_nothing_is_told(places, folder):
    indexed(folder, FILE)
    (folder / INDEX).write_text(json.dumps({"weight_map": places}))
    refused(folder, "not in the folder itself|it names files")


def test_a_pickle_is_neither_read_nor_run(folder):
    sign = folder.parent / "executed"
    (folder / FILE).unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Payload(sign)))
    refused(folder, f"there is no {FILE}")
    (folder / FILE).write_bytes(pickle.dumps(Payload(sign)))
    refused(folder, "no safetensors file")
    assert not sign.exists()


def test_a_header_that_promises_more_than_there_is_is_refused(folder):
    header = json.dumps(
        {"a": {"dtype": "F32", "shape": [2**30, 2**10], "data_offsets": [0, 2**42]}}
    ).encode()
    (folder / FILE).write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 64)
    refused(folder, "no safetensors file")
    (folder / FILE).write_bytes(struct.pack("<Q", 2**62) + b"{}")
    refused(folder, "no safetensors file")


def test_a_file_larger_than_any_model_is_refused(folder):
    # A hole, which takes no room on the disk.
    os.truncate(folder / FILE, 1 << 40)
    refused(folder, "at most")


@pytest.mark.parametrize(
    "asked",
    [{"hidden_size": 400_000, "num_attention_heads": 4}, {"mlp_ratio": 10**7}],
)
def test_a_network_that_is_larger_than_its_weights_is_never_made(asked, folder):
    changed(folder / "config.json", **asked)
    refused(folder, "describes .* weights, and its files hold")


@pytest.mark.parametrize("number", [10**9, -(10**9), 1e300, float("inf"), float("nan")])
def test_depth_has_an_end(number, folder):
    changed(folder / "config.json", num_hidden_layers=number)
    refused(folder, "num_hidden_layers .*at most 1000")


@pytest.mark.parametrize("depths", [[500, 501], [1] * 1001, [2, float("nan")], [-2000, 2]])
def test_depth_by_stages_has_an_end(depths, folder):
    changed(folder / "config.json", depths=depths)
    refused(folder, "depths .*at most 1000")


def test_depth_has_an_end_in_towers_too(tmp_path):
    published("clip", tmp_path / "published")
    path = tmp_path / "published" / "config.json"
    inner = json.loads(path.read_text())["vision_config"]
    changed(path, vision_config={**inner, "num_hidden_layers": 10**9})
    refused(tmp_path / "published", "at most 1000")


def test_an_adapter_leads_to_no_other_model(folder):
    (folder / "adapter_config.json").write_text(
        json.dumps({"base_model_name_or_path": str(folder), "peft_type": "LORA"})
    )
    refused(folder, "merge it")


def test_weights_of_other_shapes_are_refused(folder):
    state = safetensors_torch.load_file(folder / FILE)
    state["layernorm.weight"] = torch.ones(64)
    safetensors_torch.save_file(state, folder / FILE, metadata={"format": "pt"})
    refused(folder, "cannot open it")
