"""Proposals: each step of the cascade says which photo might be where; the comparison decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detector import hashes, regions, search
from detector.features import NO_FEATURES, Features, extract
from detector.fingerprints import resized
from detector.index import Index
from detector.register import Scene, Transform
from detector.values import RGB, Gray, Stage

FIRST_SIDE = 512
"""Longest side, in pixels, of the first look at a scene."""

_FIRST_FEATURES = 1_000
_FIRST_CONTRAST = 0.03
_CLOSE_FACE = 60
_CLOSE_FEATURES = 350
_CLOSE_CONTRAST = 0.02
_CLOSE_REACH = 1.5
_LARGEST_UPSCALE = 3.0
_BY_FEATURES = 8
_BY_REGION = 4
_BY_HASH = 2
_NEAR_PDQ_BITS = 90
_HASH_SIDE = 256


@dataclass(frozen=True, slots=True)
class Proposal:
    """A photo that might be in the scene.

    photo: row of the index. transform: (3, 3), from the photo's frame, mirrored left to right where `mirrored`, to the
    scene, pixels. support: how many features agree (0 for other stages).
    """

    photo: int
    mirrored: bool
    transform: Transform
    stage: Stage
    support: int = 0


def by_hash(pixels: RGB, gray: Gray, index: Index) -> list[Proposal]:
    """Propose photos that are the whole picture, (H, W, 3) and grey (H, W), in any of eight orientations."""
    scale = min(1.0, _HASH_SIDE / max(gray.shape))
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    distances = np.concatenate([_hash_distances(small, segment.arrays) for segment in index.segments])
    nearest = np.lexsort((index.ranks, distances.min(axis=1)))[:_BY_HASH]
    return [
        _whole(int(row), hashes.orientations()[int(distances[row].argmin())], index.frames[row], gray.shape)
        for row in nearest
        if distances[row].min() <= _NEAR_PDQ_BITS
    ]


def _hash_distances(small: RGB, arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    """Return PDQ's distance of a picture in its own lie to each photo in each orientation: (P, 8)."""
    upright = hashes.pdq(small)[0]
    return hashes.hamming_rows(arrays["pdq"].astype(np.uint64), upright[None, None, :]).astype(np.float64)


def _whole(row: int, orientation: hashes.Dihedral, shape: NDArray[np.generic], scene: tuple[int, ...]) -> Proposal:
    """Propose that the whole scene is a photo laid as `orientation` says."""
    turns, mirrored = orientation
    height, width = (float(side) for side in shape)
    ends = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    bottom, right = scene[0] - 1.0, scene[1] - 1.0
    frame = np.array([[0, 0], [right, 0], [right, bottom], [0, bottom]], np.float32)
    # a quarter turn anticlockwise takes the photo's top-left corner to the scene's bottom-left one
    transform = cv2.getPerspectiveTransform(ends, np.roll(frame, turns, axis=0))
    return Proposal(row, mirrored, np.asarray(transform, np.float64), Stage.HASH)


def by_features(gray: Gray, places: Sequence[regions.Region], index: Index, *, whole: bool) -> list[Proposal]:
    """Propose photos that local features of a scene, (H, W), agree on: of the whole, if asked, and of each place."""
    parts = [_first_look(gray)] if whole else []
    parts += [_close_look(gray, place) for place in places]
    features = _joined(parts)
    if not len(features):
        return []
    found = search.agreements(features, index, most=_BY_FEATURES)
    return [
        Proposal(it.photo, it.mirrored, np.vstack([it.transform, [0, 0, 1]]), Stage.FEATURES, it.support)
        for it in found
    ]


def _joined(parts: Sequence[Features]) -> Features:
    if not parts:
        return NO_FEATURES
    return Features(np.concatenate([p.points for p in parts]), np.concatenate([p.descriptors for p in parts]))


def _first_look(gray: Gray) -> Features:
    scale = min(1.0, FIRST_SIDE / max(gray.shape))
    small = resized(gray, FIRST_SIDE) if scale < 1 else gray
    return _placed(extract(small, most=_FIRST_FEATURES, contrast=_FIRST_CONTRAST), scale, 0, 0)


def _close_look(gray: Gray, place: regions.Region) -> Features:
    """Return the features around a place of a scene, (H, W), at the size at which photos were enrolled."""
    x, y, width, height = place.box
    scale = min(_CLOSE_FACE / max(width, 0.8 * height, 1.0), _LARGEST_UPSCALE)
    reach = _CLOSE_REACH * max(width, height)
    left, top = max(0, int(x + width / 2 - reach)), max(0, int(y + height / 2 - reach))
    crop = gray[top : int(y + height / 2 + 1.15 * reach), left : int(x + width / 2 + reach)]
    if min(crop.shape) * scale < 1:
        return NO_FEATURES
    close = resized(crop, max(1, round(max(crop.shape) * scale))).astype(np.float32)
    low, high = np.percentile(close, (1, 99))
    stretched = np.clip((close - low) * (255 / max(high - low, 16)), 0, 255).astype(np.uint8)
    return _placed(extract(stretched, most=_CLOSE_FEATURES, contrast=_CLOSE_CONTRAST), scale, left, top)


def _placed(found: Features, scale: float, left: int, top: int) -> Features:
    """Return features of a scaled crop where they lie in the scene."""
    points = found.points.copy()
    points[:, :3] /= scale
    points[:, :2] += (left, top)
    return Features(points, found.descriptors)


def by_regions(scene: Scene, places: Iterable[regions.Region], index: Index) -> list[Proposal]:
    """Propose, for each place, the photos whose own region looks most like it, mirrored or not."""
    return [proposal for place in places for proposal in _like_place(scene, place, index)]


def _like_place(scene: Scene, place: regions.Region, index: Index) -> list[Proposal]:
    """Propose photos for one place, the likest first."""
    alike = regions.nudged_vectors(scene, place.alignment) @ index.waves.T
    best = alike.max(axis=0)
    few = np.argpartition(-best, min(4 * _BY_REGION, len(best) - 1))[: 4 * _BY_REGION]
    nearest = few[np.lexsort((few // len(index), index.ranks[few % len(index)], -best[few]))][:_BY_REGION]
    found = []
    for column in nearest:
        row, mirrored = int(column % len(index)), bool(column >= len(index))
        if np.isnan(index.alignments[row, 0, 0]):
            continue
        nudge = regions.nudges()[int(alike[:, column].argmax())]
        to_patch = _square(nudge) @ _square(place.alignment)
        from_frame = _square(index.alignments[row])
        if mirrored:
            from_frame = _flip(regions.WINDOW[0]) @ from_frame @ _flip(int(index.frames[row, 1]))
        found.append(Proposal(row, mirrored, np.linalg.inv(to_patch) @ from_frame, Stage.REGION))
    return found


def _square(affine: NDArray[np.float64]) -> Transform:
    return np.vstack([affine, [0, 0, 1]])


def _flip(width: int) -> Transform:
    """Return the (3, 3) transform that mirrors a picture `width` pixels wide left to right."""
    return np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])
