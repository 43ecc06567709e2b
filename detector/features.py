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


def extract(gray: Gray, *, most: int, contrast: float = 0.04) -> Features:
    """Return at most `most` of the strongest keypoints of a grey picture, shape (H, W).

    contrast: SIFT's threshold on the response; lower finds fainter keypoints.
    Source: Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94; square roots of the descriptor as in Arandjelovic and
    Zisserman 2012, "Three things everyone should know to improve object retrieval", section 3.
    """
    keypoints, raw = cv2.SIFT_create(nfeatures=most, contrastThreshold=contrast).detectAndCompute(gray, None)
    if raw is None or not len(keypoints):
        return Features(np.zeros((0, 4), np.float32), np.zeros((0, DESCRIPTOR_LENGTH), np.float32))
    points = np.array([(*k.pt, k.size, k.angle) for k in keypoints], np.float32)
    return Features(points, root_normalise(raw))


def root_normalise(raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn SIFT descriptors, (N, 128), into RootSIFT of the same shape: Euclid then compares Hellinger-wise."""
    totals = np.maximum(raw.sum(axis=1, keepdims=True), 1.0)
    return np.sqrt(raw / totals, dtype=np.float32)


def mirror_descriptors(descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the descriptors, (N, 128), that the mirrored picture would have: a fixed permutation of the numbers.

    SIFT's 4 x 4 x 8 histogram lies along its keypoint's own direction, so mirroring reverses its rows and negates its
    eight orientations, whatever the axis of the mirror.
    """
    grid = descriptors.reshape(-1, _SPATIAL, _SPATIAL, _ORIENTATIONS)
    turned = grid[:, ::-1][..., -np.arange(_ORIENTATIONS) % _ORIENTATIONS]
    return np.ascontiguousarray(turned.reshape(-1, DESCRIPTOR_LENGTH))


def mirror_points(points: NDArray[np.float32], width: float) -> NDArray[np.float32]:
    """Return the keypoints, (N, 4), where they stand in the picture mirrored left to right, `width` pixels wide."""
    mirrored = points.copy()
    mirrored[:, 0] = width - 1 - points[:, 0]
    mirrored[:, 3] = (180 - points[:, 3]) % 360
    return mirrored
