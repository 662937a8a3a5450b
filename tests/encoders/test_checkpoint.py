import io
import pickle
import struct
from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodsight.core.errors import ModelError
from goodsight.encoders.checkpoint import (
    MAGIC_NUMBER,
    MAX_PICKLES_BYTES,
    PROTOCOL_VERSION,
    parse_checkpoint,
    read_checkpoint,
)


class Name:
    """Pickles as a global of another module."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Call:
    """Pickles as a call of a global."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments


class Writer(pickle._Pickler):
    """Writes what torch.save would, with names that need not exist here."""

    def save(self, thing, save_persistent_id=True):
        if isinstance(thing, Name):
            self.write(b"c" + f"{thing.module}\n{thing.name}\n".encode())
        elif isinstance(thing, Call):
            self.save(thing.function)
            self.save(thing.arguments)
            self.write(pickle.REDUCE)
        elif isinstance(thing, tuple) and thing and thing[0] == "storage":
            pickle._Pickler.save(self, thing[:1] + thing[1:], False)
            self.write(pickle.BINPERSID)
        else:
            super().save(thing, save_persistent_id)


REBUILD = Name("torch._utils", "_rebuild_tensor_v2")
FLOAT = Name("torch", "FloatStorage")


def pickled(thing):
    buffer = io.BytesIO()
    Writer(buffer, protocol=2).dump(thing)
    return buffer.getvalue()


def tensor(key, count, shape, strides, offset=0):
    storage = ("storage", FLOAT, key, "cpu", count, None)
    return Call(REBUILD, storage, offset, shape, strides, False, OrderedDict())


def checkpoint(tensors, storages, *, magic=MAGIC_NUMBER, little_endian=True):
    head = [
        pickled(magic),
        pickled(PROTOCOL_VERSION),
        pickled({"little_endian": little_endian}),
        pickled(tensors),
        pickled(list(storages)),
    ]
    body = [
        struct.pack("<q", len(values)) + np.asarray(values, "<f4").tobytes()
        for values in storages.values()
    ]
    return b"".join(head + body)


def read(tmp_path, data):
    path = tmp_path / "weights.pth"
    path.write_bytes(data)
    return read_checkpoint(path)


def test_tensors_come_back_with_shape_and_strides(tmp_path):
    values = np.arange(6, dtype=np.float32)
    tensors = {
        "plain": tensor("0", 6, (2, 3), (3, 1)),
        "turned": tensor("0", 6, (3, 2), (1, 3)),
        "part": tensor("0", 6, (2,), (1,), offset=4),
        "scalar": tensor("0", 6, (), ()),
    }
    found = read(tmp_path, checkpoint(tensors, {"0": values}))
    np.testing.assert_array_equal(found["plain"], values.reshape(2, 3))
    np.testing.assert_array_equal(found["turned"], values.reshape(2, 3).T)
    np.testing.assert_array_equal(found["part"], [4, 5])
    assert found["scalar"].shape == ()


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("builtins", "eval"), ("posix", "system"), ("torch", "load")],
)
def test_a_payload_is_refused_and_not_executed(tmp_path, module, name):
    witness = tmp_path / "witness"
    payload = {"w": Call(Name(module, name), f"touch {witness}")}
    with pytest.raises(ModelError, match=rf"refused: it names {module}\.{name}"):
        read(tmp_path, checkpoint(payload, {}))
    assert not witness.exists()


def test_a_payload_in_the_first_pickle_is_refused_too(tmp_path):
    witness = tmp_path / "witness"
    with pytest.raises(ModelError, match="refused"):
        read(tmp_path, pickled(Call(Name("os", "system"), f"touch {witness}")))
    assert not witness.exists()


# Written by hand: what no pickler would write.
FLOAT_STORAGE = b"ctorch\nFloatStorage\n"
REBUILD_TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n"
ORDERED_DICT = b"ccollections\nOrderedDict\n"


@pytest.mark.parametrize("stand_in", [FLOAT_STORAGE, REBUILD_TENSOR, ORDERED_DICT])
@pytest.mark.parametrize(
    "state",
    [
        b"]X\x03\x00\x00\x00<i8a",
        b"}X\x0c\x00\x00\x00__defaults__K\x01s",
        b"N}X\x0c\x00\x00\x00__setstate__X\x01\x00\x00\x00xs\x86",
    ],
)
def test_one_file_cannot_change_how_the_next_is_read(stand_in, state):
    good = checkpoint({"w": tensor("0", 2, (2,), (1,))}, {"0": [1, 2]})
    with pytest.raises(ModelError):
        parse_checkpoint(b"\x80\x02" + stand_in + state + b"b." + good)
    np.testing.assert_array_equal(parse_checkpoint(good)["w"], [1, 2])


def test_a_number_in_a_pickle_cannot_ask_for_memory():
    with pytest.raises(ModelError, match="remembers more values"):
        parse_checkpoint(b"\x80\x02}r\xff\xff\xff\x7f.")


@pytest.mark.parametrize(
    "instructions",
    [
        b"(ios\nsystem\n",  # INST
        b"(" + ORDERED_DICT + b"o",  # OBJ
        ORDERED_DICT + b")\x81",  # NEWOBJ
        b"\x82\x01",  # EXT1
        b"\x8c\x02os\x8c\x06system\x93",  # STACK_GLOBAL
        b"\x95\x00\x00\x00\x00\x00\x00\x00\x00",  # FRAME
        b"Pname\n",  # PERSID
    ],
)
def test_instructions_that_tensors_do_not_need_are_refused(instructions):
    with pytest.raises(ModelError, match="refused: the instruction"):
        parse_checkpoint(b"\x80\x02" + instructions + b".")


def test_a_name_cannot_write_to_the_terminal():
    with pytest.raises(ModelError, match="names") as error:
        parse_checkpoint(b"\x80\x02c\x1b[2Jos\nsystem\n.")
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    "reference",
    [
        ("storage", "O", "0", "cpu", 2, None),
        ("storage", FLOAT, 0, "cpu", 2, None),
        ("storage", FLOAT, "0", "cpu", 2, ("view", 0, 1)),
        ("storage",),
    ],
)
def test_storages_of_other_kinds_are_refused(reference):
    lying = Call(REBUILD, reference, 0, (2,), (1,), False, OrderedDict())
    with pytest.raises(ModelError, match="storage of an unknown kind"):
        parse_checkpoint(checkpoint({"w": lying}, {"0": [1, 2]}))


def test_a_description_without_end_is_refused():
    many = {f"w{number}": tensor("0", 2, (2,), (1,)) for number in range(10)}
    many["x" * MAX_PICKLES_BYTES] = tensor("0", 2, (2,), (1,))
    with pytest.raises(ModelError, match="not a readable"):
        parse_checkpoint(checkpoint(many, {"0": [1, 2]}))


def test_tensors_share_their_storage_and_cannot_be_written():
    many = {f"w{number}": tensor("0", 1000, (1000,), (1,)) for number in range(50)}
    found = parse_checkpoint(checkpoint(many, {"0": range(1000)}))
    assert np.shares_memory(found["w0"], found["w49"])
    assert not found["w0"].flags.writeable


def test_versions_attached_to_a_state_dictionary_are_passed_over():
    versions = b"}X\x09\x00\x00\x00_metadata" + ORDERED_DICT + b")Rsb"
    stated = b"\x80\x02" + ORDERED_DICT + b")R" + versions + b"."
    head = pickled(MAGIC_NUMBER) + pickled(PROTOCOL_VERSION) + pickled({"little_endian": True})
    assert parse_checkpoint(head + stated + pickled([])) == {}


@pytest.mark.parametrize(
    ("tensors", "cause"),
    [
        ({"w": tensor("0", 6, (7,), (1,))}, "beyond its storage"),
        ({"w": tensor("0", 6, (2, 3), (30, 1))}, "beyond its storage"),
        ({"w": tensor("0", 6, (2,), (1,), offset=5)}, "beyond its storage"),
        ({"w": tensor("0", 6, (2,), (-1,), offset=3)}, "beyond its storage"),
        ({"w": tensor("0", 6, (2,), (1,), offset=-1)}, "impossible shape"),
        ({"w": tensor("0", 6, (10**12,), (0,))}, "larger than its storage"),
        ({"w": tensor("0", 9, (2,), (1,))}, "6 values where 9 are due"),
    ],
)
def test_tensors_that_lie_about_their_storage(tmp_path, tensors, cause):
    with pytest.raises(ModelError, match=cause):
        read(tmp_path, checkpoint(tensors, {"0": range(6)}))


def test_other_files_are_named_for_what_they_are(tmp_path):
    good = {"w": tensor("0", 2, (2,), (1,))}
    for data, cause in (
        (b"", "not a readable legacy checkpoint"),
        (b"PK\x03\x04rest", "a zip checkpoint"),
        (checkpoint(good, {"0": [1, 2]}, magic=7), "not a legacy checkpoint"),
        (checkpoint(good, {"0": [1, 2]}, little_endian=False), "big-endian"),
        (checkpoint(good, {"0": [1, 2]})[:-3], "truncated"),
        (checkpoint([1, 2], {}), "no state dictionary"),
    ):
        with pytest.raises(ModelError, match=cause):
            read(tmp_path, data)
    with pytest.raises(ModelError, match="No such file"):
        read_checkpoint(tmp_path / "missing.pth")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_bytes_raise_model_errors_only(tmp_path, data):
    whole = bytearray(checkpoint({"w": tensor("0", 6, (2, 3), (3, 1))}, {"0": range(6)}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    try:
        found = read(tmp_path, bytes(whole[:cut]))
    except ModelError:
        return
    assert all(isinstance(array, np.ndarray) for array in found.values())
