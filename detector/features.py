"""Local features: SIFT keypoints with root-normalised descriptors, and their mirror image."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.values import Gray

DESCRIPTOR_LENGTH = 128
_SPATIAL, _ORIENTATIONS = 4, 8


@dataclass(frozen=True, slots=True)
class Features:
    """Keypoints of one grey picture.

    points: (N, 4) float32: x, y, diameter (pixels) and angle (degrees clockwise from the x axis).
    descriptors: (N, 128) float32, each row of unit length (RootSIFT).
    """

    points: NDArray[np.float32]
    descriptors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.points)


NO_FEATURES = Features(np.zeros((0, 4), np.float32), np.zeros((0, DESCRIPTOR_LENGTH), np.float32))


def extract(gray: Gray, *, most: int, contrast: float = 0.04) -> Features:
    """Return at most `most` of the strongest keypoints of a grey picture, shape (H, W).

    contrast: SIFT's threshold on the response; lower finds fainter keypoints.
    Source: Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94; square roots of the descriptor as in Arandjelovic and
    Zisserman 2012, "Three things everyone should know to improve object retrieval", section 3.
    """
    keypoints, raw = cv2.SIFT.create(nfeatures=most, contrastThreshold=contrast).detectAndCompute(gray, None)
    if raw is None or not len(keypoints):
        return NO_FEATURES
    points = np.array([(*k.pt, k.size, k.angle) for k in keypoints], np.float32)
    return Features(points, root_normalise(np.asarray(raw, np.float32)))


def root_normalise(raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn SIFT descriptors, (N, 128), into RootSIFT of the same shape: Euclid then compares Hellinger-wise."""
    totals = np.maximum(raw.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(np.sqrt(raw / totals), np.float32)


def mirror_descriptors(descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the descriptors, (N, 128), that the mirrored picture would have: a fixed permutation of the numbers.

    SIFT's 4 x 4 x 8 histogram lies along its keypoint's own direction, so mirroring reverses its rows and negates its
    eight orientations, whatever the axis of the mirror.
    """
    half = DESCRIPTOR_LENGTH // 2
    return np.concatenate([mirror_half(descriptors[:, half:]), mirror_half(descriptors[:, :half])], axis=1)


def mirror_half(half: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the upper two rows of SIFT's grid in the mirror for the lower two, (N, 64), and the other way round."""
    grid = half.reshape(-1, _SPATIAL // 2, _SPATIAL, _ORIENTATIONS)
    turned = grid[:, ::-1][..., -np.arange(_ORIENTATIONS) % _ORIENTATIONS]
    return np.ascontiguousarray(turned.reshape(len(half), DESCRIPTOR_LENGTH // 2))


def mirror_points(points: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """Return the keypoints, (N, 4), where they stand in the picture mirrored left to right, `width` pixels wide."""
    mirrored = points.copy()
    mirrored[:, 0] = width - 1 - points[:, 0]
    mirrored[:, 3] = (180 - points[:, 3]) % 360
    return mirrored
