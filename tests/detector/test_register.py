import numpy as np
import pytest

from detector.register import Scene, Transform, coarsely_refined, corners, evened, polished, refined, scale_of
from tests.detector.drawn_people import a_portrait, a_print, a_scene, a_turn, gray_of, laid

VIEW: Transform = np.array([[1.3, 0.12, 200], [-0.1, 1.25, 120], [0.0003, 0.0002, 1]])
"""A portrait's frame seen by a camera, a little from the side."""

NUDGE = a_turn(2, 1.04, 3, -4)
FRAME = (192, 157)


def a_scene_with(seed: int) -> Scene:
    return Scene.of(gray_of(laid(a_portrait(seed), VIEW, a_scene())))


def laid_exactly(seed: int, start: Transform) -> Transform:
    scene, patch = a_scene_with(seed), a_print(seed).patch
    return polished(scene, patch, refined(scene, patch, start, rounds=2), rounds=3)


def furthest_off(found: Transform) -> float:
    """How far, in pixels of the frame, a found transform puts a corner from where VIEW has it."""
    step = np.linalg.inv(VIEW) @ found
    return float(np.abs(corners(step, FRAME) - corners(np.eye(3), FRAME)).max())


@pytest.mark.parametrize("seed", range(4))
def test_a_known_view_is_recovered_within_a_pixel_of_the_frame(seed: int) -> None:
    assert furthest_off(laid_exactly(seed, VIEW @ NUDGE)) < 1


@pytest.mark.parametrize("start", [a_turn(0, 1, 8, 0), a_turn(0, 1, 0, -8), a_turn(0, 0.95, 0, 0), a_turn(-3, 1, 0, 0)])
def test_a_start_a_few_pixels_off_is_corrected(start: Transform) -> None:
    assert furthest_off(laid_exactly(1, VIEW @ start)) < 1


def test_a_right_transform_stays_right() -> None:
    assert furthest_off(laid_exactly(0, VIEW)) < 1


def test_one_coarse_correction_comes_closer() -> None:
    better = coarsely_refined(a_scene_with(0), a_print(0).patch, VIEW @ NUDGE)
    assert furthest_off(better) < 0.8 * furthest_off(VIEW @ NUDGE)


def test_a_blank_scene_leads_nowhere_far() -> None:
    blank = Scene.of(np.full((500, 700), 128, np.uint8))
    assert furthest_off(refined(blank, a_print(0).patch, VIEW, rounds=2)) < 40


def test_a_transform_far_outside_the_scene_corrects_nothing() -> None:
    start = a_turn(0, 1, 5000, 5000)
    assert np.array_equal(refined(a_scene_with(0), a_print(0).patch, start, rounds=2), start)


def test_corners_go_clockwise_from_the_top_left() -> None:
    assert corners(np.eye(3), (4, 3)).tolist() == [[0, 0], [2, 0], [2, 3], [0, 3]]


def test_corners_are_seen_in_perspective() -> None:
    tilted = np.array([[1.0, 0, 0], [0, 1, 0], [0.5, 0, 1]])
    assert corners(tilted, (2, 3)) == pytest.approx(np.array([[0, 0], [1, 0], [1, 0.5], [0, 1]]))


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.5])
def test_the_scale_of_a_similarity_is_its_own(scale: float) -> None:
    assert scale_of(a_turn(33, scale, 90, -7), FRAME) == pytest.approx(scale)


def test_the_scale_of_a_homography_does_not_depend_on_its_factor() -> None:
    assert scale_of(VIEW * 7, FRAME) == pytest.approx(scale_of(VIEW, FRAME))


def test_the_scale_of_a_view_is_that_of_a_small_square_in_the_middle() -> None:
    middle = a_turn(0, 1, 157 / 2 - 0.5, 192 / 2 - 0.5)
    quad = corners(VIEW @ middle, (2, 2))
    x, y = quad.T
    area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    assert scale_of(VIEW, FRAME) == pytest.approx(np.sqrt(area), rel=1e-3)


def test_every_level_of_a_scene_is_half_of_the_one_before() -> None:
    levels = Scene.of(np.zeros((700, 1000), np.uint8)).levels
    assert [level.shape for level in levels] == [(700, 1000), (350, 500), (175, 250), (88, 125)]


@pytest.mark.parametrize("shape", [(1, 1), (127, 4000), (90, 30)])
def test_a_small_scene_has_one_level(shape: tuple[int, int]) -> None:
    assert len(Scene.of(np.zeros(shape, np.uint8)).levels) == 1


def test_a_scene_seen_straight_on_is_itself() -> None:
    gray = gray_of(a_scene())
    seen, inside = Scene.of(gray).seen(np.eye(3), gray.shape)
    assert np.array_equal(seen, gray)
    assert inside.all()


def test_what_lies_outside_the_scene_is_not_covered() -> None:
    _, inside = Scene.of(gray_of(a_scene())).seen(a_turn(0, 1, -50, 0), (100, 100))
    assert not inside[:, :50].any()
    assert inside[:, 50:].all()


def test_what_lies_behind_the_camera_is_not_covered() -> None:
    folded = np.array([[1.0, 0, 50], [0, 1, 50], [-0.02, 0, 1]])
    _, inside = Scene.of(gray_of(a_scene())).seen(folded, (100, 100))
    assert not inside[:, 51:].any()


@pytest.mark.parametrize("factor", [2.0, 4.0, 8.0])
def test_a_large_scene_is_seen_small_without_aliasing(factor: float) -> None:
    stripes = np.tile(np.array([0, 255], np.uint8), (1024, 512))
    seen, _ = Scene.of(stripes).seen(a_turn(0, factor, 0, 0), (100, 100))
    assert np.abs(seen[5:-5, 5:-5].astype(int) - 127).max() < 30


def test_a_window_is_filled_as_the_affine_says() -> None:
    gray = gray_of(a_scene())
    window = Scene.of(gray).warped_by(np.array([[1.0, 0, -30], [0, 1, -40]]), (50, 60))
    assert np.array_equal(window, gray[40:100, 30:80])


def test_evening_takes_light_and_contrast_away() -> None:
    patch = a_print(0).patch
    shaded = patch * 0.5 + np.linspace(0, 80, patch.shape[1])[None, :]
    plain, even = (evened(picture, 2.0).ravel() for picture in (patch, shaded))
    assert np.corrcoef(patch.ravel(), shaded.ravel())[0, 1] < 0.9
    assert np.corrcoef(plain, even)[0, 1] > 0.95
