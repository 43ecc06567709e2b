"""The benchmark's people and scenes, and who is used for what."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.drawn import draw_portrait, draw_scene
from detector.values import RGB

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"
PORTRAITS = SHARED / "portraits"
SCENES = SHARED / "scenes"
DRAWN_SCENES = 24
DEVELOPMENT, CALIBRATION = 0.30, 0.65  # upper ends: 30 % development, 35 % calibration, 35 % test


@dataclass(frozen=True, slots=True)
class Split:
    """Disjoint people: to look at while building, to fit the score on, to report on."""

    development: tuple[str, ...]
    calibration: tuple[str, ...]
    test: tuple[str, ...]


def split(ids: Iterable[str]) -> Split:
    """Deal ids to the three parts, 30, 35 and 35 per cent, by the SHA-256 of each, in the order given."""
    parts: tuple[list[str], list[str], list[str]] = ([], [], [])
    for one in ids:
        share = int.from_bytes(sha256(one.encode()).digest()[:8], "big") / 2**64
        parts[(share >= DEVELOPMENT) + (share >= CALIBRATION)].append(one)
    return Split(*(tuple(part) for part in parts))


def load_portraits(folder: Path | None = PORTRAITS, count: int | None = None) -> dict[str, RGB]:
    """Return the first `count` portraits of a folder by name, id to (H, W, 3); drawn ones if it is missing.

    count None means all there are, or 120 drawn ones.
    """
    if folder is None or not folder.is_dir():
        return {f"drawn{seed:04}": draw_portrait(seed) for seed in range(120 if count is None else count)}
    return _read(folder, count)


def load_scenes(folder: Path | None = SCENES, count: int | None = None) -> dict[str, RGB]:
    """Return the first `count` scenes of a folder by name, id to (H, W, 3); drawn ones if it is missing."""
    if folder is None or not folder.is_dir():
        return {f"scene{seed:03}": draw_scene(seed) for seed in range(DRAWN_SCENES if count is None else count)}
    return _read(folder, count)


def _read(folder: Path, count: int | None) -> dict[str, RGB]:
    return {path.stem: _picture(path) for path in sorted(folder.glob("*.jpg"))[:count]}


def _picture(path: Path) -> RGB:
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))
