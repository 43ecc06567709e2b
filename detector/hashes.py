"""Whole-picture hashes: pHash and PDQ, in all eight orientations of a picture."""

from functools import cache

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector.values import RGB, Gray

ORIENTATIONS = 8
PDQ_BITS = 256
_BLOCK, _DCT = 64, 16
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

Dihedral = tuple[int, bool]
"""Quarter turns anticlockwise, and whether the picture is mirrored left to right first."""


def orientations() -> tuple[Dihedral, ...]:
    """Return the eight ways to lay a picture, the upright one first."""
    return tuple((turns, mirrored) for mirrored in (False, True) for turns in range(4))


def oriented(pixels: NDArray[np.generic], orientation: Dihedral) -> NDArray[np.generic]:
    """Return a picture, (H, W) or (H, W, 3), mirrored and turned as `orientation` says."""
    turns, mirrored = orientation
    return np.rot90(pixels[:, ::-1] if mirrored else pixels, turns)


def phashes(gray: Gray) -> NDArray[np.uint64]:
    """Return the 64-bit pHash (imagehash's) of a grey picture, (H, W), in each orientation: (8,)."""
    bits = [
        imagehash.phash(Image.fromarray(np.ascontiguousarray(oriented(gray, o)))).hash.ravel() for o in orientations()
    ]
    return np.packbits(np.array(bits), axis=1).view(np.uint64).ravel()


def pdq(pixels: RGB) -> NDArray[np.uint64]:
    """Return the 256-bit PDQ hash of a picture, (H, W, 3), in each orientation: (8, 4).

    Source: Facebook, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019; its luma,
    two box-filter passes, 64 x 64 samples, 16 x 16 DCT and median; the orientations are those of its dihedral hashes.
    """
    spectrum = _dct_of(_sampled(pixels))
    return np.stack([_hash_of(_orient_spectrum(spectrum, o)) for o in orientations()])


def hamming_rows(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return how many bits differ between rows of two arrays that broadcast to (..., words): (...)."""
    return np.asarray(np.bitwise_count(left ^ right).sum(axis=-1, dtype=np.int64), np.int64)


def _sampled(pixels: RGB) -> NDArray[np.float32]:
    """Return the 64 x 64 samples that PDQ takes of a picture, (H, W, 3), blurred by its two box filters each way."""
    luma: NDArray[np.float32] = pixels.astype(np.float32) @ _LUMA
    for axis in (1, 0):
        window = (luma.shape[axis] + 2 * _BLOCK - 1) // (2 * _BLOCK)
        for _ in range(2):
            luma = _box(luma, window, axis)
    rows, columns = ((np.arange(_BLOCK) + 0.5) * side / _BLOCK for side in luma.shape)
    return luma[np.ix_(rows.astype(int), columns.astype(int))]


def _box(values: NDArray[np.float32], window: int, axis: int) -> NDArray[np.float32]:
    """Return the running mean over `window` neighbours along an axis of (H, W); edges average what there is."""
    length = values.shape[axis]
    total = np.cumsum(values, axis=axis, dtype=np.float64)
    total = np.concatenate([np.zeros_like(total.take([0], axis=axis)), total], axis=axis)
    half = (window + 2) // 2
    stop = np.clip(np.arange(length) + half, 0, length)
    start = np.clip(np.arange(length) + half - window, 0, length)
    shape = [1, 1]
    shape[axis] = length
    sums = total.take(stop, axis=axis) - total.take(start, axis=axis)
    return np.asarray(sums / (stop - start).reshape(shape), np.float32)


@cache
def _dct_matrix() -> NDArray[np.float32]:
    """Return PDQ's 16 x 64 DCT matrix: rows 1 to 16, the constant row left out."""
    row, column = np.arange(1, _DCT + 1)[:, None], np.arange(_BLOCK)[None, :]
    return np.asarray(np.sqrt(2 / _BLOCK) * np.cos(np.pi / (2 * _BLOCK) * row * (2 * column + 1)), np.float32)


def _dct_of(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the 16 x 16 spectrum of (64, 64) samples."""
    matrix = _dct_matrix()
    return np.asarray(matrix @ samples @ matrix.T, np.float32)


def _orient_spectrum(spectrum: NDArray[np.float32], orientation: Dihedral) -> NDArray[np.float32]:
    """Return the spectrum, (16, 16), of the picture laid as `orientation` says: signs flip, axes swap."""
    turns, mirrored = orientation
    signs = np.where(np.arange(1, _DCT + 1) % 2, -1.0, 1.0).astype(np.float32)
    result = np.asarray(spectrum * signs[None, :] if mirrored else spectrum, np.float32)
    for _ in range(turns):
        result = np.asarray((result * signs[None, :]).T, np.float32)
    return result


def _hash_of(spectrum: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return 256 bits, (4,): which values of a spectrum, (16, 16), are above the median."""
    return np.packbits(spectrum.ravel() > np.partition(spectrum.ravel(), 127)[127]).view(np.uint64)
