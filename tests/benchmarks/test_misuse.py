from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.data import load_portraits, load_scenes, split
from benchmarks.drawn import draw_portrait, draw_scene
from benchmarks.misuse import KINDS, Misuse, another_frame, make
from detector.values import RGB

# Tones may be turned over, and faces painted on, so these keep their place but not their look.
TONES_KEPT = sorted(set(KINDS) - {"toned", "poster toned", "defaced", "poster defaced", "photographed halftone"})


@cache
def a_portrait(seed: int) -> RGB:
    return draw_portrait(seed)


@cache
def a_scene(seed: int) -> RGB:
    return draw_scene(seed, (900, 650))


@cache
def strangers() -> list[RGB]:
    return [draw_portrait(100 + i, size=(90, 110)) for i in range(5)]


def a_misuse(kind: str, seed: int = 5) -> tuple[RGB, Misuse]:
    portrait, rng = a_portrait(seed), np.random.default_rng(seed)
    return portrait, make(kind, portrait, a_scene(seed), rng, strangers())


def brought_back(misuse: Misuse, portrait: RGB) -> RGB:
    """Warp the picture onto the portrait's own frame by the corners it claims."""
    height, width = portrait.shape[:2]
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    homography = cv2.getPerspectiveTransform(misuse.corners, frame)
    return np.asarray(cv2.warpPerspective(misuse.picture, homography, (width, height)), np.uint8)


def likeness(one: RGB, other: RGB) -> float:
    """Correlate the middles of two pictures, blurred a little: 1 for the same, about 0 for strangers."""
    height, width = one.shape[:2]
    box = slice(height // 5, height * 7 // 10), slice(width // 4, width * 3 // 4)
    a, b = (_flat(picture)[box].ravel() for picture in (one, other))
    return float(np.corrcoef(a, b)[0, 1])


def _flat(picture: RGB) -> NDArray[np.float32]:
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 1.5).astype(np.float32)
    return np.asarray(grey - cv2.GaussianBlur(grey, (0, 0), 15), np.float32)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_makes_a_picture_from_a_drawn_portrait(kind: str) -> None:
    _, misuse = a_misuse(kind)
    assert misuse.kind == kind
    assert misuse.picture.shape[2] == 3
    assert misuse.corners.shape == (4, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_dice_make_the_same_picture(kind: str) -> None:
    (_, first), (_, second) = a_misuse(kind), a_misuse(kind)
    assert np.array_equal(first.picture, second.picture)
    assert np.array_equal(first.corners, second.corners)


@pytest.mark.parametrize("kind", TONES_KEPT)
def test_the_corners_say_where_the_portrait_landed(kind: str) -> None:
    found = []
    for seed in (3, 4, 5):
        portrait, misuse = a_misuse(kind, seed)
        found.append(likeness(portrait, brought_back(misuse, portrait)))
    assert np.median(found) > 0.6


@pytest.mark.parametrize("kind", ["mirrored", "poster mirrored"])
def test_a_mirrored_portrait_has_its_corners_the_other_way_round(kind: str) -> None:
    _, misuse = a_misuse(kind)
    assert misuse.mirrored
    assert cv2.contourArea(misuse.corners, oriented=True) < 0


@pytest.mark.parametrize("seed", range(4))
def test_a_far_poster_shows_the_portrait_small_in_a_large_picture(seed: int) -> None:
    _, misuse = a_misuse("photographed far", seed)
    wide = float(np.linalg.norm(misuse.corners[1] - misuse.corners[0]))
    assert 45 < wide < 170
    assert max(misuse.picture.shape) >= 1400


def test_a_collage_is_made_even_without_other_portraits() -> None:
    misuse = make("collage", a_portrait(1), a_scene(1), np.random.default_rng(1))
    assert misuse.kind == "collage"


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        make("tattoo", a_portrait(1), a_scene(1), np.random.default_rng(1))


@pytest.mark.parametrize("seed", range(4))
def test_another_frame_keeps_the_shoulders_and_moves_the_face(seed: int) -> None:
    portrait = a_portrait(seed)
    other = another_frame(portrait, np.random.default_rng(seed))
    assert other.shape == portrait.shape
    assert likeness(portrait, other) < 0.6


def test_people_are_dealt_to_three_disjoint_parts_by_their_id() -> None:
    ids = [f"p{number:04}" for number in range(1000)]
    parts = split(ids)
    assert sorted(parts.development + parts.calibration + parts.test) == ids
    shares = [len(part) / len(ids) for part in (parts.development, parts.calibration, parts.test)]
    assert shares == pytest.approx([0.30, 0.35, 0.35], abs=0.04)
    assert split(reversed(ids)).test == parts.test[::-1]


def test_a_missing_folder_falls_back_to_drawn_pictures(tmp_path: Path) -> None:
    portraits, scenes = load_portraits(tmp_path / "none", 3), load_scenes(None, 2)
    assert (len(portraits), len(scenes)) == (3, 2)
    assert all(portrait.shape == (275, 225, 3) for portrait in portraits.values())


def test_portraits_of_a_folder_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        cv2.imwrite(str(tmp_path / f"{name}.jpg"), a_portrait(1))
    assert list(load_portraits(tmp_path)) == ["a", "b"]
