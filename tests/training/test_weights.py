"""Weight files: read without running them, put only where they fit."""

import pickle

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
