"""The index: all protected photos that one search looks through, as a view that never changes."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from detector.fingerprints import Fingerprint
from detector.regions import mirrored
from detector.segment import Segment, build


@dataclass(frozen=True)
class Index:
    """Some segments read as one. A row counts the photos through all of them, in the order of `segments`.

    Which row a photo has depends on the order in which photos came and went; which photos there are, and what is known
    of each, does not. So no result may hang on a row.
    """

    segments: tuple[Segment, ...]

    @classmethod
    def of(cls, fingerprints: Mapping[str, Fingerprint]) -> "Index":
        """Return an index of these photos in memory."""
        return cls((build(fingerprints),))

    @cached_property
    def photos(self) -> tuple[str, ...]:
        """The id of each photo, by row."""
        return tuple(photo for segment in self.segments for photo in segment.photos)

    def __len__(self) -> int:
        return len(self.photos)

    def __contains__(self, photo: object) -> bool:
        return any(photo in segment.rows for segment in self.segments)

    def photo(self, row: int) -> str:
        """Return the id of the photo in this row, from 0."""
        return self.photos[row]

    def located(self, row: int) -> tuple[Segment, int]:
        """Return the segment that holds the photo of this row, and the photo's row within the segment."""
        number = bisect_right(self._ends, row)
        return self.segments[number], row - (self._ends[number - 1] if number else 0)

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 (hex) of each photo's file, by id: tells which photos are new, changed or gone."""
        return {
            photo: digest.tobytes().hex()
            for segment in self.segments
            for photo, digest in zip(segment.photos, segment.arrays["digests"], strict=True)
        }

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """The place of each photo among all ids in order, (P,): breaks ties, so that no result hangs on a row."""
        return np.argsort(np.argsort(np.array(self.photos, dtype=np.str_), kind="stable"), kind="stable")

    @cached_property
    def frames(self) -> NDArray[np.int64]:
        """Height and width of each photo's frame, pixels: (P, 2)."""
        return np.concatenate([segment.arrays["patch_shapes"] for segment in self.segments]).astype(np.int64)

    @cached_property
    def alignments(self) -> NDArray[np.float64]:
        """The transform, (2, 3), from each photo's frame to its upright region, NaN without one: (P, 2, 3)."""
        return np.concatenate([segment.arrays["alignments"] for segment in self.segments]).astype(np.float64)

    @cached_property
    def waves(self) -> NDArray[np.float32]:
        """The waves of each photo's region, then of each mirrored, as unit vectors: (2 P, VECTOR_LENGTH)."""
        upright = np.concatenate([segment.unit_waves for segment in self.segments])
        return np.concatenate([upright, mirrored(upright)])

    @cached_property
    def _ends(self) -> list[int]:
        """The row after the last of each segment."""
        return list(accumulate(len(segment.photos) for segment in self.segments))
