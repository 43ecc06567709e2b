"""Short codes for local features: a cell of a fixed product quantiser and a 128-bit signature.

A descriptor's two halves (the upper and the lower two rows of SIFT's grid) are each given the nearest of `half`
centres; the pair of numbers is its cell, as in the inverted multi-index (Babenko and Lempitsky 2012). Within a cell
signatures are compared bit by bit, as in Hamming embedding (Jegou, Douze and Schmid 2008). Mirroring a descriptor swaps
its mirrored halves, and one set of centres serves both, so a mirrored query needs no second look at the centres.
The centres, the mean and the projection are fixed data: codes never depend on which photos are enrolled.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.features import DESCRIPTOR_LENGTH, mirror_half

SIGNATURE_BITS = 128
HALF = DESCRIPTOR_LENGTH // 2
NEAREST = 12
"""How many centres of each half a query tries."""

PROBES = 20
"""A pair of centres is tried when the product of their ranks, counted from 1, is at most this."""

Signatures = NDArray[np.uint64]
"""(N, 2): 128 bits a feature."""

Cells = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Quantiser:
    """Fixed data behind the codes.

    centres: (half, 64) float32, of the upper half. mean: (128,) float32. projection: (128, 128) float32, orthonormal.
    """

    centres: NDArray[np.float32]
    mean: NDArray[np.float32]
    projection: NDArray[np.float32]

    @property
    def cell_count(self) -> int:
        """Return how many cells there are: the square of the number of centres."""
        return len(self.centres) ** 2


@cache
def quantiser() -> Quantiser:
    """Load the quantiser that ships with the detector (benchmarks/quantiser.py makes it, from drawn pictures)."""
    with np.load(Path(__file__).parent / "data" / "quantiser.npz", allow_pickle=False) as stored:
        return Quantiser(*(stored[name].astype(np.float32) for name in ("centres", "mean", "projection")))


def signatures(descriptors: NDArray[np.float32]) -> Signatures:
    """Return the 128-bit signature of each descriptor, (N, 128): the signs of a fixed random rotation. (N, 2)."""
    fixed = quantiser()
    bits = (descriptors - fixed.mean) @ fixed.projection > 0
    return np.packbits(bits, axis=1).view(np.uint64)


def cells(descriptors: NDArray[np.float32]) -> Cells:
    """Return the cell of each descriptor, (N, 128), as (N,)."""
    upper, lower = _distances(descriptors)
    return np.asarray(upper.argmin(axis=1) * len(quantiser().centres) + lower.argmin(axis=1), np.int32)


def probes(descriptors: NDArray[np.float32]) -> tuple[Cells, Cells]:
    """Return the cells to search for each descriptor, (N, 128), likeliest first, and for its mirror: (N, P) each."""
    upper, lower = (_nearest(distances) for distances in _distances(descriptors))
    first, second = _pattern()
    count = len(quantiser().centres)
    plain = upper[:, first] * count + lower[:, second]
    mirrored = lower[:, first] * count + upper[:, second]
    return plain.astype(np.int32), mirrored.astype(np.int32)


def hamming(left: Signatures, right: Signatures) -> NDArray[np.uint8]:
    """Return how many of 128 bits differ, row by row, of two (N, 2) arrays: (N,)."""
    differing = np.bitwise_count(left ^ right)
    return np.asarray(differing[:, 0] + differing[:, 1], np.uint8)


def _distances(descriptors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return squared distances, up to a constant a row, of both halves of (N, 128) to the centres: two (N, half)."""
    centres = quantiser().centres
    norms = (centres**2).sum(axis=1)
    upper, lower = descriptors[:, :HALF], mirror_half(descriptors[:, HALF:])
    return norms - 2 * (upper @ centres.T), norms - 2 * (lower @ centres.T)


def _nearest(distances: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the columns of the smallest values of each row of (N, half), smallest first: (N, NEAREST)."""
    few = np.argpartition(distances, NEAREST, axis=1)[:, :NEAREST]
    order = np.argsort(np.take_along_axis(distances, few, axis=1), axis=1, kind="stable")
    return np.take_along_axis(few, order, axis=1)


@cache
def _pattern() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which ranks of the two halves to combine, likeliest pair first: two (P,)."""
    pairs = [(i, j) for i in range(NEAREST) for j in range(NEAREST) if (i + 1) * (j + 1) <= PROBES]
    pairs.sort(key=lambda pair: ((pair[0] + 1) * (pair[1] + 1), pair))
    first, second = zip(*pairs, strict=True)
    return np.array(first), np.array(second)
