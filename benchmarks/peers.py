"""What others offer for the same task, behind one face: three hashes here, local features in peers_sift.

Each peer gets what it is good at: PDQ all eight orientations, the crop-resistant hash its own matching rule.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import cv2
import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from detector.hashes import hamming_rows, pdq
from detector.values import RGB

Look = tuple[str | None, float]
"""The photo that a picture most likely reuses, or None, and how sure: higher is surer, 0 is nothing at all."""


class Peer(Protocol):
    """A system that is measured beside ours.

    name: for tables. threshold: its own default; a score of this or more says "reused".
    """

    name: str
    threshold: float

    def enrol(self, portraits: Mapping[str, RGB]) -> None:
        """Take the published photos, id to (H, W, 3), in place of any it had."""

    def look(self, picture: RGB) -> Look:
        """Say which photo a picture, (H, W, 3), reuses."""


class WholePHash:
    """imagehash's 64-bit pHash of the whole picture; the score is how many bits agree."""

    name = "pHash, whole picture"
    threshold = 64.0 - 10  # ten differing bits is the limit that its users quote most

    def __init__(self) -> None:
        self._photos: tuple[str, ...] = ()
        self._hashes = np.zeros((0, 1), np.uint64)

    def enrol(self, portraits: Mapping[str, RGB]) -> None:
        """Hash each photo, (H, W, 3)."""
        self._photos = tuple(portraits)
        self._hashes = np.array([self._hash(portrait) for portrait in portraits.values()], np.uint64).reshape(-1, 1)

    def look(self, picture: RGB) -> Look:
        """Return the photo with the nearest hash to that of a picture, (H, W, 3)."""
        return nearest(self._photos, 64 - hamming_rows(self._hashes, self._hash(picture)))

    @staticmethod
    def _hash(picture: RGB) -> NDArray[np.uint64]:
        """Return the hash of a picture, (H, W, 3), as (1,)."""
        return packed([imagehash.phash(Image.fromarray(picture))])


class PDQ8:
    """PDQ of the whole picture in its eight orientations; the score is how many of 256 bits agree in the best one."""

    name = "PDQ, 8 orientations"
    threshold = 256.0 - 31  # the limit that PDQ's authors recommend

    def __init__(self) -> None:
        self._photos: tuple[str, ...] = ()
        self._hashes = np.zeros((0, 1, 4), np.uint64)

    def enrol(self, portraits: Mapping[str, RGB]) -> None:
        """Hash each photo, (H, W, 3), upright."""
        self._photos = tuple(portraits)
        self._hashes = np.array([pdq(portrait)[0] for portrait in portraits.values()], np.uint64).reshape(-1, 1, 4)

    def look(self, picture: RGB) -> Look:
        """Return the photo nearest to any orientation of a picture, (H, W, 3)."""
        return nearest(self._photos, 256 - hamming_rows(self._hashes, pdq(picture)[None]).min(axis=1))


class CropResistant:
    """imagehash's crop_resistant_hash; the score is its own: segments that match, less a tie-breaker under 0.25."""

    name = "crop_resistant_hash"
    threshold = 0.75  # one segment with a quarter of its bits wrong: the default of ImageMultiHash.matches
    _most_bits = 16  # of 64: the default bit error rate, 0.25

    def __init__(self) -> None:
        self._photos: tuple[str, ...] = ()
        self._segments = np.zeros((0, 1), np.uint64)
        self._starts = np.zeros(0, np.intp)

    def enrol(self, portraits: Mapping[str, RGB]) -> None:
        """Hash the segments of each photo, (H, W, 3)."""
        hashed = [self._hashes(portrait) for portrait in portraits.values()]
        self._photos = tuple(portraits)
        self._segments = np.concatenate(hashed) if hashed else np.zeros((0, 1), np.uint64)
        self._starts = np.cumsum([0, *(len(one) for one in hashed)])[:-1].astype(np.intp)

    def look(self, picture: RGB) -> Look:
        """Return the photo that most segments of a picture, (H, W, 3), are found in."""
        if not self._photos:
            return None, 0.0
        bits = hamming_rows(self._hashes(picture)[:, None], self._segments[None])
        best = np.minimum.reduceat(bits, self._starts, axis=1)
        near = best <= self._most_bits
        matches = near.sum(axis=0)
        mean = np.where(near, best, 0).sum(axis=0) / np.maximum(matches, 1)
        return nearest(self._photos, matches - mean / 64)

    @staticmethod
    def _hashes(picture: RGB) -> NDArray[np.uint64]:
        """Return the hash of each segment of a picture, (H, W, 3), as (S, 1)."""
        return packed(imagehash.crop_resistant_hash(Image.fromarray(picture)).segment_hashes).reshape(-1, 1)


def packed(hashes: Sequence[imagehash.ImageHash]) -> NDArray[np.uint64]:
    """Return 64-bit hashes as numbers, (N,)."""
    return np.packbits(np.array([one.hash.ravel() for one in hashes]), axis=1).view(np.uint64).ravel()


def nearest(photos: Sequence[str], scores: NDArray[np.generic]) -> Look:
    """Return the photo with the highest score, (N,), and the score."""
    if not photos:
        return None, 0.0
    best = int(np.argmax(scores))
    return photos[best], float(scores[best])


def use_one_thread() -> None:
    """Hold OpenCV to one thread; a peer that brings its own threads holds those itself."""
    cv2.setNumThreads(1)
