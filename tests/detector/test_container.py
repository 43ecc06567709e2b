import json
import pickle
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from detector.container import (
    ALIGNMENT,
    FINGERPRINT_ARRAYS,
    ContainerError,
    Contents,
    FingerprintBytesError,
    fingerprint_from_bytes,
    fingerprint_to_bytes,
    packed,
    quantiser_digest,
    unpacked,
)
from detector.fingerprints import FRAME_SIDE, VERSION, Fingerprint
from tests.detector.drawn_fingerprints import a_drawn_fingerprint, a_fingerprint, same

TYPES = {"small": "u1", "wide": "i8", "real": "f4"}
ARRAYS = {"small": np.arange(5, dtype="u1"), "wide": np.arange(6).reshape(2, 3), "real": np.zeros((0, 4), "f4")}
PACKED = b"".join(packed("thing", {"ids": ["a", "\udcff"]}, ARRAYS))


def read(data: bytes, kind: str = "thing") -> Contents:
    return unpacked(np.frombuffer(data, np.uint8), kind, TYPES)


def with_header(**changes: Any) -> bytes:  # noqa: ANN401 - any JSON
    """The same container, with some values of its header changed."""
    length = int.from_bytes(PACKED[12:16], "little")
    header = json.dumps(json.loads(PACKED[16 : 16 + length]) | changes).encode()
    header += b" " * (-(16 + len(header)) % ALIGNMENT)
    return PACKED[:12] + len(header).to_bytes(4, "little") + header + PACKED[16 + length :]


def listed(**shapes: list[Any]) -> bytes:
    """The same container, claiming other shapes."""
    types = {"small": "|u1", "wide": "<i8", "real": "<f4"}
    all_shapes = {"small": [5], "wide": [2, 3], "real": [0, 4]} | shapes
    return with_header(arrays=[[name, types[name], shape] for name, shape in all_shapes.items()])


def test_what_was_packed_comes_out_again() -> None:
    contents = read(PACKED)
    assert contents.facts == {"ids": ["a", "\udcff"]}
    assert all(np.array_equal(contents.arrays[name], ARRAYS[name]) for name in ARRAYS)
    assert {name: array.dtype for name, array in contents.arrays.items()} == TYPES


@settings(max_examples=50, deadline=None)
@given(arrays_of.arrays(st.sampled_from([">u2", "<i4", "f8"]), arrays_of.array_shapes(min_dims=0, min_side=0)))
def test_arrays_of_any_shape_and_byte_order_keep_their_values(array: np.ndarray[Any, Any]) -> None:
    data = np.frombuffer(b"".join(packed("thing", {}, {"one": array})), np.uint8)
    back = unpacked(data, "thing", {"one": array.dtype.newbyteorder("=").str[1:]}).arrays["one"]
    assert back.shape == array.shape
    assert np.array_equal(back, array, equal_nan=True)


def test_arrays_lie_at_multiples_of_64_bytes_and_cannot_be_written() -> None:
    data = np.frombuffer(PACKED, np.uint8)
    arrays = unpacked(data, "thing", TYPES).arrays
    offsets = [arrays[name].ctypes.data - data.ctypes.data for name in ("small", "wide")]
    assert [offset % ALIGNMENT for offset in offsets] == [0, 0]
    assert not any(array.flags.writeable for array in arrays.values())


def test_the_bytes_of_a_container_are_pinned() -> None:
    pieces = b"".join(packed("k", {"a": 1}, {"x": np.array([1, 2], "u2")}))
    header = b'{"kind":"k","facts":{"a":1},"arrays":[["x","<u2",[2]]]}'
    assert pieces == b"PWARRAYS" + bytes([1, 0, 0, 0, 112, 0, 0, 0]) + header.ljust(112) + b"\1\0\2\0" + bytes(60)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "cut off"),
        (PACKED[:40], "cut off"),
        (PACKED[:-1], "cut off"),
        (PACKED + b"\0", "after its end"),
        (b"\x89PNG\r\n\x1a\n" + PACKED[8:], "no file of ours"),
        (PACKED[:8] + b"\2" + PACKED[9:], "format 2"),
        (PACKED[:16] + b"x" + PACKED[17:], "header is damaged"),
        (with_header(kind="other"), "holds no thing"),
        (with_header(facts=None), "not ours"),
        (with_header(arrays=[]), "0 arrays"),
        (listed(small=[6, 10**9]), "cut off"),
        (listed(small=[-5]), "no possible shape"),
        (listed(small=[5.0]), "no possible shape"),
        (listed(small=[True] * 3), "no possible shape"),
        (listed(real=[0, 10**30]), "no possible shape"),
        (listed(real=[0] * 9), "no possible shape"),
        (with_header(arrays=[["small", "<i8", [5]], ["wide", "<i8", [2, 3]], ["real", "<f4", [0]]]), "another type"),
        (with_header(arrays=[["wide", "<i8", [2, 3]], ["small", "|u1", [5]], ["real", "<f4", [0]]]), "missing"),
        (with_header(arrays=[["small"], None, 3]), "missing"),
    ],
)
def test_what_is_not_such_a_container_is_refused_with_the_reason(data: bytes, complaint: str) -> None:
    with pytest.raises(ContainerError, match=complaint):
        read(data)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=40), st.integers(0, len(PACKED)), st.integers(0, 40))
def test_damage_anywhere_gives_arrays_within_the_file_or_our_error(noise: bytes, start: int, cut: int) -> None:
    damaged = PACKED[:start] + noise + PACKED[start + cut :]
    try:
        arrays = read(damaged).arrays
    except ContainerError:
        return
    assert sum(array.nbytes for array in arrays.values()) <= len(damaged)


def test_a_fingerprint_survives_as_bytes() -> None:
    for fingerprint in (a_drawn_fingerprint(), a_fingerprint(3), a_fingerprint(4, features=0)):
        back = fingerprint_from_bytes(fingerprint_to_bytes(fingerprint))
        assert same(back, fingerprint)


def test_a_fingerprint_of_a_usual_portrait_takes_less_than_60_kilobytes() -> None:
    assert len(fingerprint_to_bytes(a_drawn_fingerprint())) < 60_000


def test_every_array_of_a_fingerprint_has_a_stored_type_and_shape() -> None:
    drawn = a_drawn_fingerprint()
    arrays = {f.name for f in fields(Fingerprint) if isinstance(getattr(drawn, f.name), np.ndarray)}
    assert arrays == FINGERPRINT_ARRAYS.keys()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sha256": "0" * 63}, "no SHA-256"),
        ({"width": 0}, "no width"),
        ({"height": 2**31}, "no height"),
        ({"cells": np.full(9, -1, np.int32)}, "in no cell"),
        ({"cells": np.full(9, 2**30, np.int32)}, "in no cell"),
        ({"cells": np.zeros(8, np.int32)}, r"cells has the shape \(8,\)"),
        ({"points": np.zeros((9, 3), np.int16)}, r"points has the shape \(9, 3\)"),
        ({"patch": np.zeros((0, 4), np.uint8)}, "4 x 0 pixels"),
        ({"patch": np.zeros((FRAME_SIDE + 1, 4), np.uint8)}, f"4 x {FRAME_SIDE + 1} pixels"),
        ({"phashes": np.zeros(8, np.int64)}, "another type"),
    ],
)
def test_an_impossible_fingerprint_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(FingerprintBytesError, match=complaint):
        fingerprint_from_bytes(fingerprint_to_bytes(replace(a_fingerprint(1), **changes)))


def test_fingerprints_of_another_version_or_other_codes_are_refused() -> None:
    data = fingerprint_to_bytes(a_fingerprint(1))
    with pytest.raises(FingerprintBytesError, match="other fixed data"):
        fingerprint_from_bytes(data.replace(quantiser_digest().encode(), b"0" * 64))
    with pytest.raises(FingerprintBytesError, match="another version"):
        fingerprint_from_bytes(data.replace(b'"version":%d' % VERSION, b'"version":%d' % (VERSION + 1)))


def test_a_truncated_fingerprint_says_what_to_do() -> None:
    data = fingerprint_to_bytes(a_fingerprint(1))
    with pytest.raises(FingerprintBytesError, match=r"cut off\): make it again from the photo"):
        fingerprint_from_bytes(data[:-64])


def test_container_errors_survive_pickling() -> None:
    for error in (ContainerError("it is cut off"), FingerprintBytesError("it is cut off")):
        assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own bytes
