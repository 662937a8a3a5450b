"""A checkpoint comes back as it was; one that is broken or hostile is refused."""

import json
import pickle
import struct

import pytest

from goodsight.core.errors import ModelError

torch = pytest.importorskip("torch", reason="heads are trained with torch: make test-torch")
safetensors_torch = pytest.importorskip("safetensors.torch", reason="needs safetensors")

from goodsight.training.checkpoint import (  # noqa: E402
    Checkpoint,
    read_checkpoint,
    write_checkpoint,
)

TENSORS = {"head": torch.arange(6.0).reshape(2, 3), "best": torch.ones(2, 3)}
STATE = {"fingerprint": "f", "epoch": 1, "best_epoch": 0, "losses": [None, 0.5]}
STATE["recalls"] = [0.1, 0.2]


class Payload:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def written(path, tensors=TENSORS, **changes):
    state = json.dumps({**STATE, **changes})
    path.write_bytes(safetensors_torch.save(tensors, metadata={"goodsight": state}))
    return path


def test_it_comes_back_as_it_was_and_leaves_no_draft(tmp_path):
    path = tmp_path / "new" / "trial.safetensors"
    kept = Checkpoint("f", 1, 0, (None, 0.5), (0.1, 0.2), TENSORS)
    write_checkpoint(path, kept)
    write_checkpoint(path, kept)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    found = read_checkpoint(path, "f", TENSORS)
    assert (found.epoch, found.best_epoch, found.losses) == (1, 0, (None, 0.5))
    assert all(torch.equal(found.tensors[name], TENSORS[name]) for name in TENSORS)


def test_none_is_no_error_and_neither_is_another_training(tmp_path):
    assert read_checkpoint(tmp_path / "none", "f", TENSORS) is None
    assert read_checkpoint(written(tmp_path / "c"), "other", TENSORS) is None
    assert read_checkpoint(written(tmp_path / "c"), "f", TENSORS) is not None


def test_a_payload_is_not_run(tmp_path):
    sign, path = tmp_path / "executed", tmp_path / "c"
    path.write_bytes(pickle.dumps(Payload(sign)))
    with pytest.raises(ModelError, match="nothing in it was run"):
        read_checkpoint(path, "f", TENSORS)
    torch.save({"head": torch.zeros(2, 3), "payload": Payload(sign)}, path)
    with pytest.raises(ModelError, match="nothing in it was run"):
        read_checkpoint(path, "f", TENSORS)
    assert not sign.exists()


def test_a_header_that_promises_more_than_there_is_is_refused(tmp_path):
    path = tmp_path / "c"
    header = json.dumps(
        {
            "__metadata__": {"goodsight": json.dumps(STATE)},
            "head": {"dtype": "F32", "shape": [2**30, 2**10], "data_offsets": [0, 2**42]},
        }
    ).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 64)
    with pytest.raises(ModelError, match="nothing in it was run"):
        read_checkpoint(path, "f", TENSORS)
    path.write_bytes(struct.pack("<Q", 2**62) + b"{}")
    with pytest.raises(ModelError, match="nothing in it was run"):
        read_checkpoint(path, "f", TENSORS)


@pytest.mark.parametrize(
    ("tensors", "told"),
    [
        ({**TENSORS, "head": torch.zeros(3, 2)}, "not those of this training"),
        ({**TENSORS, "more": torch.zeros(1)}, "not those of this training"),
        ({"head": TENSORS["head"]}, "not those of this training"),
        ({**TENSORS, "best": torch.full((2, 3), float("nan"))}, "no usable numbers"),
        ({**TENSORS, "best": torch.zeros(2, 3, dtype=torch.int64)}, "no usable numbers"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(tensors, told, tmp_path):
    with pytest.raises(ModelError, match=told):
        read_checkpoint(written(tmp_path / "c", tensors), "f", TENSORS)


@pytest.mark.parametrize(
    "changes",
    [
        {"epoch": -1},
        {"epoch": 10**9},
        {"epoch": "1"},
        {"best_epoch": 2},
        {"losses": [None]},
        {"recalls": ["a", "b"]},
        {"recalls": 3},
    ],
)
def test_a_run_that_cannot_be_is_refused(changes, tmp_path):
    with pytest.raises(ModelError, match="cannot be"):
        read_checkpoint(written(tmp_path / "c", **changes), "f", TENSORS)
