from functools import cache

import numpy as np

from benchmarks.drawn import draw_portrait
from benchmarks.enrolment import enrolled
from benchmarks.scaling import grown, megabytes, perturbed
from detector.fingerprints import Fingerprint
from detector.segment import ARRAYS, Segment, build


@cache
def prints() -> dict[str, Fingerprint]:
    return enrolled({f"p{seed}": draw_portrait(seed) for seed in range(6)})[0]


@cache
def made_up() -> Segment:
    return perturbed(build(prints()), 20, seed=1)


def test_a_made_up_segment_has_the_arrays_of_a_real_one() -> None:
    real = build(prints())
    assert set(made_up().arrays) == set(ARRAYS)
    assert all(made_up().arrays[name].dtype == real.arrays[name].dtype for name in ARRAYS)
    assert all(made_up().arrays[name].shape[1:] == real.arrays[name].shape[1:] for name in ARRAYS)


def test_a_made_up_photo_has_as_many_features_as_the_one_it_is_made_of() -> None:
    real = np.bincount(build(prints()).arrays["owners"], minlength=6)
    made = np.bincount(made_up().arrays["owners"], minlength=20)
    assert list(made) == [real[row % 6] for row in range(20)]
    assert made_up().arrays["starts"][-1] == made.sum()


def test_a_made_up_photo_keeps_a_picture_of_its_own_shape() -> None:
    for row, photo in enumerate(sorted(prints())):
        assert np.array_equal(made_up().patch(row), prints()[photo].patch)


def test_no_made_up_photo_has_the_codes_of_another() -> None:
    codes = made_up().arrays["pdq"].reshape(20, -1)
    assert len(np.unique(codes, axis=0)) == 20


def test_an_index_grows_to_its_size_and_keeps_the_tests_own_photos() -> None:
    own = {photo: prints()[photo] for photo in ("p0", "p1")}
    base = {photo: one for photo, one in prints().items() if photo not in own}
    index = grown(own, base, 30)
    assert len(index) == len(set(index.photos)) == 30
    assert "p0" in index
    assert "p2" not in index
    assert megabytes(index) > megabytes(grown(own, base, 5))
