"""Drawn portraits, enrolled and pasted into drawn scenes, for tests of the search."""

from collections.abc import Iterable, Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.drawn import draw_portrait, draw_scene
from benchmarks.misuse import Misuse, make
from detector import RGB, Frame, Match, Picture
from detector.cascade import find
from detector.features import Features, extract
from detector.fingerprints import Fingerprint, fingerprint
from detector.index import Index
from detector.register import Transform
from detector.segment import build
from detector.values import Gray

ENROLLED = range(6)
STRANGERS = range(100, 103)


@cache
def a_portrait(seed: int, pose: int = 0) -> RGB:
    """The portrait of the person of a seed, 225 x 275 pixels."""
    return draw_portrait(seed, pose=pose)


@cache
def a_scene(seed: int = 3) -> RGB:
    """A cluttered wall, page or street without people, 700 x 500 pixels."""
    return draw_scene(seed, (700, 500))


def gray_of(pixels: RGB) -> Gray:
    """The same picture without its colours."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def mirror_image(pixels: RGB) -> RGB:
    """The picture seen in a mirror."""
    return np.ascontiguousarray(pixels[:, ::-1])


def a_picture(*frames: RGB, sha256: str = "f" * 64) -> Picture:
    """A decoded picture of these frames."""
    numbered = (Frame(number, pixels, pixels.shape[1], pixels.shape[0]) for number, pixels in enumerate(frames))
    return Picture(sha256, "PNG", tuple(numbered))


def a_digest(seed: int) -> str:
    """The SHA-256 that the file of a person's portrait is said to have."""
    return f"{seed:064x}"


@cache
def a_print(seed: int) -> Fingerprint:
    """The fingerprint of the portrait of a seed."""
    return fingerprint(a_picture(a_portrait(seed), sha256=a_digest(seed)))


def a_name(seed: int) -> str:
    """The id under which the portrait of a seed is enrolled."""
    return f"photo{seed}"


@cache
def the_index() -> Index:
    """An index of everybody who is enrolled, in one segment."""
    return Index.of({a_name(seed): a_print(seed) for seed in ENROLLED})


def an_index_in_parts(parts: Iterable[Sequence[int]]) -> Index:
    """An index with a segment for each part."""
    return Index(tuple(build({a_name(seed): a_print(seed) for seed in part}) for part in parts))


def found_in(*frames: RGB, index: Index | None = None) -> tuple[Match, ...]:
    """What the detector finds in a picture of these frames."""
    return find(a_picture(*frames), the_index() if index is None else index)


def pasted(scene: RGB, portrait: RGB, left: int, top: int) -> RGB:
    """The scene with the portrait on it, upright and as large as it is."""
    picture = scene.copy()
    picture[top : top + portrait.shape[0], left : left + portrait.shape[1]] = portrait
    return picture


def laid(portrait: RGB, transform: Transform, scene: RGB) -> RGB:
    """The scene with a portrait on it, laid by a (3, 3) transform from the portrait's frame, 192 pixels high."""
    unit = np.diag([192 / portrait.shape[0], 192 / portrait.shape[0], 1.0])
    size = (scene.shape[1], scene.shape[0])
    picture = cv2.warpPerspective(
        portrait, transform @ unit, size, scene.copy(), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    return np.asarray(picture, np.uint8)


def features_of(pixels: RGB) -> Features:
    """Local features as the first look at a scene takes them."""
    return extract(gray_of(pixels), most=1_200, contrast=0.03)


@cache
def a_misuse(kind: str, seed: int) -> Misuse:
    """A picture of this kind that reuses the portrait of a seed, with strangers beside it where the kind has such."""
    strangers = [a_portrait(stranger) for stranger in STRANGERS]
    return make(kind, a_portrait(seed), a_scene(), np.random.default_rng(seed), strangers)


def a_turn(degrees: float, scale: float, left: float, top: float) -> NDArray[np.float64]:
    """A similarity, (3, 3): turned clockwise on the screen, scaled, then moved."""
    cosine, sine = np.cos(np.radians(degrees)) * scale, np.sin(np.radians(degrees)) * scale
    return np.array([[cosine, -sine, left], [sine, cosine, top], [0, 0, 1]])
