from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.drawn import draw_scene
from benchmarks.measures import quad_iou
from benchmarks.misuse import make
from detector import RGB, Frame, Match, OperatingPoint, Picture, Stage, Verdict
from detector.cascade import Stopwatch, comparisons, find, is_photo_like, overlap
from detector.index import Index
from tests.detector.drawn_people import (
    ENROLLED,
    a_digest,
    a_misuse,
    a_name,
    a_picture,
    a_portrait,
    a_print,
    a_scene,
    an_index_in_parts,
    found_in,
    mirror_image,
    pasted,
    the_index,
)

CLEAR = [
    ("re-encoded", 1), ("re-encoded", 2), ("cropped", 1), ("mirrored", 1), ("mirrored", 2), ("rotated", 1),
    ("rotated", 2), ("poster", 1), ("poster", 2), ("poster mirrored", 2), ("poster small", 2), ("meme", 1),
    ("photographed near", 3), ("photographed tilted", 0), ("screenshot", 1), ("collage", 1), ("photocopy", 2),
]  # fmt: skip
"""Kinds of misuse, with the dice for which the portrait is well to be seen."""

SQUARE = ((0, 0), (100, 0), (100, 100), (0, 100))


@cache
def found_in_misuse(kind: str, seed: int) -> tuple[Match, ...]:
    return found_in(a_misuse(kind, seed).picture)


@cache
def found_in_two() -> tuple[Match, ...]:
    """What is found where two officers are side by side, one of them mirrored."""
    return found_in(pasted(pasted(a_scene(), a_portrait(0), 40, 120), mirror_image(a_portrait(4)), 420, 150))


def names(matches: tuple[Match, ...]) -> list[str]:
    return [match.photo for match in matches]


def reused(matches: tuple[Match, ...]) -> list[str]:
    """The photos that are called reused, at reports' easier operating point."""
    return [match.photo for match in matches if match.verdicts[OperatingPoint.REPORT] is Verdict.REUSED]


def a_quad(*points: tuple[float, float]) -> NDArray[np.float64]:
    return np.array(points, np.float64)


def test_the_very_bytes_of_a_photo_are_an_exact_match() -> None:
    [match] = find(a_picture(a_portrait(3), sha256=a_digest(3)), the_index())
    assert (match.photo, match.stage, match.score) == (a_name(3), Stage.EXACT, 1.0)
    assert set(match.verdicts.values()) == {Verdict.REUSED}


def test_an_exact_match_fills_the_picture() -> None:
    [match] = find(a_picture(a_portrait(3), sha256=a_digest(3)), the_index())
    assert match.corners == ((0, 0), (224, 0), (224, 274), (0, 274))


def test_one_file_enrolled_twice_is_two_exact_matches() -> None:
    twice = Index.of({"b": a_print(0), "a": a_print(0), "c": a_print(1)})
    assert names(find(a_picture(a_portrait(0), sha256=a_digest(0)), twice)) == ["a", "b"]


@pytest.mark.parametrize(("kind", "seed"), CLEAR)
def test_a_misused_photo_is_called_reused_and_nobody_else(kind: str, seed: int) -> None:
    assert reused(found_in_misuse(kind, seed)) == [a_name(seed)]


@pytest.mark.parametrize(("kind", "seed"), CLEAR)
def test_the_corners_of_a_misused_photo_are_found(kind: str, seed: int) -> None:
    misuse, match = a_misuse(kind, seed), found_in_misuse(kind, seed)[0]
    assert quad_iou(match.corners, misuse.corners) > 0.8


@pytest.mark.parametrize(("kind", "seed"), CLEAR)
def test_the_first_corner_is_the_photos_own_top_left(kind: str, seed: int) -> None:
    misuse, match = a_misuse(kind, seed), found_in_misuse(kind, seed)[0]
    diagonal = np.linalg.norm(misuse.corners[0] - misuse.corners[2])
    assert np.linalg.norm(match.corners - misuse.corners, axis=1).max() < 0.15 * diagonal


@pytest.mark.parametrize(("kind", "seed"), CLEAR)
def test_a_match_says_whether_the_photo_is_mirrored(kind: str, seed: int) -> None:
    assert found_in_misuse(kind, seed)[0].mirrored == a_misuse(kind, seed).mirrored


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("lay", [np.asarray, np.fliplr])
def test_a_photo_laid_any_of_eight_ways_is_found_as_a_whole(turns: int, lay: Callable[[RGB], RGB]) -> None:
    [match] = found_in(np.ascontiguousarray(np.rot90(lay(a_portrait(1)), turns)))
    assert (match.photo, match.mirrored, match.stage) == (a_name(1), lay is np.fliplr, Stage.HASH)


@pytest.mark.parametrize("kind", ["re-encoded", "cropped", "toned", "poster", "poster mirrored", "photographed near"])
def test_a_stranger_treated_the_same_way_is_not_called_reused(kind: str) -> None:
    misuse = make(kind, a_portrait(100), a_scene(), np.random.default_rng(7), [a_portrait(101)])
    assert reused(found_in(misuse.picture)) == []


@pytest.mark.parametrize("seed", range(20, 25))
def test_a_scene_without_people_is_not_called_reused(seed: int) -> None:
    assert reused(found_in(draw_scene(seed, (900, 650)))) == []


@pytest.mark.parametrize(("seed", "pose"), [(0, 1), (1, 2), (2, 1), (3, 2), (4, 1), (5, 2)])
def test_another_pose_of_the_same_person_is_never_called_reused(seed: int, pose: int) -> None:
    assert reused(found_in(a_portrait(seed, pose))) == []


def test_another_pose_on_a_poster_is_never_called_reused() -> None:
    misuse = make("poster", a_portrait(1, 1), a_scene(), np.random.default_rng(2))
    assert reused(found_in(misuse.picture)) == []


@pytest.mark.parametrize("shape", [(400, 300, 3), (1, 1, 3), (3000, 1, 3), (2, 4000, 3), (64, 3000, 3)])
def test_a_plain_picture_of_any_shape_reuses_nobody(shape: tuple[int, int, int]) -> None:
    assert found_in(np.full(shape, 128, np.uint8)) == ()


@pytest.mark.parametrize("shape", [(9, 9, 3), (3000, 1, 3), (2, 4000, 3), (64, 3000, 3), (500, 400, 3)])
def test_noise_of_any_shape_reuses_nobody(shape: tuple[int, int, int]) -> None:
    assert reused(found_in(np.random.default_rng(1).integers(0, 256, shape, np.uint8))) == []


def test_an_empty_index_finds_nothing() -> None:
    assert found_in(a_portrait(0), index=Index.of({})) == ()
    assert found_in(a_portrait(0), index=Index(())) == ()


def test_two_officers_in_one_picture_are_both_found() -> None:
    assert sorted(reused(found_in_two())) == [a_name(0), a_name(4)]


def test_each_of_two_officers_has_their_own_corners() -> None:
    where = {match.photo: match.corners for match in found_in_two()}
    assert quad_iou(where[a_name(0)], [(40, 120), (265, 120), (265, 395), (40, 395)]) > 0.9
    assert quad_iou(where[a_name(4)], [(645, 150), (420, 150), (420, 425), (645, 425)]) > 0.9


def test_only_the_mirrored_one_of_two_officers_is_called_mirrored() -> None:
    assert {match.photo: match.mirrored for match in found_in_two()} == {a_name(0): False, a_name(4): True}


def test_every_frame_is_looked_at_and_named() -> None:
    matches = found_in(a_scene(), a_portrait(2), a_portrait(5))
    assert {match.photo: match.frame for match in matches} == {a_name(2): 1, a_name(5): 2}


def test_a_photo_in_several_frames_is_told_of_once() -> None:
    dark = (a_portrait(2) * 0.7).astype(np.uint8)
    assert names(found_in(dark, a_portrait(2), a_scene())) == [a_name(2)]


def test_the_surest_match_comes_first() -> None:
    scores = [match.score for match in found_in_two()]
    assert scores == sorted(scores, reverse=True)


def test_corners_are_those_of_the_full_size_picture() -> None:
    frame = Frame(0, a_portrait(1), width=2250, height=2750)
    [match] = find(Picture("f" * 64, "JPEG", (frame,)), the_index())
    assert quad_iou(match.corners, [(0, 0), (2250, 0), (2250, 2750), (0, 2750)]) > 0.95


def test_a_huge_picture_is_searched_smaller_and_answered_in_its_own_pixels() -> None:
    huge = np.repeat(np.repeat(a_portrait(1), 10, axis=0), 10, axis=1)
    [match] = found_in(huge)
    assert quad_iou(match.corners, [(0, 0), (2250, 0), (2250, 2750), (0, 2750)]) > 0.95


@pytest.mark.parametrize("parts", [[[5, 4, 3, 2, 1, 0]], [[3], [0, 5], [1, 2, 4]], [[4, 2], [], [0, 1, 3, 5]]])
def test_matches_do_not_depend_on_how_photos_are_split_into_segments(parts: list[list[int]]) -> None:
    picture = a_misuse("poster", 2).picture
    ours, theirs = found_in_misuse("poster", 2), found_in(picture, index=an_index_in_parts(parts))
    assert [(it.photo, it.stage, it.mirrored) for it in theirs] == [(it.photo, it.stage, it.mirrored) for it in ours]
    assert [it.score for it in theirs] == pytest.approx([it.score for it in ours], abs=1e-4)


def test_the_same_picture_gives_the_same_matches_again() -> None:
    assert found_in(a_misuse("poster", 2).picture) == found_in_misuse("poster", 2)


@pytest.mark.parametrize("order", ["abcd", "dcba"])
def test_which_copy_of_one_photo_is_named_does_not_hang_on_the_order(order: str) -> None:
    copies = {name: Index.of({name: a_print(0)}).segments[0] for name in order}
    best = found_in(a_portrait(0), index=Index(tuple(copies[name] for name in order)))[0]
    assert best.photo == "a"


def test_comparisons_include_the_right_photo_and_its_rivals() -> None:
    compared = comparisons(a_picture(a_misuse("poster", 2).picture), the_index())
    best = max(compared, key=lambda it: it.score)
    assert the_index().photo(best.proposal.photo) == a_name(2)
    assert len(compared) > 1


def test_the_stopwatch_knows_the_time_of_each_step() -> None:
    watch = Stopwatch()
    find(a_picture(a_scene()), the_index(), stopwatch=watch)
    assert {"hash", "places", "features", "regions", "choosing", "comparing"} <= set(watch.milliseconds)
    assert all(spent >= 0 for spent in watch.milliseconds.values())


def test_everybody_who_is_enrolled_is_found_in_their_own_photo() -> None:
    assert [reused(found_in(a_portrait(seed))) for seed in ENROLLED] == [[a_name(seed)] for seed in ENROLLED]


@pytest.mark.parametrize(
    "quad", [SQUARE, ((0, 0), (100, 20), (90, 130), (10, 90)), ((100, 0), (100, 100), (0, 100), (0, 0))]
)
def test_what_a_camera_could_see_is_photo_like(quad: tuple[tuple[float, float], ...]) -> None:
    assert is_photo_like(a_quad(*quad))


@pytest.mark.parametrize(
    "quad",
    [
        ((0, 0), (0, 100), (100, 100), (100, 0)),  # turned over
        ((0, 0), (100, 100), (100, 0), (0, 100)),  # a bow tie
        ((0, 0), (100, 0), (30, 30), (0, 100)),  # dented
        ((0, 0), (1000, 0), (1000, 9), (0, 9)),  # a sliver
        ((0, 0), (7, 0), (7, 7), (0, 7)),  # tiny
        ((0, 0), (1e6, 0), (1e6, 1e6), (0, 1e6)),  # beyond all pictures
        ((0, 0), (float("nan"), 0), (100, 100), (0, 100)),
        ((5, 5), (5, 5), (5, 5), (5, 5)),
    ],
)
def test_what_no_camera_could_see_is_not_photo_like(quad: tuple[tuple[float, float], ...]) -> None:
    assert not is_photo_like(a_quad(*quad))


@pytest.mark.parametrize(("shift", "share"), [(0, 1.0), (50, 1 / 3), (100, 0.0), (300, 0.0)])
def test_overlap_is_the_shared_part_of_the_whole(shift: float, share: float) -> None:
    moved = a_quad(*((x + shift, y) for x, y in SQUARE))
    assert overlap(a_quad(*SQUARE), moved) == pytest.approx(share, abs=1e-3)


def test_overlap_does_not_depend_on_which_corner_comes_first() -> None:
    assert overlap(a_quad(*SQUARE), a_quad(*SQUARE)[[1, 0, 3, 2]]) == pytest.approx(1)


def test_a_point_overlaps_with_nothing() -> None:
    point = a_quad((5, 5), (5, 5), (5, 5), (5, 5))
    assert overlap(point, point) == 0
    assert overlap(point, a_quad(*SQUARE)) == 0
