"""One immutable part of the index: the fingerprints of some photos as flat arrays, in memory or mapped from a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector import codes
from detector.fingerprints import Fingerprint
from detector.regions import VECTOR_LENGTH

Array = NDArray[Any]

ARRAYS: Mapping[str, str] = {
    "digests": "u1",
    "sizes": "i4",
    "phashes": "u8",
    "pdq": "u8",
    "patch_shapes": "i4",
    "patch_starts": "i8",
    "patches": "u1",
    "alignments": "f4",
    "waves": "i1",
    "starts": "i4",
    "owners": "i4",
    "points": "i2",
    "signatures": "u8",
}
"""Name and type of each array of a segment, in the order in which a file holds them."""


@dataclass(frozen=True)
class Segment:
    """Fingerprints of P photos with F local features among them.

    photos: ids, sorted. arrays: digests (P, 32), sizes (P, 2), phashes (P, 8), pdq (P, 8, 4), patch_shapes (P, 2),
    patch_starts (P + 1,), patches (bytes of all patches), alignments (P, 2, 3), waves (P, VECTOR_LENGTH), starts
    (cells + 1,), and, sorted by cell, owners (F,), points (F, 4) and signatures (F, 2).
    """

    photos: tuple[str, ...]
    arrays: Mapping[str, Array]

    def patch(self, row: int) -> NDArray[np.uint8]:
        """Return the grey patch of the photo in this row, (h, w)."""
        start, stop = self.arrays["patch_starts"][row : row + 2]
        return np.asarray(self.arrays["patches"][start:stop], np.uint8).reshape(self.arrays["patch_shapes"][row])

    @cached_property
    def unit_waves(self) -> NDArray[np.float32]:
        """Return the waves of each photo's region as unit vectors, (P, VECTOR_LENGTH); zeros where it has none."""
        waves = self.arrays["waves"].astype(np.float32)
        return np.asarray(waves / np.maximum(np.linalg.norm(waves, axis=1, keepdims=True), 1e-6), np.float32)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Return the row of each photo."""
        return {photo: row for row, photo in enumerate(self.photos)}


def build(fingerprints: Mapping[str, Fingerprint]) -> Segment:
    """Return the segment of these photos; the same whatever their order."""
    photos = tuple(sorted(fingerprints))
    prints = [fingerprints[photo] for photo in photos]
    return Segment(photos, {**_photo_arrays(prints), **_feature_arrays(prints)})


def _photo_arrays(prints: Sequence[Fingerprint]) -> dict[str, Array]:
    count = len(prints)
    patches = [p.patch.ravel() for p in prints]
    return {
        "digests": np.array([list(bytes.fromhex(p.sha256)) for p in prints], "u1").reshape(count, 32),
        "sizes": np.array([(p.width, p.height) for p in prints], "i4").reshape(count, 2),
        "phashes": np.array([p.phashes for p in prints], "u8").reshape(count, 8),
        "pdq": np.array([p.pdq for p in prints], "u8").reshape(count, 8, 4),
        "patch_shapes": np.array([p.patch.shape for p in prints], "i4").reshape(count, 2),
        "patch_starts": np.concatenate([[0], np.cumsum([len(p) for p in patches])]).astype("i8"),
        "patches": np.concatenate(patches) if patches else np.zeros(0, "u1"),
        "alignments": np.array([p.alignment for p in prints], "f4").reshape(count, 2, 3),
        "waves": np.array([p.waves for p in prints], "i1").reshape(count, VECTOR_LENGTH),
    }


def _feature_arrays(prints: Sequence[Fingerprint]) -> dict[str, Array]:
    counts = [len(p.cells) for p in prints]
    owners = np.repeat(np.arange(len(prints)), counts).astype("i4")
    cells = _joined([p.cells for p in prints], (0,), "i4")
    order = np.lexsort((owners, cells))
    tally = np.bincount(cells, minlength=codes.quantiser().cell_count)
    return {
        "starts": np.concatenate([[0], np.cumsum(tally)]).astype("i4"),
        "owners": owners[order],
        "points": _joined([p.points for p in prints], (0, 4), "i2")[order],
        "signatures": _joined([p.signatures for p in prints], (0, 2), "u8")[order],
    }


def _joined(arrays: Sequence[Array], empty: tuple[int, ...], kind: str) -> Array:
    return np.concatenate(arrays).astype(kind) if arrays else np.zeros(empty, kind)
