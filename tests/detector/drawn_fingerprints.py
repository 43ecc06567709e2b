"""Fingerprints of photos that nobody took, one of a drawn picture and many of random numbers, and indexes of them."""

from collections.abc import Iterable
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import numpy as np

from detector import Frame, Picture, codes
from detector.fingerprints import Fingerprint, fingerprint
from detector.segment import Segment
from detector.storage import IndexFolder


@cache
def a_drawn_fingerprint(width: int = 225, height: int = 275) -> Fingerprint:
    """The fingerprint of soft blobs, of a usual portrait's size, in pixels."""
    y, x = np.mgrid[:height, :width]
    gray = np.zeros((height, width))
    for left, top, radius in np.random.default_rng(1).uniform(0, 1, (90, 3)):
        gray += np.exp(-((x - left * width) ** 2 + (y - top * height) ** 2) / (60 + 300 * radius))
    pixels = np.repeat((255 * gray / gray.max()).astype(np.uint8)[..., None], 3, axis=2)
    return fingerprint(Picture("0" * 64, "PNG", (Frame(0, pixels, width, height),)))


def a_fingerprint(seed: int, features: int = 9) -> Fingerprint:
    """A fingerprint like no other seed's."""
    rng = np.random.default_rng(seed)
    base = a_drawn_fingerprint()
    return replace(
        base,
        sha256=rng.bytes(32).hex(),
        width=200 + seed % 50,
        patch=rng.integers(0, 256, (40, 30 + seed % 9), np.uint8),
        points=rng.integers(0, 6000, (features, 4), np.int16),
        signatures=rng.integers(0, 2**64, (features, 2), np.uint64),
        cells=rng.choice([3, 8, codes.quantiser().cell_count - 1], features).astype(np.int32),
    )


def fingerprints(photos: Iterable[str]) -> dict[str, Fingerprint]:
    """A fingerprint for each of these ids, always the same for one id."""
    return {photo: a_fingerprint(sum(photo.encode("utf-8", "surrogatepass"))) for photo in photos}


def same(left: Fingerprint, right: Fingerprint) -> bool:
    """Whether two fingerprints have the same values, of the same types."""
    pairs = [(np.asarray(getattr(left, f.name)), np.asarray(getattr(right, f.name))) for f in fields(Fingerprint)]
    return all(a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in pairs)


def content(segment: Segment) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """What a segment holds, to be compared."""
    return segment.photos, {name: array.tobytes() for name, array in segment.arrays.items()}


def an_index_folder(tmp_path: Path, photos: str = "") -> IndexFolder:
    """An index folder that holds a photo for each letter."""
    folder = IndexFolder(tmp_path / "index").create()
    folder.update(fingerprints(photos))
    return folder


def segment_files(folder: IndexFolder) -> list[Path]:
    """The segment files on disk."""
    return sorted(folder.path.glob("*.segment"))
