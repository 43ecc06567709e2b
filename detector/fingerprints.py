"""Fingerprint: all that the detector keeps of one published photo."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import codes, hashes, regions
from detector.features import extract
from detector.register import Scene
from detector.values import RGB, Gray, Picture

VERSION = 1
FRAME_SIDE = 192
"""The longest side, in pixels, of a photo's own frame: the grey patch kept of it, and the unit of its keypoints."""

MOST_FEATURES = 600
_CONTRAST = 0.02
_EXTRACT_SIDE = 288
_REGION_SIDE = 320
POINT_SCALE = 32
"""Keypoints are kept as whole numbers: position and diameter in 1/32 pixel, angle in 1/32 degree."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the detector knows of one published photo; ADR 0004 says why these.

    sha256: hex, of the file's bytes. width, height: of the upright photo, pixels. phashes: (8,). pdq: (8, 4).
    patch: (h, w) uint8, the grey photo with its longest side FRAME_SIDE. points: (N, 4) int16, x, y, diameter, angle in
    the patch's frame, times POINT_SCALE. signatures: (N, 2). cells: (N,). alignment: (2, 3) float32, from the
    patch to the upright region that regions.propose found, NaN where it found none. waves: (VECTOR_LENGTH,) int8, the
    region's.
    """

    sha256: str
    width: int
    height: int
    phashes: NDArray[np.uint64]
    pdq: NDArray[np.uint64]
    patch: Gray
    points: NDArray[np.int16]
    signatures: codes.Signatures
    cells: codes.Cells
    alignment: NDArray[np.float32]
    waves: NDArray[np.int8]


def fingerprint(picture: Picture) -> Fingerprint:
    """Return the fingerprint of a decoded published photo (its first frame)."""
    frame = picture.frames[0]
    gray = np.asarray(cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    patch = resized(gray, FRAME_SIDE)
    points, descriptors = _features(gray, patch)
    alignment, waves = _region(frame.pixels, gray, patch)
    return Fingerprint(
        sha256=picture.sha256,
        width=frame.width,
        height=frame.height,
        phashes=hashes.phashes(gray),
        pdq=hashes.pdq(frame.pixels),
        patch=patch,
        points=points,
        signatures=codes.signatures(descriptors),
        cells=codes.cells(descriptors),
        alignment=alignment,
        waves=waves,
    )


def resized(gray: Gray, longest_side: int) -> Gray:
    """Return a grey picture, (H, W), with its longest side `longest_side` pixels."""
    height, width = gray.shape
    scale = longest_side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8)


def _features(gray: Gray, patch: Gray) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
    """Return the keypoints in the patch's frame, (N, 4), and their descriptors, (N, 128)."""
    working = resized(gray, _EXTRACT_SIDE)
    found = extract(working, most=MOST_FEATURES, contrast=_CONTRAST)
    to_frame = max(patch.shape) / max(working.shape)
    points = found.points * np.array([to_frame, to_frame, to_frame, 1], np.float32)
    return np.round(points * POINT_SCALE).astype(np.int16), found.descriptors


def _region(pixels: RGB, gray: Gray, patch: Gray) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Return the alignment, (2, 3), and the waves, (VECTOR_LENGTH,), of the photo's region; NaN and zeros if none."""
    found = regions.propose(pixels, side=_REGION_SIDE, most=1)
    if not found:
        return np.full((2, 3), np.nan, np.float32), np.zeros(regions.VECTOR_LENGTH, np.int8)
    vector = regions.vector(Scene.of(gray), found[0].alignment)
    to_photo = max(gray.shape) / max(patch.shape)
    alignment = found[0].alignment * np.array([to_photo, to_photo, 1.0])
    return alignment.astype(np.float32), np.round(vector * (127 / np.abs(vector).max())).astype(np.int8)
