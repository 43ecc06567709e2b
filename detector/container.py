"""Arrays with a few facts about them, as bytes that can be memory-mapped: segments and single fingerprints use it.

Layout: the magic, the format's number and the header's length (16 bytes together), then the header, JSON padded with
blanks, then each array raw and little-endian. Header and arrays start at multiples of 64 bytes; where an array lies
follows from the types and shapes before it, so a file cannot claim that arrays overlap. Nothing in it is ever executed.
"""

import hashlib
import json
import math
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector import codes
from detector.errors import DetectorError
from detector.fingerprints import FRAME_SIDE, VERSION, Fingerprint
from detector.regions import VECTOR_LENGTH

Array = NDArray[Any]
Kind = np.dtype[Any]
Buffer = bytes | memoryview

MAGIC = b"PWARRAYS"
FORMAT = 1
ALIGNMENT = 64
_PREFIX = struct.Struct("<8sII")
_MOST_AXES = 4

FINGERPRINT_ARRAYS: Mapping[str, tuple[str, tuple[int | str, ...]]] = {
    "phashes": ("u8", (8,)),
    "pdq": ("u8", (8, 4)),
    "patch": ("u1", ("height", "width")),
    "points": ("i2", ("features", 4)),
    "signatures": ("u8", ("features", 2)),
    "cells": ("i4", ("features",)),
    "alignment": ("f4", (2, 3)),
    "waves": ("i1", (VECTOR_LENGTH,)),
}
"""Type and shape of each array of a fingerprint; axes of one name have one length."""


class ContainerError(DetectorError):
    """These bytes are not the arrays that were expected. detail: what is wrong, in a few words."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"the stored arrays cannot be used ({self.detail})"


class FingerprintBytesError(DetectorError):
    """A stored fingerprint is damaged or another version's. detail: what is wrong, in a few words."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return f"the stored fingerprint cannot be used ({self.detail}): make it again from the photo"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a container holds. facts: JSON values by name, unchecked. arrays: by name, read-only, types as asked for."""

    facts: Mapping[str, object]
    arrays: Mapping[str, Array]


def packed(kind: str, facts: Mapping[str, object], arrays: Mapping[str, Array]) -> Iterator[Buffer]:
    """Give the bytes of a container piece by piece; the arrays' own memory is not copied.

    kind: what it holds, such as "segment". facts: JSON values. The same input always gives the same bytes.
    """
    stored = {name: np.asarray(array, _little(array.dtype), order="C") for name, array in arrays.items()}
    listed = [[name, array.dtype.str, array.shape] for name, array in stored.items()]
    header = json.dumps({"kind": kind, "facts": facts, "arrays": listed}, separators=(",", ":")).encode()
    header += b" " * _padding(_PREFIX.size + len(header))
    yield _PREFIX.pack(MAGIC, FORMAT, len(header)) + header
    for array in stored.values():
        yield array.reshape(-1).view(np.uint8).data
        yield bytes(_padding(array.nbytes))


def unpacked(data: NDArray[np.uint8], kind: str, types: Mapping[str, str]) -> Contents:
    """Return the contents of a container, its arrays as views of `data`, (bytes,).

    types: the name and NumPy type of each array that must be there, in their order.
    Raises ContainerError when it is something else, cut off, or longer than it says.
    """
    header, start = _header(data)
    if header.get("kind") != kind:
        raise ContainerError(f"it holds no {kind}")
    facts, listed = header.get("facts"), header.get("arrays")
    if not isinstance(facts, dict) or not isinstance(listed, list):
        raise ContainerError("its header is not ours")
    arrays, end = {}, start
    for (name, wanted), item in zip(types.items(), _as_many(listed, len(types)), strict=True):
        shape = _shape(item, name, _little(np.dtype(wanted)))
        arrays[name], end = _array(data, end, shape, _little(np.dtype(wanted)))
    if end != len(data):
        raise ContainerError("there are bytes after its end")
    return Contents(facts, arrays)


def fingerprint_to_bytes(fingerprint: Fingerprint) -> bytes:
    """Return the fingerprint as bytes, for a database row; some 50 kB."""
    facts: dict[str, object] = {"version": VERSION, "quantiser": quantiser_digest()}
    facts |= {name: getattr(fingerprint, name) for name in _scalars()}
    arrays = {name: getattr(fingerprint, name) for name in FINGERPRINT_ARRAYS}
    return b"".join(packed("fingerprint", facts, arrays))


def fingerprint_from_bytes(data: bytes) -> Fingerprint:
    """Return the fingerprint that `fingerprint_to_bytes` stored; its arrays are read-only views of `data`.

    Raises FingerprintBytesError when the bytes are damaged, or another version or other fixed data made them.
    """
    types = {name: kind for name, (kind, _) in FINGERPRINT_ARRAYS.items()}
    try:
        contents = unpacked(np.frombuffer(data, np.uint8), "fingerprint", types)
    except ContainerError as error:
        raise FingerprintBytesError(error.detail) from error
    _check_facts(contents.facts)
    _check_arrays(contents.arrays)
    return Fingerprint(**{name: contents.facts[name] for name in _scalars()}, **contents.arrays)  # type: ignore[arg-type]


@cache
def quantiser_digest() -> str:
    """Return the SHA-256 (hex) of the fixed data behind the codes: codes made with other data cannot be compared."""
    fixed = codes.quantiser()
    digest = hashlib.sha256()
    for array in (fixed.centres, fixed.mean, fixed.projection):
        digest.update(np.ascontiguousarray(array, _little(array.dtype)).data)
    return digest.hexdigest()


def _header(data: NDArray[np.uint8]) -> tuple[dict[str, object], int]:
    """Return the header's JSON object, and where the first array starts."""
    if len(data) < _PREFIX.size:
        raise ContainerError("it is cut off")
    magic, version, length = _PREFIX.unpack(data[: _PREFIX.size].tobytes())
    if magic != MAGIC:
        raise ContainerError("it is no file of ours")
    if version != FORMAT:
        raise ContainerError(f"it has format {version}, and {FORMAT} is read")
    start = _PREFIX.size + length
    if start > len(data) or start % ALIGNMENT:
        raise ContainerError("it is cut off")
    try:
        header = json.loads(data[_PREFIX.size : start].tobytes())
    except (ValueError, RecursionError) as error:
        raise ContainerError("its header is damaged") from error
    if not isinstance(header, dict):
        raise ContainerError("its header is not ours")
    return header, start


def _as_many(listed: list[object], count: int) -> list[object]:
    if len(listed) != count:
        raise ContainerError(f"it holds {len(listed)} arrays, and {count} are expected")
    return listed


def _shape(item: object, name: str, wanted: Kind) -> list[int]:
    """Return the shape that one line of the header gives, once its name and type are right."""
    if not isinstance(item, list) or item[:2] != [name, wanted.str] or len(item) != 3:
        raise ContainerError(f"the array {name!r} is missing or of another type")
    shape = item[2]
    if not isinstance(shape, list) or len(shape) > _MOST_AXES or not all(type(n) is int and n >= 0 for n in shape):
        raise ContainerError(f"the array {name!r} has no possible shape")
    return shape


def _array(data: NDArray[np.uint8], start: int, shape: list[int], kind: Kind) -> tuple[Array, int]:
    """Return the array that starts at this byte of `data`, read-only, and where the next one starts."""
    size = math.prod(shape) * kind.itemsize
    end = start + size + _padding(size)
    if end > len(data):
        raise ContainerError("it is cut off")
    try:
        array = np.asarray(data[start : start + size]).view(kind).reshape(shape)
    except (ValueError, OverflowError) as error:  # no bytes at all, yet an axis longer than NumPy can count
        raise ContainerError("an array has no possible shape") from error
    array.flags.writeable = False
    return array, end


def _little(kind: Kind) -> Kind:
    return kind.newbyteorder("<")


def _padding(size: int) -> int:
    return -size % ALIGNMENT


def _scalars() -> list[str]:
    """Return the fields of a fingerprint that are no arrays."""
    return [field.name for field in fields(Fingerprint) if field.name not in FINGERPRINT_ARRAYS]


def _check_facts(facts: Mapping[str, object]) -> None:
    if facts.get("version") != VERSION:
        raise FingerprintBytesError("another version made it")
    if facts.get("quantiser") != quantiser_digest():
        raise FingerprintBytesError("its codes were made with other fixed data")
    sha256 = facts.get("sha256")
    if not isinstance(sha256, str) or not re.fullmatch("[0-9a-f]{64}", sha256):
        raise FingerprintBytesError("it has no SHA-256")
    for name in ("width", "height"):
        pixels = facts.get(name)
        if type(pixels) is not int or not 0 < pixels < 2**31:
            raise FingerprintBytesError(f"it has no {name}")


def _check_arrays(arrays: Mapping[str, Array]) -> None:
    lengths: dict[int | str, int] = {}
    for name, (_, axes) in FINGERPRINT_ARRAYS.items():
        shape = arrays[name].shape
        fits = len(shape) == len(axes) and all(
            length == (axis if isinstance(axis, int) else lengths.setdefault(axis, length))
            for axis, length in zip(axes, shape, strict=True)
        )
        if not fits:
            raise FingerprintBytesError(f"{name} has the shape {shape}")
    if not (0 < lengths["height"] <= FRAME_SIDE and 0 < lengths["width"] <= FRAME_SIDE):
        raise FingerprintBytesError(f"its patch has {lengths['width']} x {lengths['height']} pixels")
    cells = np.asarray(arrays["cells"], np.int32)
    if len(cells) and not (cells.min() >= 0 and cells.max() < codes.quantiser().cell_count):
        raise FingerprintBytesError("a feature lies in no cell")
