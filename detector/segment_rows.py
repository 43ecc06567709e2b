"""The way back from a segment to the fingerprints that it was built of."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detector.fingerprints import Fingerprint
from detector.segment import Segment


def fingerprints(segment: Segment) -> Iterator[tuple[str, Fingerprint]]:
    """Give each photo with its fingerprint, its features sorted by cell.

    Building the segment of all or some of these gives the same bytes as building it of the first fingerprints, for a
    segment is sorted by cell too, and keeps the order within one. Arrays may be views of the segment's own.
    """
    owners = segment.arrays["owners"]
    order = np.argsort(owners, kind="stable")
    bounds = np.searchsorted(owners, np.arange(len(segment.photos) + 1), sorter=order)
    points, signatures = segment.arrays["points"][order], segment.arrays["signatures"][order]
    cells = _cells(segment)[order]
    for row, (start, stop) in enumerate(pairwise(bounds)):
        fingerprint = _fingerprint(segment, row, points[start:stop], signatures[start:stop], cells[start:stop])
        yield segment.photos[row], fingerprint


def _cells(segment: Segment) -> NDArray[np.int32]:
    """Return the cell of each feature of the segment, (F,)."""
    starts = segment.arrays["starts"]
    lengths = starts[1:] - starts[:-1]
    return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)


def _fingerprint(
    segment: Segment,
    row: int,
    points: NDArray[np.int16],
    signatures: NDArray[np.uint64],
    cells: NDArray[np.int32],
) -> Fingerprint:
    """Return the fingerprint in this row, given its N features: points (N, 4), signatures (N, 2) and cells (N,)."""
    arrays = segment.arrays
    width, height = arrays["sizes"][row].tolist()
    return Fingerprint(
        sha256=arrays["digests"][row].tobytes().hex(),
        width=width,
        height=height,
        phashes=arrays["phashes"][row],
        pdq=arrays["pdq"][row],
        patch=segment.patch(row),
        points=points,
        signatures=signatures,
        cells=cells,
        alignment=arrays["alignments"][row],
        waves=arrays["waves"][row],
    )
