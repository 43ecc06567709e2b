from collections import Counter
from functools import cache
from itertools import islice

import numpy as np
import pytest

from benchmarks.data import load_portraits, split
from benchmarks.drawn import draw_scene
from benchmarks.misuse import KINDS
from benchmarks.pictures import MIX, Cast, Group, Sample, cast, gallery, other_frames, reuses, unrelated
from detector.decoding import decode


@cache
def people() -> Cast:
    scenes = {f"scene{seed}": draw_scene(seed, (600, 450)) for seed in range(4)}
    return cast(load_portraits(None, 24), scenes)


@cache
def some_reuse() -> tuple[Sample, ...]:
    return tuple(reuses(people(), 1))


def test_enrolled_people_and_strangers_are_the_test_people_and_nobody_is_both() -> None:
    portraits = load_portraits(None, 24)
    assert sorted([*people().enrolled, *people().strangers]) == sorted(split(portraits).test)
    assert not set(people().enrolled) & set(people().strangers)


def test_the_rest_of_the_people_are_in_no_picture() -> None:
    assert not set(people().others) & {*people().enrolled, *people().strangers}


def test_every_second_scene_is_the_tests() -> None:
    assert len(people().scenes) == 2
    assert np.array_equal(people().scenes[0], draw_scene(1, (600, 450)))


def test_a_gallery_holds_the_tests_people_and_is_filled_up_to_its_size() -> None:
    photos = gallery(people(), 50)
    assert len(photos) == 50
    assert {*people().enrolled, *people().sitters} <= set(photos)
    assert not set(people().strangers) & set(photos)


def test_a_gallery_too_small_for_the_tests_people_is_refused() -> None:
    with pytest.raises(ValueError, match="must be enrolled"):
        gallery(people(), 5)


def test_too_few_portraits_for_a_test_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        cast(load_portraits(None, 1), {})


def test_every_kind_of_reuse_is_made_of_an_enrolled_person() -> None:
    assert [sample.kind for sample in some_reuse()] == list(KINDS)
    assert all(sample.photo in people().enrolled for sample in some_reuse())
    assert all(sample.corners is not None and sample.corners.shape == (4, 2) for sample in some_reuse())


def test_pictures_are_files_that_the_decoder_reads() -> None:
    sample = some_reuse()[0]
    assert decode(sample.data).format == "JPEG"


def test_the_same_seed_makes_the_same_files() -> None:
    first, again = (next(unrelated(people(), 1, seed=5)) for _ in range(2))
    assert first.data == again.data
    assert next(unrelated(people(), 1, seed=6)).data != first.data


def test_unrelated_pictures_name_no_photo_and_go_through_the_whole_mix() -> None:
    samples = list(unrelated(people(), len(MIX)))
    assert [sample.kind for sample in samples] == list(MIX)
    assert all(sample.photo is None and sample.corners is None for sample in samples)
    assert Counter(sample.group for sample in samples) == {Group.STRANGER: len(KINDS), Group.SCENE: 5}


def test_other_photographs_are_of_enrolled_people_some_of_them_drawn_anew() -> None:
    samples = list(islice(other_frames(people(), 6), 6))
    assert [sample.group for sample in samples] == [Group.OTHER_FRAME, Group.OTHER_FRAME, Group.OTHER_POSE] * 2
    assert all(sample.photo in {*people().enrolled, *people().sitters} for sample in samples)
    assert all(sample.corners is None for sample in samples)
