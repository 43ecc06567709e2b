import cv2
import numpy as np
import pytest

from detector import codes
from detector.container import fingerprint_from_bytes, fingerprint_to_bytes
from detector.fingerprints import FRAME_SIDE, MOST_FEATURES, POINT_SCALE, Fingerprint, fingerprint, resized
from detector.index import Index
from tests.detector.drawn_fingerprints import same
from tests.detector.drawn_people import a_picture, a_portrait, a_print, a_scene, gray_of

MOST_BYTES = 60_000

ODD_SHAPES = [(1, 1, 3), (1, 500, 3), (2000, 2, 3), (9, 9, 3), (300, 200, 3)]


def enlarged(seed: int, factor: float) -> Fingerprint:
    pixels = cv2.resize(a_portrait(seed), None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return fingerprint(a_picture(np.asarray(pixels, np.uint8)))


@pytest.mark.parametrize("seed", range(3))
def test_a_portrait_fits_into_sixty_kilobytes(seed: int) -> None:
    assert len(fingerprint_to_bytes(a_print(seed))) <= MOST_BYTES


def test_even_a_square_of_noise_fits_into_sixty_kilobytes() -> None:
    noise = cv2.resize(np.random.default_rng(1).integers(0, 256, (150, 150, 3), np.uint8), (900, 900))
    assert len(fingerprint_to_bytes(fingerprint(a_picture(np.asarray(noise, np.uint8))))) <= MOST_BYTES


def test_the_same_picture_gives_the_same_bytes() -> None:
    one, other = (fingerprint(a_picture(a_portrait(1).copy())) for _ in range(2))
    assert fingerprint_to_bytes(one) == fingerprint_to_bytes(other)


def test_a_fingerprint_comes_back_from_its_bytes() -> None:
    assert same(fingerprint_from_bytes(fingerprint_to_bytes(a_print(0))), a_print(0))


@pytest.mark.parametrize("shape", ODD_SHAPES)
def test_tiny_and_plain_pictures_have_a_fingerprint_without_features(shape: tuple[int, int, int]) -> None:
    made = fingerprint(a_picture(np.full(shape, 120, np.uint8)))
    assert len(made.cells) == 0
    assert max(made.patch.shape) == FRAME_SIDE


def test_a_plain_picture_can_be_enrolled_beside_portraits() -> None:
    plain = fingerprint(a_picture(np.full((300, 200, 3), 120, np.uint8)))
    assert Index.of({"plain": plain, "portrait": a_print(0)}).photos == ("plain", "portrait")


def test_a_picture_without_a_face_has_no_region() -> None:
    made = fingerprint(a_picture(np.full((300, 200, 3), 120, np.uint8)))
    assert np.isnan(made.alignment).all()
    assert not made.waves.any()


def test_a_portraits_region_lies_within_its_patch() -> None:
    made = a_print(0)
    middle = np.linalg.solve(made.alignment[:, :2], np.array([24, 28]) - made.alignment[:, 2])
    assert (middle > 0).all()
    assert (middle < made.patch.shape[::-1]).all()


def test_size_and_digest_are_those_of_the_photo() -> None:
    made = fingerprint(a_picture(a_portrait(0), sha256="ab" * 32))
    assert (made.sha256, made.width, made.height) == ("ab" * 32, 225, 275)


def test_only_the_first_frame_counts() -> None:
    assert same(fingerprint(a_picture(a_portrait(0), a_scene())), fingerprint(a_picture(a_portrait(0))))


def test_keypoints_lie_within_the_patch() -> None:
    made = a_print(0)
    places = made.points[:, :2] / POINT_SCALE
    assert len(places) == len(made.cells) == len(made.signatures) <= MOST_FEATURES + 1
    assert (places >= 0).all()
    assert (places <= made.patch.shape[::-1]).all()


def test_the_patch_is_the_grey_photo_made_small() -> None:
    expected = cv2.resize(gray_of(a_portrait(0)), (157, 192), interpolation=cv2.INTER_AREA)
    assert np.array_equal(a_print(0).patch, expected)


def test_the_size_of_a_photo_hardly_changes_its_patch() -> None:
    difference = enlarged(0, 3.0).patch.astype(int) - a_print(0).patch
    assert np.abs(difference).mean() < 4


def test_the_size_of_a_photo_hardly_changes_its_codes() -> None:
    small, large = a_print(0), enlarged(0, 2.0)
    nearest = [codes.hamming(small.signatures, row[None]).min() for row in large.signatures]
    assert np.mean(np.array(nearest) <= 20) > 0.5


def test_resizing_keeps_the_shape_and_at_least_one_pixel() -> None:
    assert resized(np.zeros((400, 200), np.uint8), 192).shape == (192, 96)
    assert resized(np.zeros((5000, 1), np.uint8), 192).shape == (192, 1)
