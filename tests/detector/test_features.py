import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detector.features import extract, mirror_descriptors, mirror_points, root_normalise
from detector.values import Gray
from tests.detector.drawn_people import a_portrait, gray_of, mirror_image

PORTRAIT = gray_of(a_portrait(0))
MIRRORED = gray_of(mirror_image(a_portrait(0)))


def described(gray: Gray, points: NDArray[np.float32]) -> NDArray[np.float32]:
    """The descriptors of given keypoints, (N, 4), of a grey picture."""
    keypoints = [cv2.KeyPoint(*(float(value) for value in point)) for point in points]
    _, raw = cv2.SIFT.create().compute(gray, keypoints)
    return root_normalise(np.asarray(raw, np.float32))


def test_mirroring_a_descriptor_gives_the_descriptor_of_the_mirrored_picture() -> None:
    points = extract(PORTRAIT, most=80).points
    there = described(MIRRORED, mirror_points(points, PORTRAIT.shape[1]))
    assert mirror_descriptors(described(PORTRAIT, points)) == pytest.approx(there, abs=0.05)


def test_most_mirrored_keypoints_are_found_in_the_mirrored_picture() -> None:
    expected = mirror_points(extract(PORTRAIT, most=100).points, PORTRAIT.shape[1])
    found = extract(MIRRORED, most=150).points
    nearest = [np.linalg.norm(found[:, :2] - point[:2], axis=1).min() for point in expected]
    assert np.mean(np.array(nearest) < 1) > 0.9


def test_mirroring_twice_changes_no_descriptor() -> None:
    descriptors = extract(PORTRAIT, most=50).descriptors
    assert np.array_equal(mirror_descriptors(mirror_descriptors(descriptors)), descriptors)


def test_mirroring_twice_moves_no_keypoint() -> None:
    points = extract(PORTRAIT, most=50).points
    assert np.allclose(mirror_points(mirror_points(points, 225), 225), points, atol=1e-3)


def test_no_descriptors_have_no_mirror_images() -> None:
    assert mirror_descriptors(np.zeros((0, 128), np.float32)).shape == (0, 128)


def test_every_descriptor_has_unit_length() -> None:
    lengths = np.linalg.norm(extract(PORTRAIT, most=200).descriptors, axis=1)
    assert lengths == pytest.approx(np.ones(len(lengths)), abs=1e-5)


def test_square_roots_are_taken_of_shares() -> None:
    raw = np.zeros((1, 128), np.float32)
    raw[0, :2] = (9, 16)
    assert root_normalise(raw)[0, :3] == pytest.approx([0.6, 0.8, 0])


def test_an_all_zero_descriptor_stays_zero() -> None:
    assert not root_normalise(np.zeros((1, 128), np.float32)).any()


@pytest.mark.parametrize("shape", [(200, 150), (1, 1), (3, 400)])
def test_a_plain_picture_has_no_features(shape: tuple[int, int]) -> None:
    found = extract(np.full(shape, 128, np.uint8), most=100)
    assert len(found) == 0
    assert (found.points.shape, found.descriptors.shape) == ((0, 4), (0, 128))


def test_no_more_than_the_strongest_keypoints_are_kept() -> None:
    assert len(extract(PORTRAIT, most=30)) <= 31  # SIFT may return one more where two turns share a spot


def test_a_lower_threshold_finds_fainter_keypoints() -> None:
    assert len(extract(PORTRAIT, most=5000, contrast=0.01)) > len(extract(PORTRAIT, most=5000, contrast=0.05))
