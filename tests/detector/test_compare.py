from functools import cache

import cv2
import numpy as np
import pytest

from detector import RGB
from detector.compare import likeness, measures
from detector.register import Scene, Transform, polished, refined
from tests.detector.drawn_people import a_portrait, a_print, a_scene, a_turn, gray_of, laid

VIEW: Transform = np.array([[1.3, 0.12, 200], [-0.1, 1.25, 120], [0.0003, 0.0002, 1]])
CORRELATIONS = [f"{part}_{blur}" for part in ("whole", "middle", "median") for blur in ("fine", "soft")]


def laid_over(portrait: RGB, seed: int, where: Transform = VIEW) -> dict[str, float]:
    """What compares the photo of a seed with a scene that shows a portrait, exactly where it is."""
    return measures(Scene.of(gray_of(laid(portrait, where, a_scene()))), a_print(seed).patch, where)


@cache
def a_copy(seed: int) -> dict[str, float]:
    return laid_over(a_portrait(seed), seed)


def another_pose(seed: int, pose: int) -> dict[str, float]:
    """What compares a photo with another frame of the same sitting, laid as well as possible."""
    scene, patch = Scene.of(gray_of(laid(a_portrait(seed, pose), VIEW, a_scene()))), a_print(seed).patch
    transform = polished(scene, patch, refined(scene, patch, VIEW, rounds=2), rounds=3)
    return measures(scene, patch, transform)


def with_a_bar(portrait: RGB) -> RGB:
    return np.asarray(cv2.rectangle(portrait.copy(), (50, 100), (175, 135), (0, 0, 0), -1), np.uint8)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", CORRELATIONS)
def test_a_copy_correlates_with_its_photo_nearly_fully(seed: int, name: str) -> None:
    assert a_copy(seed)[name] > 0.95


@pytest.mark.parametrize(("seed", "stranger"), [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3)])
def test_a_stranger_in_the_same_place_does_not_correlate(seed: int, stranger: int) -> None:
    found = laid_over(a_portrait(stranger), seed)
    assert max(found["whole_soft"], found["middle_soft"], found["median_soft"]) < 0.5


@pytest.mark.parametrize("seed", range(4))
def test_nothing_moves_in_a_copy(seed: int) -> None:
    assert a_copy(seed)["moved"] == 0
    assert a_copy(seed)["still"] > 0.95


@pytest.mark.parametrize(("seed", "pose"), [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2), (3, 1)])
def test_parts_of_another_pose_have_moved(seed: int, pose: int) -> None:
    found = another_pose(seed, pose)
    assert found["moved"] > 0.03
    assert found["motion_most"] > 3 * a_copy(seed)["motion_most"]


@pytest.mark.parametrize(("seed", "pose"), [(0, 1), (0, 2), (1, 1), (1, 2), (2, 1), (2, 2), (3, 1)])
def test_another_pose_correlates_less_than_a_copy(seed: int, pose: int) -> None:
    found = another_pose(seed, pose)
    assert all(found[name] < a_copy(seed)[name] - 0.05 for name in CORRELATIONS)


def test_a_bar_over_the_eyes_moves_hardly_anything() -> None:
    found = laid_over(with_a_bar(a_portrait(0)), 0)
    assert found["moved"] < 0.1
    assert found["whole_soft"] > 0.7


def test_dim_light_and_low_contrast_leave_the_correlation() -> None:
    dim = (a_portrait(0) * 0.4 + 20).astype(np.uint8)
    assert laid_over(dim, 0)["whole_soft"] > 0.95


def test_a_negative_correlates_the_other_way() -> None:
    assert laid_over((255 - a_portrait(0)).astype(np.uint8), 0)["whole_soft"] < -0.8


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_the_scale_is_given_in_octaves(scale: float) -> None:
    assert laid_over(a_portrait(0), 0, a_turn(0, scale, 20, 20))["scale"] == pytest.approx(np.log2(scale))


def test_half_a_photo_in_the_scene_is_half_covered() -> None:
    found = laid_over(a_portrait(0), 0, a_turn(0, 1.2, -1.2 * 157 / 2, 50))
    assert found["covered"] == pytest.approx(0.5, abs=0.02)
    assert found["whole_soft"] > 0.9


def test_a_photo_wholly_outside_the_scene_is_like_nothing() -> None:
    found = laid_over(a_portrait(0), 0, a_turn(0, 1, 4000, 4000))
    assert (found["covered"], found["whole_soft"], found["still"]) == (0, 0, 0)


def test_a_blank_scene_is_like_nothing_and_all_measures_are_numbers() -> None:
    found = measures(Scene.of(np.full((500, 700), 128, np.uint8)), a_print(0).patch, VIEW)
    assert found["whole_soft"] < 0.1
    assert all(np.isfinite(value) for value in found.values())


def test_measures_have_the_same_names_whatever_is_compared() -> None:
    assert set(laid_over(a_portrait(1), 0)) == set(a_copy(0))


def test_likeness_tells_a_copy_from_a_stranger() -> None:
    scene = Scene.of(gray_of(laid(a_portrait(0), VIEW, a_scene())))
    assert likeness(scene, a_print(0).patch, VIEW) > 0.95
    assert likeness(scene, a_print(1).patch, VIEW) < 0.5
