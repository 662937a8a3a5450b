"""Weight files: read without running them, put only where they fit."""

import copy
import json
import os
import pickle
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from goodsight.core.errors import ModelError

torch = pytest.importorskip("torch", reason="weights are read with torch: make test-torch")
safetensors_torch = pytest.importorskip("safetensors.torch", reason="needs safetensors")

from goodsight.training.weights import fill_network, read_weights  # noqa: E402
from training.networks import Branching, Residual, made  # noqa: E402


class Payload:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def same(network, weights):
    return all(torch.equal(weights[name], tensor) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("ending", ["safetensors", "pth"])
def test_weights_come_back_as_they_were(ending, tmp_path):
    trained, path = made(Residual, seed=1), tmp_path / f"weights.{ending}"
    save = safetensors_torch.save_file if ending == "safetensors" else torch.save
    save(trained.state_dict(), path)
    network = made(Residual, seed=2)
    weights = read_weights(path)
    assert not same(network, weights)
    fill_network(network, weights)
    assert same(network, trained.state_dict())


@pytest.mark.parametrize("holder", ["state_dict", "model"])
def test_training_runs_keep_weights_under_a_name(holder, tmp_path):
    trained, path = made(Residual), tmp_path / "run.pth"
    wrapped = {f"module.{name}": tensor for name, tensor in trained.state_dict().items()}
    torch.save({holder: wrapped, "epoch": 3}, path)
    assert same(trained, read_weights(path))


@pytest.mark.parametrize("old_format", [False, True])
def test_a_pickle_that_would_do_something_is_refused_and_does_nothing(old_format, tmp_path):
    sign, path = tmp_path / "executed", tmp_path / "weights.pth"
    content = {"state_dict": made(Residual).state_dict(), "payload": Payload(sign)}
    torch.save(content, path, _use_new_zipfile_serialization=not old_format)
    with pytest.raises(ModelError, match="was not run"):
        read_weights(path)
    assert not sign.exists()
    # Otherwise a payload that does nothing would pass.
    pickle.loads(pickle.dumps(Payload(sign))).close()  # noqa: S301 - our own
    assert sign.exists()


def packed(path):
    """The same archive, its members packed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_an_archive_that_unpacks_to_many_times_its_size_is_refused(tmp_path):
    path = tmp_path / "bomb.pth"
    torch.save({"weight": torch.zeros(5_000_000)}, path)
    assert read_weights(path)["weight"].shape == (5_000_000,)
    packed(path)
    assert path.stat().st_size < 100_000
    with pytest.raises(ModelError, match="would unpack to 20,0"):
        read_weights(path)


def test_an_archive_whose_members_share_their_bytes_is_refused(tmp_path):
    path = tmp_path / "overlap.pth"
    torch.save({"weight": torch.zeros(100_000)}, path)
    with zipfile.ZipFile(path, "a") as archive:
        largest = max(archive.infolist(), key=lambda member: member.file_size)
        for number in range(3):
            twin = copy.copy(largest)
            twin.filename = twin.orig_filename = f"archive/data/{9 + number}"
            archive.filelist.append(twin)
            archive._didModify = True
    with pytest.raises(ModelError, match="would unpack to"):
        read_weights(path)


@pytest.mark.parametrize("old_format", [False, True])
def test_a_tensor_that_claims_to_be_huge_takes_no_memory_and_fits_nowhere(old_format, tmp_path):
    path = tmp_path / "huge.pth"
    state = made(Residual).state_dict()
    state["shortcut.bias"] = torch.zeros(1).expand(10**6, 10**6)
    torch.save(state, path, _use_new_zipfile_serialization=not old_format)
    with pytest.raises(ModelError, match=r"'shortcut.bias' is .*1000000, 1000000"):
        fill_network(made(Residual), read_weights(path))


def test_devices_pipes_and_giants_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.pth")
    giant = tmp_path / "giant.safetensors"
    giant.touch()
    # A hole, which takes no room on the disk.
    os.truncate(giant, 1 << 40)
    for path, told in ((tmp_path / "pipe.pth", "no file of weights"), (giant, "at most")):
        with pytest.raises(ModelError, match=told):
            read_weights(path)
    for device in ("/dev/zero", "/dev"):
        with pytest.raises(ModelError, match="no file of weights"):
            read_weights(Path(device))


@pytest.mark.parametrize("shape", [[2**30, 2**10], [2**40], [-1], [2**62, 4]])
def test_a_header_that_promises_more_than_there_is_is_refused(shape, tmp_path):
    path = tmp_path / "weights.safetensors"
    header = {"a": {"dtype": "F32", "shape": shape, "data_offsets": [0, 2**42]}}
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * 64)
    with pytest.raises(ModelError, match="was not run"):
        read_weights(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda weight: weight.to_sparse(), "other numbers"),
        (lambda weight: weight.to("meta"), "other numbers"),
        (lambda weight: torch.quantize_per_tensor(weight, 1.0, 0, torch.qint8), "other numbers"),
        (lambda weight: weight.to(torch.complex64), "other numbers"),
        (lambda weight: weight.to(torch.int64), "other numbers"),
        (lambda weight: weight > 0, "other numbers"),
        (lambda weight: weight * float("nan"), "not finite"),
        (lambda weight: weight / 0, "not finite"),
        (lambda weight: weight.double() * 1e300, "not finite"),
    ],
)
def test_what_are_no_weights_does_not_get_into_a_network(change, told, tmp_path):
    network, path = made(Residual), tmp_path / "run.pth"
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with warnings.catch_warnings():
        # Some of these kinds are experiments of PyTorch's.
        warnings.simplefilter("ignore")
        torch.save(before | {"shortcut.weight": change(before["shortcut.weight"])}, path)
        with pytest.raises(ModelError, match=f"'shortcut.weight' holds .*{told}|was not run"):
            fill_network(network, read_weights(path))
    assert same(network, before)


def test_half_and_double_precision_are_taken(tmp_path):
    network, trained = made(Residual, seed=2), made(Residual, seed=1)
    for kind in (torch.float16, torch.float64, torch.bfloat16):
        torch.save(
            {n: t.to(kind) if t.is_floating_point() else t
             for n, t in trained.state_dict().items()},
            tmp_path / "run.pth",
        )  # fmt: skip
        fill_network(network, read_weights(tmp_path / "run.pth"))
        assert torch.equal(network.shortcut.weight, trained.shortcut.weight.to(kind).float())


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("weights.pth", b"not a checkpoint", "neither safetensors nor a checkpoint"),
        ("weights.safetensors", b"\xff" * 64, "neither safetensors nor a checkpoint"),
        ("weights.safetensors", None, "cannot be read|neither"),
        ("weights.pth", None, "cannot be read"),
    ],
)
def test_files_that_are_none_are_told(name, content, told, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=told):
        read_weights(tmp_path / name)


@pytest.mark.parametrize("content", [[1, 2], {}, {"epoch": 3}, torch.zeros(3)])
def test_a_checkpoint_without_weights_is_told(content, tmp_path):
    torch.save(content, tmp_path / "run.pth")
    with pytest.raises(ModelError, match=r"save network\.state_dict"):
        read_weights(tmp_path / "run.pth")


def test_weights_of_another_network_are_refused():
    network = made(Residual)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with pytest.raises(ModelError, match=r"'inner\.0\.0\.weight'.* missing"):
        fill_network(network, made(Branching).state_dict())
    with pytest.raises(ModelError, match="it has no 'extra'"):
        fill_network(network, before | {"extra": torch.zeros(1)})
    with pytest.raises(ModelError, match=r"'shortcut.bias' is \(3,\), due is \(12,\)"):
        fill_network(network, before | {"shortcut.bias": torch.zeros(3)})
    assert same(network, before)


def test_a_classifier_that_was_cut_off_may_be_left_over():
    trained = made(Residual, seed=1)
    network = made(Residual, seed=2)
    fill_network(network, trained.state_dict() | {"fc.weight": torch.zeros(4, 12)}, spare=("fc.",))
    assert same(network, trained.state_dict())


def test_old_files_without_counts_of_batches_are_taken():
    trained, network = made(Residual, seed=1), made(Residual, seed=2)
    old = {n: t for n, t in trained.state_dict().items() if not n.endswith("num_batches_tracked")}
    fill_network(network, old)
    assert torch.equal(network.shortcut.weight, trained.shortcut.weight)
