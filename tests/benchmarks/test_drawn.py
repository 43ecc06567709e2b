import cv2
import numpy as np
import pytest

from benchmarks.drawn import draw_portrait, draw_scene
from detector.values import RGB


def keypoints(picture: RGB) -> int:
    return len(cv2.SIFT.create(contrastThreshold=0.03).detect(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)))


def difference(one: RGB, other: RGB, rows: slice) -> float:
    """Mean difference of two pictures over some rows, in grey levels."""
    return float(np.abs(one[rows].astype(np.int16) - other[rows]).mean())


def test_the_same_seed_draws_the_same_portrait() -> None:
    assert np.array_equal(draw_portrait(3, pose=2), draw_portrait(3, pose=2))


def test_every_seed_draws_another_person() -> None:
    people = [draw_portrait(seed) for seed in range(5)]
    pairs = [(a, b) for i, a in enumerate(people) for b in people[:i]]
    assert min(difference(a, b, slice(None)) for a, b in pairs) > 20


@pytest.mark.parametrize("seed", range(6))
def test_a_portrait_has_detail_enough_to_be_found_by(seed: int) -> None:
    assert keypoints(draw_portrait(seed)) >= 200


@pytest.mark.parametrize("seed", range(6))
def test_another_pose_is_another_photograph_of_the_same_sitting(seed: int) -> None:
    first, second = draw_portrait(seed), draw_portrait(seed, pose=1)
    stranger = draw_portrait(seed + 50)
    assert difference(first, second, slice(40, 190)) > 8
    assert difference(first, second, slice(None)) < difference(first, stranger, slice(None))


@pytest.mark.parametrize("size", [(225, 275), (250, 250), (64, 80)])
def test_a_portrait_has_the_size_that_was_asked_for(size: tuple[int, int]) -> None:
    assert draw_portrait(1, size=size).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("seed", range(5))
def test_a_scene_is_cluttered_and_of_its_size(seed: int) -> None:
    scene = draw_scene(seed, (900, 600))
    assert scene.shape == (600, 900, 3)
    assert keypoints(scene) > 500


def test_the_same_seed_draws_the_same_scene() -> None:
    assert np.array_equal(draw_scene(4, (500, 400)), draw_scene(4, (500, 400)))
