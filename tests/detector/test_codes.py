import numpy as np
import pytest
from numpy.typing import NDArray

from detector import codes
from detector.features import extract, mirror_descriptors
from tests.detector.drawn_people import a_portrait, gray_of

DESCRIPTORS = extract(gray_of(a_portrait(0)), most=300).descriptors


def a_descriptor() -> NDArray[np.float32]:
    """A made-up descriptor, (1, 128), of unit length."""
    shares = (np.arange(128) * 37 % 128).astype(np.float32)
    return np.asarray(np.sqrt(shares / shares.sum())[None], np.float32)


def test_the_mirrored_probes_are_the_probes_of_the_mirrored_descriptors() -> None:
    plain, mirrored = codes.probes(DESCRIPTORS)
    of_the_mirror_image = codes.probes(mirror_descriptors(DESCRIPTORS))
    assert np.array_equal(mirrored, of_the_mirror_image[0])
    assert np.array_equal(plain, of_the_mirror_image[1])


def test_the_first_mirrored_probe_is_the_cell_of_the_mirrored_descriptor() -> None:
    _, mirrored = codes.probes(DESCRIPTORS)
    assert np.array_equal(mirrored[:, 0], codes.cells(mirror_descriptors(DESCRIPTORS)))


def test_the_first_probe_is_the_descriptors_own_cell() -> None:
    plain, _ = codes.probes(DESCRIPTORS)
    assert np.array_equal(plain[:, 0], codes.cells(DESCRIPTORS))


def test_no_cell_is_probed_twice() -> None:
    plain, mirrored = codes.probes(DESCRIPTORS)
    assert all(len(set(row)) == len(row) for row in (*plain.tolist(), *mirrored.tolist()))


def test_every_cell_exists_in_the_quantiser() -> None:
    cells = np.concatenate([codes.cells(DESCRIPTORS), *(probed.ravel() for probed in codes.probes(DESCRIPTORS))])
    assert cells.min() >= 0
    assert cells.max() < codes.quantiser().cell_count


def test_the_signature_of_a_made_up_descriptor_is_pinned() -> None:
    assert codes.signatures(a_descriptor()).tobytes().hex() == "98e84bb99d7e9fe438166b5f5161bc12"


def test_the_cell_of_a_made_up_descriptor_is_pinned() -> None:
    assert codes.cells(a_descriptor()).tolist() == [260888]


def test_the_pinned_bits_do_not_hang_on_rounding() -> None:
    fixed = codes.quantiser()
    assert np.abs((a_descriptor() - fixed.mean) @ fixed.projection).min() > 1e-5


def test_the_projection_turns_without_stretching() -> None:
    projection = codes.quantiser().projection
    assert projection.T @ projection == pytest.approx(np.eye(128), abs=1e-3)


def test_codes_do_not_depend_on_the_other_descriptors() -> None:
    alone = [codes.signatures(DESCRIPTORS[row : row + 1])[0] for row in range(20)]
    assert np.array_equal(codes.signatures(DESCRIPTORS)[:20], alone)


def test_the_same_descriptors_get_the_same_codes_again() -> None:
    assert np.array_equal(codes.signatures(DESCRIPTORS), codes.signatures(DESCRIPTORS.copy()))
    assert np.array_equal(codes.cells(DESCRIPTORS), codes.cells(DESCRIPTORS.copy()))


def test_a_little_noise_changes_few_bits_and_another_descriptor_many() -> None:
    noise = np.random.default_rng(1).normal(0, 0.01, DESCRIPTORS.shape).astype(np.float32)
    own, noisy = codes.signatures(DESCRIPTORS), codes.signatures(DESCRIPTORS + noise)
    assert np.median(codes.hamming(own, noisy)) < 15
    assert np.median(codes.hamming(own, own[::-1])) > 40


@pytest.mark.parametrize(("left", "right", "bits"), [((0, 0), (0, 0), 0), ((5, 0), (0, 1), 3), ((0, 0), (-1, -1), 128)])
def test_hamming_counts_the_bits_that_differ(left: tuple[int, int], right: tuple[int, int], bits: int) -> None:
    one, other = (np.array([pair], np.int64).view(np.uint64) for pair in (left, right))
    assert codes.hamming(one, other).tolist() == [bits]


def test_no_descriptors_give_no_codes() -> None:
    nothing = np.zeros((0, 128), np.float32)
    assert codes.signatures(nothing).shape == (0, 2)
    assert codes.cells(nothing).shape == (0,)
