"""How size and time grow with the number of photos: indexes of stored fingerprints, perturbed, up to 100,000."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.enrolment import quantiles
from benchmarks.pictures import Sample
from benchmarks.trial import ticked
from detector.cascade import find
from detector.decoding import decode
from detector.fingerprints import Fingerprint
from detector.index import Index
from detector.packing import FULL_PHOTOS
from detector.segment import Segment, build

Array = NDArray[Any]
Arrays = Mapping[str, Array]

SIZES = (100, 500, 1_000, 10_000, 100_000)
MOVED = 0.3
"""Share of features that a made-up photo has in another cell, one drawn from those that all photos' features fill."""

_JITTER = 24  # positions and diameters, in the index's whole numbers; less than a pixel
_FEATURE_ARRAYS = ("owners", "points", "signatures")
_PATCH_ARRAYS = ("patches", "patch_starts")


@dataclass(frozen=True, slots=True)
class Size:
    """Cost at one number of photos. megabytes: of the index; milliseconds: of a search, decode left out; quantiles."""

    photos: int
    features: int
    megabytes: float
    milliseconds: Mapping[str, float]


def measured(
    own: Mapping[str, Fingerprint],
    base: Mapping[str, Fingerprint],
    samples: Sequence[Sample],
    sizes: Sequence[int] = SIZES,
) -> Iterator[Size]:
    """Search the samples in indexes of growing size.

    own: the fingerprints of the people in the samples; in every index. base: other people's, from which all others are
    made, never of a person in a test picture.
    """
    pictures = [decode(sample.data) for sample in samples]
    for size in sizes:
        index = grown(own, base, size)
        find(pictures[0], index)
        milliseconds = []
        for picture in ticked(pictures, len(pictures), f"searching {size:,} photos"):
            start = time.perf_counter()
            find(picture, index)
            milliseconds.append(1000 * (time.perf_counter() - start))
        features = sum(len(segment.arrays["owners"]) for segment in index.segments)
        yield Size(size, features, megabytes(index), quantiles(milliseconds))


def grown(own: Mapping[str, Fingerprint], base: Mapping[str, Fingerprint], photos: int) -> Index:
    """Return an index of `photos` photos: `own`, then photos perturbed from `base`, in segments of the usual size."""
    kept = dict(list(own.items())[:photos])
    segments, left, source = [build(kept)], photos - len(kept), build(base)
    while left > 0:
        count = min(left, FULL_PHOTOS)
        segments.append(perturbed(source, count, seed=left))
        left -= count
    return Index(tuple(segments))


def megabytes(index: Index) -> float:
    """Return how much the arrays of an index hold, in millions of bytes."""
    return sum(array.nbytes for segment in index.segments for array in segment.arrays.values()) / 1e6


def perturbed(source: Segment, photos: int, seed: int) -> Segment:
    """Return a segment of `photos` made-up photos, like `source`'s but for bits of codes, cells and positions.

    The pictures kept of the photos (patches) are the source's own.
    """
    rng = np.random.default_rng(seed)
    width = len(str(photos))
    names = tuple(f"made{seed}-{number:0{width}}" for number in range(photos))
    rows = np.arange(photos) % len(source.photos)
    arrays = {
        name: _shaken(array[rows], rng)
        for name, array in source.arrays.items()
        if name not in {*_FEATURE_ARRAYS, *_PATCH_ARRAYS, "starts"}
    }
    return Segment(names, arrays | _patches(source, rows) | _features(source.arrays, rows, rng))


def _shaken(array: Array, rng: np.random.Generator) -> Array:
    """Return codes of any shape changed a little: bits of uint64 flipped, noise on int8; any other array as it is."""
    if array.dtype == np.uint64:
        return _flipped(array, rng)
    if array.dtype == np.int8:
        noisy = array.astype(np.int16) + rng.integers(-8, 9, array.shape)
        return np.asarray(np.clip(noisy, -127, 127), np.int8)
    return array


def _patches(source: Segment, rows: NDArray[np.intp]) -> dict[str, Array]:
    """Return the patches of some rows, (P,), one after the other, and where each starts."""
    patches = [source.patch(row).ravel() for row in range(len(source.photos))]
    lengths = np.array([len(patch) for patch in patches])[rows]
    return {
        "patches": np.concatenate([patches[row] for row in rows]),
        "patch_starts": np.concatenate([[0], np.cumsum(lengths)]).astype("i8"),
    }


def _features(arrays: Arrays, rows: NDArray[np.intp], rng: np.random.Generator) -> dict[str, Array]:
    """Return starts, owners, points and signatures of made-up photos like those of the rows, (P,)."""
    cells = np.repeat(np.arange(len(arrays["starts"]) - 1), np.diff(arrays["starts"]))
    features, owners = _copied(arrays["owners"], rows)
    moved = rng.random(len(features)) < MOVED
    new_cells = np.where(moved, cells[rng.integers(len(cells), size=len(features))], cells[features])
    order = np.argsort(new_cells, kind="stable")
    features, owners = features[order], owners[order]
    filled = np.bincount(new_cells, minlength=len(arrays["starts"]) - 1)
    return {
        "starts": np.concatenate([[0], np.cumsum(filled)]).astype(arrays["starts"].dtype),
        "owners": owners.astype(arrays["owners"].dtype),
        "points": _jittered(arrays["points"][features], rng),
        "signatures": _flipped(arrays["signatures"][features], rng),
    }


def _copied(owners: Array, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return, photo by photo, the features of the photos in some rows, (P,), and which of the P each now belongs to.

    owners: (F,), the row that each feature belongs to.
    """
    by_owner = np.argsort(owners, kind="stable")
    tally = np.bincount(owners.astype(np.intp), minlength=int(rows.max()) + 1)
    first, lengths = np.cumsum(tally) - tally, tally[rows]
    copies = np.repeat(np.arange(len(rows)), lengths)
    within = np.arange(len(copies)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    features: NDArray[np.intp] = by_owner[first[rows][copies] + within]
    return features, copies


def _jittered(points: Array, rng: np.random.Generator) -> NDArray[np.int16]:
    """Return points, (N, 4), at slightly other places."""
    moved = points.astype(np.int32)
    moved[:, :2] += rng.integers(-_JITTER, _JITTER + 1, (len(moved), 2))
    return np.maximum(moved, 0).astype(np.int16)


def _flipped(signatures: Array, rng: np.random.Generator) -> NDArray[np.uint64]:
    """Return signatures, (N, words), with a sixteenth of their bits, by chance, the other way."""
    shape = (4, *signatures.shape)
    draws = rng.integers(0, 2**64, shape, np.uint64, endpoint=False)
    return np.asarray(signatures ^ np.bitwise_and.reduce(draws, axis=0), np.uint64)
