"""Registration: lay the scene exactly onto a photo's frame, starting from a rough transform."""

import threading
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.values import Gray

Transform = NDArray[np.float64]
"""(3, 3), from a photo's frame to the scene, pixels."""

Map = NDArray[np.float32]

LIGHT_WINDOW = 25
"""Side, in frame pixels, of the two box filters that even out light and contrast."""

_SMALLEST_SIDE = 128
_GRID_STEP = 10
_BACK_AND_FORTH = 1.5
_FURTHEST_STEP = 0.4
_LEAST_POINTS = 12
_LEAST_FOR_PERSPECTIVE = 30
_SETTLED = 0.5
_PERSPECTIVE_GAIN = 1.05
_NO_FLOW = np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class _Pass:
    """How one correction looks.

    blur: before following points, pixels. tolerance: how far a point may miss the fit, pixels. checked: points must
    come back when followed the other way.
    """

    blur: float
    tolerance: float
    checked: bool


_HALF_SIZE = _Pass(blur=1.2, tolerance=3.0, checked=False)
_COARSE = _Pass(blur=2.0, tolerance=4.0, checked=False)
_MIDDLE = _Pass(blur=1.2, tolerance=2.5, checked=True)
_FINE = _Pass(blur=1.2, tolerance=1.5, checked=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """A grey scene at falling sizes, each (H, W) half of the one before, the first full size."""

    levels: tuple[Gray, ...]

    @classmethod
    def of(cls, gray: Gray) -> "Scene":
        """Build the levels of a grey picture, (H, W), down to some 64 pixels."""
        levels = [gray]
        while min(levels[-1].shape) >= _SMALLEST_SIDE:
            levels.append(np.asarray(cv2.pyrDown(levels[-1]), np.uint8))
        return cls(tuple(levels))

    def warped_by(self, affine: NDArray[np.float64], size: tuple[int, int]) -> Gray:
        """Return a window of `size` (width, height) that an affine, (2, 3), from the scene to the window, fills."""
        scale = 1 / max(float(np.sqrt(abs(np.linalg.det(affine[:, :2])))), 1e-6)
        level = self._level(scale)
        from_level = np.column_stack([affine[:, :2] * 2.0**level, affine[:, 2]])
        window = cv2.warpAffine(self.levels[level], from_level, size, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(window, np.uint8)

    def seen(self, transform: Transform, shape: tuple[int, int]) -> tuple[Gray, NDArray[np.bool_]]:
        """Return the scene warped onto a frame of `shape`, and where the scene covers it: two (h, w)."""
        height, width = shape
        level = self._level(scale_of(transform, shape))
        to_level = np.diag([0.5**level, 0.5**level, 1.0]) @ transform
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (width, height)
        warped = cv2.warpPerspective(self.levels[level], to_level, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(warped, np.uint8), _covered(to_level, shape, self.levels[level].shape)

    def _level(self, scale: float) -> int:
        """Return the level at which `scale` scene pixels come closest to one."""
        return min(len(self.levels) - 1, max(0, round(float(np.log2(max(scale, 1e-6))))))


def _covered(transform: Transform, shape: tuple[int, int], scene_shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return which pixels of a frame of `shape` land within a scene of `scene_shape`: (h, w)."""
    height, width = shape
    across, down = np.arange(width)[None, :], np.arange(height)[:, None]
    x, y, w = (row[0] * across + row[1] * down + row[2] for row in transform)
    positive = w > 1e-9
    w = np.where(positive, w, 1.0)
    x, y = x / w, y / w
    return np.asarray(positive & (x >= 0) & (y >= 0) & (x <= scene_shape[1] - 1) & (y <= scene_shape[0] - 1))


def corners(transform: Transform, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return where the corners of a frame of `shape` land, top-left first, clockwise: (4, 2)."""
    height, width = shape
    ends = np.array([[0, 0, 1], [width - 1, 0, 1], [width - 1, height - 1, 1], [0, height - 1, 1]], np.float64)
    placed = ends @ transform.T
    return np.asarray(placed[:, :2] / placed[:, 2:], np.float64)


def scale_of(transform: Transform, shape: tuple[int, int]) -> float:
    """Return how many scene pixels a frame pixel of a frame of `shape` spans, in the middle of the frame."""
    height, width = shape
    middle = np.array([width / 2, height / 2, 1.0])
    w = float(transform[2] @ middle)
    # the determinant of a homography's Jacobian
    return float(np.sqrt(abs(np.linalg.det(transform)) / max(abs(w), 1e-9) ** 3))


def evened(gray: NDArray[Any], blur: float, window: int = LIGHT_WINDOW) -> Map:
    """Return a picture, (h, w), blurred and freed of local light: about each pixel mean 0 and deviation 1."""
    soft = cv2.GaussianBlur(np.asarray(gray, np.float32), (0, 0), blur)
    box = (window, window)
    mean = cv2.blur(cv2.blur(soft, box), box)
    variance = cv2.blur(cv2.blur(soft * soft, box), box) - mean * mean
    return np.asarray((soft - mean) / (np.sqrt(np.maximum(variance, 0)) + 3.0), np.float32)


def coarsely_refined(scene: Scene, patch: Gray, start: Transform) -> Transform:
    """Return `start` corrected once at half the patch's size, (h, w): cheap, for choosing among proposals."""
    half = np.asarray(cv2.pyrDown(patch), np.uint8)
    double = np.diag([2.0, 2.0, 1.0])
    step = _step(scene, half, start @ double, _HALF_SIZE)
    return start if step is None else _scaled(start @ double @ step @ np.linalg.inv(double))


def refined(scene: Scene, patch: Gray, start: Transform, *, rounds: int) -> Transform:
    """Return `start` corrected so that the scene lies on the photo's patch, (h, w).

    Follows a grid of points from the patch to the warped scene by optical flow on evened pictures, keeps those that
    come back (forwards and backwards, as in Kalal et al. 2010), and fits a homography, again and again.
    """
    first = _rounds(scene, patch, start, _COARSE, rounds=1)
    return _rounds(scene, patch, first, _MIDDLE, rounds=rounds - 1)


def polished(scene: Scene, patch: Gray, start: Transform, *, rounds: int) -> Transform:
    """Return a transform that is nearly right, corrected to a fraction of a pixel of the patch, (h, w)."""
    better = _rounds(scene, patch, start, _MIDDLE, rounds=rounds - 1)
    return _rounds(scene, patch, better, _FINE, rounds=1)


def _rounds(scene: Scene, patch: Gray, start: Transform, how: _Pass, *, rounds: int) -> Transform:
    """Correct a transform up to `rounds` times, until it settles or nothing is left to go by."""
    transform = start
    still = corners(np.eye(3), patch.shape)
    for _ in range(rounds):
        step = _step(scene, patch, transform, how)
        if step is None:
            break
        transform = _scaled(transform @ step)
        if np.abs(corners(step, patch.shape) - still).max() < _SETTLED:
            break
    return transform


def _scaled(transform: Transform) -> Transform:
    return np.asarray(transform / transform[2, 2], np.float64)


def _step(scene: Scene, patch: Gray, transform: Transform, how: _Pass) -> Transform | None:
    """Return one correction, (3, 3), within the frame, or None where too few points agree on a sane one."""
    warped, inside = scene.seen(transform, patch.shape)
    points, moved = tracked(patch, warped, inside, blur=how.blur, checked=how.checked)
    return _fitted(points, moved, patch.shape, tolerance=how.tolerance)


def tracked(
    patch: Gray, warped: Gray, inside: NDArray[np.bool_], *, blur: float, checked: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return grid points of the patch and where the warped scene has them, (N, 2) each; all pictures (h, w).

    checked: leave out points that do not come back when followed the other way.
    """
    window = LIGHT_WINDOW * max(patch.shape) // 192
    first, second = (_as_bytes(evened(picture, blur, window)) for picture in (patch, warped))
    points = grid(patch.shape)
    x, y = points.astype(int).T
    moved = points + _flow_between(first, second)[y, x]
    limits = np.array(patch.shape[::-1]) - 1
    x, y = np.clip(np.round(moved).astype(int), 0, limits).T
    good = inside[y, x] & ((moved >= 0) & (moved <= limits)).all(axis=1)
    if checked:
        back = _flow_between(second, first)[y, x]
        good &= np.linalg.norm(moved + back - points, axis=1) < _BACK_AND_FORTH
    return points[good], np.asarray(moved[good], np.float32)


_local = threading.local()


def _flow_between(first: Gray, second: Gray) -> NDArray[np.float32]:
    """Return how far each pixel of the first picture, (h, w), has moved in the second: (h, w, 2).

    Source: Kroeger et al. 2016, "Fast optical flow using dense inverse search". One engine for each thread.
    """
    if not hasattr(_local, "engine"):
        _local.engine = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_FAST)
    engine: cv2.DISOpticalFlow = _local.engine
    return np.asarray(engine.calc(first, second, _NO_FLOW), np.float32)


def grid(shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return the points, (N, 2), that are followed in a frame of `shape`."""
    height, width = shape
    step = _GRID_STEP * max(shape) // 192
    down, across = np.mgrid[step // 2 : height : step, step // 2 : width : step]
    return np.stack([across.ravel(), down.ravel()], axis=1).astype(np.float32)


def _as_bytes(values: Map) -> Gray:
    return np.clip(values * 48 + 128, 0, 255).astype(np.uint8)


def _fitted(
    points: NDArray[np.float32], moved: NDArray[np.float32], shape: tuple[int, int], *, tolerance: float
) -> Transform | None:
    """Return the transform from points to moved, (N, 2) each, or None when too few agree on a sane one.

    Affine, unless a homography explains clearly more points: where much of a photo is covered, patterns around it
    would else bend it.
    """
    if len(points) < _LEAST_POINTS:
        return None
    affine, close = cv2.estimateAffine2D(
        points, moved, method=cv2.RANSAC, ransacReprojThreshold=tolerance, maxIters=300, confidence=0.99
    )
    if affine is None or np.count_nonzero(close) < _LEAST_POINTS:
        return None
    step = np.vstack([affine, [0, 0, 1]])
    if np.count_nonzero(close) >= _LEAST_FOR_PERSPECTIVE:
        homography, agree = cv2.findHomography(points, moved, cv2.RANSAC, tolerance, maxIters=300)
        if homography is not None and np.count_nonzero(agree) > _PERSPECTIVE_GAIN * np.count_nonzero(close):
            step = homography
    motion = np.abs(corners(step, shape) - corners(np.eye(3), shape))
    return step if np.isfinite(motion).all() and motion.max() <= _FURTHEST_STEP * max(shape) else None
