"""Registration: lay the scene exactly onto a photo's frame, starting from a rough transform."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.values import Gray

Transform = NDArray[np.float64]
"""(3, 3), from a photo's frame to the scene, pixels."""

WINDOW = 10.0
"""Standard deviation, in frame pixels, of the Gaussian window that evens out light and contrast."""

_GRID_STEP = 14
_BACK_AND_FORTH = 1.5


@dataclass(frozen=True, slots=True)
class Scene:
    """A grey scene at falling sizes, each (H, W) half of the one before, the first full size."""

    levels: tuple[Gray, ...]

    @classmethod
    def of(cls, gray: Gray) -> "Scene":
        """Build the levels of a grey picture, (H, W), down to some 64 pixels."""
        levels = [gray]
        while min(levels[-1].shape) >= 128:
            levels.append(np.asarray(cv2.pyrDown(levels[-1]), np.uint8))
        return cls(tuple(levels))

    def warped_by(self, affine: NDArray[np.float64], size: tuple[int, int]) -> Gray:
        """Return a window of `size` (width, height) that an affine, (2, 3), from the scene to the window, fills."""
        shrink = np.sqrt(abs(np.linalg.det(affine[:, :2])))
        level = min(len(self.levels) - 1, max(0, round(np.log2(1 / max(shrink, 1e-6)))))
        from_level = np.column_stack([affine[:, :2] * 2.0**level, affine[:, 2]])
        flags = cv2.INTER_LINEAR
        window = cv2.warpAffine(self.levels[level], from_level, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(window, np.uint8)

    def seen(self, transform: Transform, shape: tuple[int, int]) -> tuple[Gray, NDArray[np.bool_]]:
        """Return the scene warped onto a frame of `shape`, and where the scene covers it: two (h, w)."""
        height, width = shape
        level = min(len(self.levels) - 1, max(0, round(np.log2(max(scale_of(transform, shape), 1e-6)))))
        # pyrDown keeps every second pixel: pixel i of a level lies at 2i of the one before
        shrink = np.diag([0.5**level, 0.5**level, 1.0])
        to_level = shrink @ transform
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        warped = cv2.warpPerspective(self.levels[level], to_level, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        inside = cv2.warpPerspective(np.ones_like(self.levels[level]), to_level, (width, height), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
        return np.asarray(warped, np.uint8), np.asarray(inside) > 0


def scale_of(transform: Transform, shape: tuple[int, int]) -> float:
    """Return how many scene pixels a frame pixel of a frame of `shape` spans, in the middle of the frame."""
    height, width = shape
    x, y = width / 2, height / 2
    a, b, c = (transform @ np.array([[x, x + 1, x], [y, y, y + 1], [1, 1, 1]])).T
    p, q, r = a[:2] / a[2], b[:2] / b[2], c[:2] / c[2]
    u, v = q - p, r - p
    return float(np.sqrt(abs(u[0] * v[1] - u[1] * v[0])))


def evened(gray: NDArray[np.generic], blur: float) -> NDArray[np.float32]:
    """Return a picture, (h, w), blurred and then freed of local light and contrast: mean 0, deviation 1 about each pixel."""
    soft = cv2.GaussianBlur(np.asarray(gray, np.float32), (0, 0), blur) if blur > 0 else np.asarray(gray, np.float32)
    mean = local_mean(soft)
    deviation = np.sqrt(np.maximum(local_mean(soft * soft) - mean * mean, 0))
    return np.asarray((soft - mean) / (deviation + 3.0), np.float32)


def local_mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean about each pixel of (h, w): two box filters, close to a Gaussian of 10 pixels and much faster."""
    box = (25, 25)
    return np.asarray(cv2.blur(cv2.blur(values, box), box), np.float32)


def refined(scene: Scene, patch: Gray, start: Transform, *, rounds: int = 3) -> Transform:
    """Return `start` corrected so that the scene lies on the photo's patch, (h, w), pixel on pixel.

    Tracks a grid of points from the patch to the warped scene (Lucas and Kanade 1981; forwards and backwards, as in
    Kalal et al. 2010) on evened pictures, and fits a homography, again and again.
    """
    transform = start
    for number in range(rounds):
        warped, inside = scene.seen(transform, patch.shape)
        points, moved = tracked(patch, warped, inside, blur=2.0 if number == 0 else 1.2)
        step = _fit(points, moved, patch.shape, tolerance=4.0 if number == 0 else 2.5)
        if step is None:
            return transform
        transform = transform @ step
        transform = transform / transform[2, 2]
        if np.abs(_corners(step, patch.shape) - _corners(np.eye(3), patch.shape)).max() < 0.5:
            break
    return transform


def tracked(patch: Gray, warped: Gray, inside: NDArray[np.bool_], *, blur: float):
    first, second = (as_bytes(evened(p, blur)) for p in (patch, warped))
    points = grid(patch.shape)
    settings = {"winSize": (25, 25), "maxLevel": 2}
    there, seen, _ = cv2.calcOpticalFlowPyrLK(first, second, points, None, **settings)
    back, seen2, _ = cv2.calcOpticalFlowPyrLK(second, first, there, None, **settings)
    good = (seen.ravel() > 0) & (seen2.ravel() > 0) & (np.linalg.norm(back - points, axis=1) < _BACK_AND_FORTH)
    x, y = np.clip(np.round(there).astype(int), 0, np.array(patch.shape[::-1]) - 1).T
    good &= inside[y, x]
    return points[good], there[good]


def grid(shape):
    h, w = shape
    ys, xs = np.mgrid[_GRID_STEP // 2 : h : _GRID_STEP, _GRID_STEP // 2 : w : _GRID_STEP]
    return np.stack([xs.ravel(), ys.ravel()], 1).astype(np.float32)


def as_bytes(values):
    return np.clip(values * 48 + 128, 0, 255).astype(np.uint8)


def _corners(transform, shape):
    h, w = shape
    c = np.array([[0, 0, 1], [w - 1, 0, 1], [w - 1, h - 1, 1], [0, h - 1, 1]], float) @ transform.T
    return c[:, :2] / c[:, 2:]


def _fit(points, moved, shape, *, tolerance):
    """Return the homography from points to moved, or None when too few agree on a sane one."""
    if len(points) < 8:
        return None
    affine, inl = cv2.estimateAffine2D(points, moved, method=cv2.RANSAC, ransacReprojThreshold=tolerance * 1.5, maxIters=300, confidence=0.99)
    if affine is None or inl.sum() < 8: return None
    keep = inl.ravel() > 0
    step = np.vstack([affine, [0, 0, 1]])
    if keep.sum() >= 16:
        h, inl2 = cv2.findHomography(points, moved, cv2.RANSAC, tolerance, maxIters=300)
        if h is not None and inl2.sum() >= 16:
            step = h
    c = _corners(step, shape)
    if not np.isfinite(c).all() or np.abs(c - _corners(np.eye(3), shape)).max() > 0.4 * max(shape): return None
    return step
