import cv2
import numpy as np
import pytest

from detector import RGB
from detector.regions import (
    VECTOR_LENGTH,
    WINDOW,
    Alignment,
    Region,
    mirrored,
    not_among,
    nudged_vectors,
    nudges,
    propose,
    vector,
)
from detector.register import Scene
from tests.detector.drawn_people import a_portrait, a_scene, gray_of, mirror_image, pasted


def flip(width: int) -> Alignment:
    return np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])


def the_place(pixels: RGB) -> Region:
    [place] = propose(pixels, side=320, most=1)
    return place


def scene_of(pixels: RGB) -> Scene:
    return Scene.of(gray_of(pixels))


def a_region(left: float, top: float, width: float = 10, height: float = 10) -> Region:
    return Region((left, top, width, height), np.eye(2, 3))


@pytest.mark.parametrize("seed", range(4))
def test_the_mirrored_waves_are_the_waves_of_the_mirrored_patch(seed: int) -> None:
    portrait = a_portrait(seed)
    alignment = the_place(portrait).alignment
    in_the_mirror = flip(WINDOW[0]) @ np.vstack([alignment, [0, 0, 1]]) @ flip(portrait.shape[1])
    there = vector(scene_of(mirror_image(portrait)), in_the_mirror[:2])
    assert mirrored(vector(scene_of(portrait), alignment)[None])[0] == pytest.approx(there, abs=1e-4)


def test_mirroring_twice_changes_no_waves() -> None:
    waves = vector(scene_of(a_portrait(0)), the_place(a_portrait(0)).alignment)[None]
    assert np.array_equal(mirrored(mirrored(waves)), waves)


def test_waves_have_unit_length() -> None:
    waves = vector(scene_of(a_portrait(0)), the_place(a_portrait(0)).alignment)
    assert waves.shape == (VECTOR_LENGTH,)
    assert np.linalg.norm(waves) == pytest.approx(1, abs=1e-5)


def test_a_blank_patch_is_no_division_by_zero() -> None:
    blank = vector(Scene.of(np.full((200, 200), 99, np.uint8)), np.eye(2, 3))
    assert np.isfinite(blank).all()
    assert np.linalg.norm(blank) < 1.001


def test_light_and_contrast_hardly_change_the_waves() -> None:
    portrait = a_portrait(0)
    alignment = the_place(portrait).alignment
    shade = np.linspace(0, 60, portrait.shape[1])[None, :, None]
    dim = (portrait * 0.6 + shade).astype(np.uint8)
    assert vector(scene_of(dim), alignment) @ vector(scene_of(portrait), alignment) > 0.95


def test_the_same_place_of_other_people_has_other_waves() -> None:
    waves = [vector(scene_of(a_portrait(seed)), the_place(a_portrait(seed)).alignment) for seed in range(4)]
    alike = np.array(waves) @ np.array(waves).T - np.eye(4)
    assert alike.max() < 0.8


def test_one_of_the_nudges_leaves_the_patch_where_it_is() -> None:
    portrait = a_portrait(0)
    alignment = the_place(portrait).alignment
    nudged = nudged_vectors(scene_of(portrait), alignment)
    still = int(np.abs(nudges() - np.eye(2, 3)).max(axis=(1, 2)).argmin())
    assert nudged.shape == (len(nudges()), VECTOR_LENGTH)
    assert nudged[still] == pytest.approx(vector(scene_of(portrait), alignment), abs=1e-4)


def test_a_nudge_makes_up_for_a_place_that_is_a_little_off() -> None:
    scene, alignment = scene_of(a_portrait(0)), the_place(a_portrait(0)).alignment
    own, off = vector(scene, alignment), alignment + np.array([[0, 0, 1.5], [0, 0, -1.5]])
    assert (nudged_vectors(scene, off) @ own).max() > vector(scene, off) @ own + 0.1


@pytest.mark.parametrize("seed", range(4))
def test_the_place_of_a_portrait_is_its_face(seed: int) -> None:
    x, y, width, height = the_place(a_portrait(seed)).box
    assert 75 < x + width / 2 < 150
    assert 75 < y + height / 2 < 190


def test_the_place_moves_with_the_portrait() -> None:
    alone = the_place(a_portrait(0)).box
    places = propose(pasted(a_scene(), a_portrait(0), 300, 120), side=640, most=8)
    nearest = min(abs(place.box[0] - 300 - alone[0]) + abs(place.box[1] - 120 - alone[1]) for place in places)
    assert nearest < 20


def test_the_place_grows_with_the_picture() -> None:
    large = cv2.resize(a_portrait(0), None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    assert the_place(np.asarray(large, np.uint8)).box == pytest.approx(
        [3 * value for value in the_place(a_portrait(0)).box], abs=20
    )


def test_no_more_places_are_proposed_than_asked_for() -> None:
    two = pasted(pasted(a_scene(), a_portrait(0), 40, 120), a_portrait(1), 400, 120)
    assert len(propose(two, side=640, most=8)) >= 2
    assert len(propose(two, side=640, most=1)) == 1


@pytest.mark.parametrize("shape", [(1, 1, 3), (2000, 3, 3), (300, 300, 3)])
def test_plain_pictures_have_no_place_to_look_at(shape: tuple[int, int, int]) -> None:
    assert propose(np.full(shape, 128, np.uint8), side=640, most=8) == ()


def test_a_region_whose_middle_was_seen_already_is_left_out() -> None:
    again, new = a_region(110, 110), a_region(200, 110)
    assert not_among([again, new], [a_region(100, 100, 50, 50)]) == (new,)


def test_a_large_region_around_a_small_one_is_another() -> None:
    around = a_region(0, 0, 400, 400)
    assert not_among([around], [a_region(10, 10)]) == (around,)


def test_everything_is_new_where_nothing_was_seen() -> None:
    regions = (a_region(0, 0), a_region(5, 5))
    assert not_among(regions, []) == regions
