"""Make the fixed data behind the feature codes, from drawn pictures only; writes detector/data/quantiser.npz.

    python -m benchmarks.quantiser

Run it only together with a new fingerprint version: codes made with other centres cannot be compared.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from benchmarks.drawn import draw_portrait, draw_scene
from benchmarks.misuse import KINDS, make
from detector.codes import HALF
from detector.features import DESCRIPTOR_LENGTH, extract, mirror_descriptors
from detector.values import RGB

TARGET = Path(__file__).resolve().parents[1] / "detector" / "data" / "quantiser.npz"
CENTRES = 512
PORTRAITS, SCENES, MISUSES = 150, 40, 95
_SIDE = 640
_SEED = 90_000  # far from the seeds that tests and benchmarks draw
_MOST = 600


def pictures() -> Iterator[RGB]:
    """Draw portraits, scenes and misuses of drawn portraits, (H, W, 3) each."""
    for number in range(PORTRAITS):
        yield draw_portrait(_SEED + number)
    for number in range(SCENES):
        yield draw_scene(_SEED + number, (1000, 700))
    scenes = [draw_scene(_SEED + 500 + number, (1000, 700)) for number in range(8)]
    for number in range(MISUSES):
        rng = np.random.default_rng(_SEED + number)
        kind = list(KINDS)[number % len(KINDS)]
        others = [draw_portrait(_SEED + number % 40 + 100 * other) for other in range(1, 4)]
        yield make(kind, draw_portrait(_SEED + 1_000 + number), scenes[number % 8], rng, others).picture


def descriptors() -> NDArray[np.float32]:
    """Return the descriptors of all pictures and of their mirror images: (N, 128)."""
    found = []
    for picture in pictures():
        gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        scale = min(1.0, _SIDE / max(gray.shape))
        small = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        found.append(extract(small, most=_MOST, contrast=0.03).descriptors)
    upright = np.concatenate(found)
    return np.concatenate([upright, mirror_descriptors(upright)])


def main() -> None:
    """Cluster the upper halves, turn a fixed rotation, and write both."""
    known = descriptors()
    clusters = MiniBatchKMeans(CENTRES, batch_size=8_192, n_init=1, max_iter=40, random_state=0).fit(known[:, :HALF])
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(DESCRIPTOR_LENGTH, DESCRIPTOR_LENGTH)))[0]
    np.savez(
        TARGET,
        centres=clusters.cluster_centers_.astype(np.float16),
        mean=known.mean(axis=0).astype(np.float16),
        projection=rotation.astype(np.float16),
    )
    print(f"{len(known)} descriptors, {CENTRES} centres, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
