"""Networks of PyTorch as model folders: the same vectors, or nothing at all."""

import json

import numpy as np
import pytest

from encoders.photos import photos
from goodsight.core.errors import ModelError, UsageError
from goodsight.encoders import DEFAULT_PROVIDERS, OnnxFeatureMapEncoder, open_model_folder
from goodsight.encoders.preprocessing import prepare

torch = pytest.importorskip("torch", reason="the exporter needs torch: make test-torch")

from goodsight.training.network_export import export_network  # noqa: E402
from goodsight.training.new_folder import Origin  # noqa: E402
from training.networks import (  # noqa: E402
    CHANNELS,
    PREPROCESSING,
    SIDE,
    Attending,
    Branching,
    Chance,
    Hesitating,
    Nothing,
    Plain,
    Residual,
    Tokens,
    made,
)


def exported(network, folder, **changes):
    words = {"name": "small", "licence": "Apache-2.0", "source": "made by a test"}
    return export_network(network, PREPROCESSING, origin=Origin(**(words | changes)), folder=folder)


def expected(network, pictures):
    network.eval()
    with torch.inference_mode():
        return network(torch.from_numpy(prepare(pictures, PREPROCESSING)))


@pytest.mark.parametrize("kind", [Residual, Plain, Branching, Attending])
def test_vectors_are_pytorchs_own(kind, tmp_path):
    network = made(kind)
    exported(network, tmp_path / "model")
    pictures = photos(8)
    found = open_model_folder(tmp_path / "model", DEFAULT_PROVIDERS).encode_photos(pictures)
    due = expected(network, pictures)
    due = {Residual: lambda: due.mean((2, 3)), Attending: lambda: due}.get(kind, lambda: due[0])()
    np.testing.assert_allclose(found.features, due.numpy(), rtol=1e-4, atol=1e-5)
    # Otherwise a network that sees nothing would pass.
    assert np.linalg.norm(found.features - found.features.mean(axis=0), axis=1).min() > 1e-3


def test_the_report_says_what_was_written(tmp_path):
    folder = tmp_path / "new" / "model"
    report = exported(made(Branching), folder)
    assert report.card.dimension == 15
    assert report.shows_map
    assert report.parity.cosine >= 0.9999
    assert 0 < report.parity.difference < 1e-3
    assert report.size_bytes == (folder / "model.onnx").stat().st_size
    assert sorted(path.name for path in folder.iterdir()) == ["model.json", "model.onnx"]
    written = json.loads((folder / "model.json").read_text())
    assert written["sha256"] == report.card.file_hashes["model.onnx"]
    assert written["licence"] == "Apache-2.0"
    assert open_model_folder(folder, DEFAULT_PROVIDERS).card == report.card


@pytest.mark.parametrize("kind", [Residual, Branching])
def test_a_map_is_shown_where_its_mean_is_the_features(kind, tmp_path):
    exported(made(kind), tmp_path / "model")
    encoder = open_model_folder(tmp_path / "model", DEFAULT_PROVIDERS)
    assert isinstance(encoder, OnnxFeatureMapEncoder)
    pictures = photos(3)
    for picture, features in zip(pictures, encoder.encode_photos(pictures).features, strict=True):
        (positions,) = encoder.encode_positions(picture)
        np.testing.assert_allclose(positions.mean((1, 2)), features, rtol=1e-4, atol=1e-5)


def test_a_map_that_says_something_else_is_left_out(tmp_path):
    report = exported(made(Plain), tmp_path / "model")
    assert not report.shows_map
    assert report.card.dimension == 20


def test_features_too_long_for_the_index_are_taken_from_the_map(tmp_path):
    network = made(Plain, outputs=4096)
    report = exported(network, tmp_path / "model")
    assert (report.card.dimension, report.shows_map) == (CHANNELS, True)
    pictures = photos(3)
    found = open_model_folder(tmp_path / "model", DEFAULT_PROVIDERS).encode_photos(pictures)
    due = expected(network, pictures)[1].mean((2, 3))
    np.testing.assert_allclose(found.features, due.numpy(), rtol=1e-4, atol=1e-5)


def test_the_network_is_left_in_the_mode_it_was_in(tmp_path):
    network = made(Plain)
    network.convolutions.eval()
    exported(network, tmp_path / "model")
    assert network.training
    assert network.head.training
    assert not network.convolutions.training


def test_no_path_of_this_machine_is_in_the_file(tmp_path):
    exported(made(Residual), tmp_path / "model")
    content = (tmp_path / "model" / "model.onnx").read_bytes()
    assert b".py" not in content
    assert b"site-packages" not in content


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Chance, "two different vectors|not the network"),
        (Hesitating, "the exported model is not the network: cosine"),
        (Tokens, r"gives \(2, 144, 12\); due are features"),
        (Nothing, "not finite"),
    ],
)
def test_what_cannot_be_exported_is_refused_and_leaves_nothing(kind, told, tmp_path):
    with pytest.raises(ModelError, match=told):
        exported(made(kind), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_an_operator_onnx_lacks_is_refused_by_name(tmp_path):
    class Unusual(Residual):
        def forward(self, photos):
            return torch.special.bessel_j0(super().forward(photos))

    with pytest.raises(ModelError, match=r"cannot export the network: .*bessel_j0"):
        exported(made(Unusual), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_another_size_than_the_networks_is_told(tmp_path):
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(3 * 32 * 32, 8))
    with pytest.raises(ModelError, match=f"does not take {SIDE} × {SIDE} pixels"):
        exported(network, tmp_path / "model")


def test_half_precision_is_told_how_to_mend(tmp_path):
    with pytest.raises(ModelError, match=r"network\.float\(\)\.cpu\(\)"):
        exported(made(Residual).half(), tmp_path / "model")


def test_a_folder_that_is_there_is_not_overwritten(tmp_path):
    (tmp_path / "model").mkdir()
    with pytest.raises(UsageError, match="is there already"):
        exported(made(Residual), tmp_path / "model")


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written"):
        exported(made(Residual), tmp_path / "file" / "model")


def test_words_that_model_json_cannot_hold_are_refused(tmp_path):
    with pytest.raises(ModelError, match="'licence'"):
        exported(made(Residual), tmp_path / "model", licence="")
    assert list(tmp_path.iterdir()) == []
