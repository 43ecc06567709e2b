"""Regions: where a face-like patch says "look here", and which photos have such a patch.

A face detector only proposes places and how they are turned. What is compared is the picture itself: the patch, laid
upright, freed of local light, as its lowest cosine waves, against the same patch of every published photo. That is an
image hash of a region, not a description of a person; every proposal is then compared with the photo pixel by pixel.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.register import Scene
from detector.values import RGB

WINDOW = (48, 56)
"""Width and height, in pixels, of the upright patch."""

_MARGIN = (12, 14)
_WAVES = (14, 16)
VECTOR_LENGTH = _WAVES[0] * _WAVES[1]
_EYES_APART = 0.30 * WINDOW[0]
_LEAST_CONFIDENCE = 0.3
_LARGEST_UPSCALE = 1.5
_LIGHT_WINDOW = 6.0

Alignment = NDArray[np.float64]
"""(2, 3), from a picture's pixels to the upright patch."""


@dataclass(frozen=True, slots=True)
class Region:
    """A place to look at.

    box: x, y, width, height of the face-like patch. alignment: (2, 3), from the picture to the upright patch.
    """

    box: tuple[float, float, float, float]
    alignment: Alignment


def propose(pixels: RGB, *, side: int, most: int) -> tuple[Region, ...]:
    """Return at most `most` face-like places of a picture, (H, W, 3), looked at with its longest side `side` pixels.

    Source: YuNet, Wu et al. 2023, doi:10.1007/s11633-023-1423-y; the model file is OpenCV Zoo's, MIT licence.
    """
    height, width = pixels.shape[:2]
    scale = min(side / max(height, width), _LARGEST_UPSCALE)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    detector = _detector()
    detector.setInputSize(size)
    _, rows = detector.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    if rows is None:
        return ()
    best = rows[np.argsort(-rows[:, 14], kind="stable")][:most]
    return tuple(_region(row[:4] / scale, row[4:14].reshape(5, 2) / scale) for row in best)


def _region(box: NDArray[np.float32], marks: NDArray[np.float32]) -> Region:
    x, y, width, height = (float(value) for value in box)
    return Region((x, y, width, height), _similarity(marks.astype(np.float64), _template()))


_local = threading.local()


def _detector() -> cv2.FaceDetectorYN:
    """Return this thread's detector: OpenCV's nets must not be shared between threads."""
    if not hasattr(_local, "detector"):
        model = Path(__file__).parent / "data" / "face_detection_yunet_2023mar.onnx"
        level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
        _local.detector = cv2.FaceDetectorYN.create(str(model), "", (320, 320), _LEAST_CONFIDENCE, 0.3, 100)
        cv2.utils.logging.setLogLevel(level)
    detector: cv2.FaceDetectorYN = _local.detector
    return detector


def vector(scene: Scene, alignment: Alignment) -> NDArray[np.float32]:
    """Return the waves of the patch that `alignment` lays upright, of unit length: (VECTOR_LENGTH,)."""
    vectors: NDArray[np.float32] = _vectors(_evened_patch(scene, alignment), np.eye(2, 3)[None])[0]
    return vectors


def nudged_vectors(scene: Scene, alignment: Alignment) -> NDArray[np.float32]:
    """Return the waves of the patch for each of nudges(): (J, VECTOR_LENGTH)."""
    return _vectors(_evened_patch(scene, alignment), nudges())


def mirrored(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the waves, (N, VECTOR_LENGTH), of the mirrored patches: every second wave across changes its sign."""
    signs = np.where(np.arange(_WAVES[0]) % 2, -1.0, 1.0).astype(np.float32)
    return np.asarray((vectors.reshape(-1, _WAVES[1], _WAVES[0]) * signs).reshape(vectors.shape), np.float32)


@cache
def nudges() -> NDArray[np.float64]:
    """Return small corrections of an alignment, shift, size, turn and shape, as (J, 2, 3), within the upright patch."""
    shifts = [(dx, dy) for dx in (-1.5, 0.0, 1.5) for dy in (-1.5, 0.0, 1.5)]
    shapes = [(1.0, 1.0, 0.0), (0.92, 0.92, 0.0), (1.09, 1.09, 0.0), (1.0, 1.0, -0.08), (1.0, 1.0, 0.08)]
    shapes += [(0.93, 1.07, 0.0), (1.07, 0.93, 0.0)]
    return np.array([_nudge(*shape, *shift) for shape in shapes for shift in shifts])


def _nudge(across: float, down: float, turn: float, dx: float, dy: float) -> NDArray[np.float64]:
    middle = np.array(WINDOW) / 2
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix = np.array([[cosine, -sine], [sine, cosine]]) @ np.diag([across, down])
    return np.column_stack([matrix, middle - matrix @ middle + (dx, dy)])


def _evened_patch(scene: Scene, alignment: Alignment) -> NDArray[np.float32]:
    """Return the upright patch with a margin, freed of local light and contrast: (84, 72)."""
    shifted = alignment.copy()
    shifted[:, 2] += _MARGIN
    size = (WINDOW[0] + 2 * _MARGIN[0], WINDOW[1] + 2 * _MARGIN[1])
    patch = scene.warped_by(shifted, size).astype(np.float32)
    soft = cv2.GaussianBlur(patch, (0, 0), 1.0)
    mean = cv2.GaussianBlur(soft, (0, 0), _LIGHT_WINDOW)
    variance = cv2.GaussianBlur(soft * soft, (0, 0), _LIGHT_WINDOW) - mean * mean
    return np.asarray((soft - mean) / (np.sqrt(np.maximum(variance, 0)) + 3.0), np.float32)


def _vectors(evened: NDArray[np.float32], corrections: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the waves of an evened patch with margin, (84, 72), under corrections, (J, 2, 3): (J, VECTOR_LENGTH)."""
    margin = np.array(_MARGIN, float)
    windows = np.empty((len(corrections), WINDOW[1], WINDOW[0]), np.float32)
    for row, correction in enumerate(corrections):
        from_margin = np.column_stack([correction[:, :2], correction[:, 2] - correction[:, :2] @ margin])
        windows[row] = cv2.warpAffine(evened, from_margin, WINDOW, flags=cv2.INTER_LINEAR)
    waves = (_waves(WINDOW[1], _WAVES[1]) @ windows @ _waves(WINDOW[0], _WAVES[0]).T).reshape(len(windows), -1)
    return np.asarray(waves / np.maximum(np.linalg.norm(waves, axis=1, keepdims=True), 1e-6), np.float32)


@cache
def _waves(length: int, count: int) -> NDArray[np.float32]:
    """Return the first `count` cosine waves over `length` samples: (count, length)."""
    steps = 2 * np.arange(length)[None, :] + 1
    waves = np.cos(np.pi / (2 * length) * np.arange(count)[:, None] * steps)
    return np.asarray(np.sqrt(2 / length) * waves, np.float32)


@cache
def _template() -> NDArray[np.float64]:
    """Return where eyes, nose and corners of the mouth lie in the upright patch: (5, 2)."""
    x, y, apart = WINDOW[0] / 2, WINDOW[1] * 0.42, _EYES_APART
    return np.array([
        (x - apart / 2, y), (x + apart / 2, y), (x, y + 0.62 * apart),
        (x - 0.42 * apart, y + 1.1 * apart), (x + 0.42 * apart, y + 1.1 * apart),
    ])  # fmt: skip


def _similarity(points: NDArray[np.float64], targets: NDArray[np.float64]) -> Alignment:
    """Return the least-squares turn, size and shift, (2, 3), from (N, 2) points to (N, 2) targets."""
    count = len(points)
    system = np.zeros((2 * count, 4))
    system[0::2] = np.column_stack([points[:, 0], -points[:, 1], np.ones(count), np.zeros(count)])
    system[1::2] = np.column_stack([points[:, 1], points[:, 0], np.zeros(count), np.ones(count)])
    a, b, x, y = np.linalg.lstsq(system, targets.ravel(), rcond=None)[0]
    return np.array([[a, -b, x], [b, a, y]])


def not_among(regions: Sequence[Region], seen: Sequence[Region]) -> tuple[Region, ...]:
    """Return those of `regions` whose middle lies in no box of `seen`."""
    return tuple(region for region in regions if not any(_holds(other, region) for other in seen))


def _holds(outer: Region, inner: Region) -> bool:
    x, y, width, height = inner.box
    left, top, wide, high = outer.box
    return left <= x + width / 2 <= left + wide and top <= y + height / 2 <= top + high
