"""Comparison: how alike a photo and a scene are once one lies on the other.

The measures follow what told copies from look-alikes in the development pictures: correlation after evening out light
and contrast (Lewis 1995, normalised cross-correlation), at two blurs, over the whole photo, over its middle, and block
by block; and how many tracked points stand still. Repeating patterns and shared backdrops make keypoints agree, yet
neither makes most blocks of a face and its clothes correlate. Another frame of the same sitting does not stand still.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import register
from detector.values import Gray

_BLURS = (("fine", 1.0), ("soft", 2.5))
_BLOCK = 32
_REACH = 14
_MOVED_PIXELS = 3.0
_TEXTURE = 0.45
_CLEARLY = 0.7
_BETTER = 0.25
_NO_MOTION = 9.0
_STILL = 1.2
_MIDDLE = ((0.12, 0.72), (0.2, 0.8))
"""Rows and columns, as shares, of the part of a portrait that holds the face."""

Map = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Correlation of each half-overlapping block, (R, C), and whether the scene covers enough of it, (R, C)."""

    correlation: Map
    covered: NDArray[np.bool_]


def measures(scene: register.Scene, patch: Gray, transform: register.Transform) -> dict[str, float]:
    """Return the numbers that the score is made of, by name, for a photo's patch, (h, w), laid by `transform`."""
    warped, inside = scene.seen(transform, patch.shape)
    scale = register.scale_of(transform, patch.shape)
    patch = _as_coarse_as(patch, scale)
    found = {"scale": float(np.log2(scale)), "covered": float(inside.mean())}
    for name, blur in _BLURS:
        ours, theirs = register.evened(patch, blur), register.evened(warped, blur)
        found |= {f"{key}_{name}": value for key, value in _likeness(ours, theirs, inside).items()}
    return found | _stillness(patch, warped, inside) | {"moved": _moved(patch, warped, inside)}


def likeness(scene: register.Scene, patch: Gray, transform: register.Transform) -> float:
    """Return the correlation over a whole patch, (h, w), at a soft blur: cheap, for choosing among proposals."""
    warped, inside = scene.seen(transform, patch.shape)
    return _correlation(register.evened(patch, 2.0), register.evened(warped, 2.0), inside)


def coarse_likeness(scene: register.Scene, patch: Gray, transform: register.Transform) -> float:
    """Return likeness() at half the patch's size, (h, w): cheaper still."""
    half = np.asarray(cv2.pyrDown(patch), np.uint8)
    warped, inside = scene.seen(transform @ np.diag([2.0, 2.0, 1.0]), half.shape)
    window = register.LIGHT_WINDOW // 2
    ours, theirs = register.evened(half, 1.0, window), register.evened(warped, 1.0, window)
    return _correlation(ours, theirs, inside)


def _moved(patch: Gray, warped: Gray, inside: NDArray[np.bool_]) -> float:
    """Return the share of blocks that the scene shows clearly, but not where the rest of the photo says.

    A copy of a photo has hardly any, whatever is painted over it; another frame of the same sitting, whose clothes fit
    while the head has turned, has several.
    """
    ours, theirs = register.evened(patch, 1.5), register.evened(warped, 1.5)
    corners = [
        (y, x)
        for y in range(_REACH, patch.shape[0] - _BLOCK - _REACH + 1, _BLOCK // 2)
        for x in range(_REACH, patch.shape[1] - _BLOCK - _REACH + 1, _BLOCK // 2)
        if inside[y - _REACH : y + _BLOCK + _REACH, x - _REACH : x + _BLOCK + _REACH].all()
        and ours[y : y + _BLOCK, x : x + _BLOCK].std() > _TEXTURE
    ]
    return float(np.mean([_is_elsewhere(ours, theirs, y, x) for y, x in corners])) if corners else 0.0


def _is_elsewhere(ours: Map, theirs: Map, y: int, x: int) -> bool:
    """Say whether the block at y, x of ours stands clearly somewhere near, but not there, in theirs."""
    window = theirs[y - _REACH : y + _BLOCK + _REACH, x - _REACH : x + _BLOCK + _REACH]
    fit = cv2.matchTemplate(window, ours[y : y + _BLOCK, x : x + _BLOCK], cv2.TM_CCOEFF_NORMED)
    row, column = np.unravel_index(int(fit.argmax()), fit.shape)
    away = float(np.hypot(row - _REACH, column - _REACH)) > _MOVED_PIXELS
    best = float(fit[row, column])
    return away and best > _CLEARLY and best - float(fit[_REACH, _REACH]) > _BETTER


def _as_coarse_as(patch: Gray, scale: float) -> Gray:
    """Return the patch blurred to what a scene of `scale` pixels a frame pixel can show."""
    blur = 0.0 if scale >= 1 else 0.55 * float(np.sqrt(1 / scale**2 - 1))
    return np.asarray(cv2.GaussianBlur(patch, (0, 0), blur), np.uint8) if blur > 0.3 else patch


def _likeness(ours: Map, theirs: Map, inside: NDArray[np.bool_]) -> dict[str, float]:
    middle = np.zeros_like(inside)
    rows, columns = (slice(int(a * n), int(b * n)) for (a, b), n in zip(_MIDDLE, inside.shape, strict=True))
    middle[rows, columns] = inside[rows, columns]
    blocks = _blocks(ours, theirs, inside)
    all_blocks = blocks.correlation[blocks.covered]
    centre = _centre(blocks)
    return {
        "whole": _correlation(ours, theirs, inside),
        "middle": _correlation(ours, theirs, middle),
        "median": _quantile(all_blocks, 0.5),
        "quarter": _quantile(all_blocks, 0.25),
        "share": _share(all_blocks),
        "centre_median": _quantile(centre, 0.5),
        "centre_share": _share(centre),
    }


def _correlation(ours: Map, theirs: Map, where: NDArray[np.bool_]) -> float:
    """Return the correlation of two maps, (h, w), over a mask; 0 where it is nearly empty."""
    if np.count_nonzero(where) < 50:
        return 0.0
    a, b = ours[where], theirs[where]
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / np.sqrt((a @ a) * (b @ b) + 1e-6))


def _blocks(ours: Map, theirs: Map, inside: NDArray[np.bool_]) -> Blocks:
    weight = inside.astype(np.float32)
    share = _mean(weight)
    safe = np.maximum(share, 1e-3)
    a, b = ours * weight, theirs * weight
    mean_a, mean_b = _mean(a) / safe, _mean(b) / safe
    variance_a = _mean(a * a) / safe - mean_a * mean_a
    variance_b = _mean(b * b) / safe - mean_b * mean_b
    covariance = _mean(a * b) / safe - mean_a * mean_b
    floor = 0.05
    return Blocks(covariance / np.sqrt(np.maximum(variance_a, floor) * np.maximum(variance_b, floor)), share > 0.6)


def _mean(values: Map) -> Map:
    """Return the mean of each block of (h, w), half overlapping: (R, C)."""
    half = _BLOCK // 2
    boxed = cv2.boxFilter(values, cv2.CV_32F, (_BLOCK, _BLOCK), borderType=cv2.BORDER_CONSTANT)
    return np.asarray(
        boxed[half : values.shape[0] - half + 1 : half, half : values.shape[1] - half + 1 : half], np.float32
    )


def _centre(blocks: Blocks) -> Map:
    """Return the correlations of the blocks in the middle of the photo."""
    rows, columns = blocks.correlation.shape
    down, across = np.linspace(0, 1, rows)[:, None], np.linspace(0, 1, columns)[None, :]
    middle = (down > 0.1) & (down < 0.72) & (across > 0.15) & (across < 0.85)
    return blocks.correlation[blocks.covered & middle]


def _quantile(values: Map, share: float) -> float:
    return float(np.quantile(values, share)) if values.size else 0.0


def _share(values: Map) -> float:
    return float((values > 0.5).mean()) if values.size else 0.0


def _stillness(patch: Gray, warped: Gray, inside: NDArray[np.bool_]) -> dict[str, float]:
    """Return the shares of points that can be followed and that stand still, and their median motion in pixels."""
    points, moved = register.tracked(patch, warped, inside, blur=1.5, checked=True)
    possible = max(1.0, len(register.grid(patch.shape)) * float(inside.mean()))
    motion = np.linalg.norm(moved - points, axis=1)
    return {
        "tracked": min(1.0, len(points) / possible),
        "still": min(1.0, float((motion < _STILL).sum()) / possible),
        "motion": _quantile(motion, 0.5) if len(motion) else _NO_MOTION,
        "motion_most": min(_quantile(motion, 0.9), _NO_MOTION) if len(motion) else _NO_MOTION,
    }
