import numpy as np
import pytest

from benchmarks.measures import corner_error, interval, quad_iou, recall_over, reliability, threshold_over

SQUARE = [[0, 0], [100, 0], [100, 100], [0, 100]]


def moved(across: float) -> list[list[float]]:
    return [[x + across, y] for x, y in SQUARE]


def test_an_interval_is_that_of_clopper_and_pearson() -> None:
    found = interval(4, 20)
    assert (found.low, found.high) == pytest.approx((0.0573, 0.4366), abs=1e-4)


def test_nothing_in_three_thousand_means_at_most_ten_in_ten_thousand() -> None:
    share, low, high = interval(0, 3_000).per_10_000()
    assert (share, low) == (0, 0)
    assert high == pytest.approx(9.98, abs=0.01)


def test_everything_found_leaves_only_a_lower_end() -> None:
    found = interval(190, 190)
    assert found.high == 1
    assert found.low == pytest.approx(0.05 ** (1 / 190), abs=1e-6)


def test_of_no_pictures_anything_may_be_true() -> None:
    found = interval(0, 0)
    assert (found.low, found.high, found.share) == (0, 1, 0)


@pytest.mark.parametrize("count", [1, 12, 150, 299])
def test_an_interval_holds_what_was_counted(count: int) -> None:
    found = interval(count, 300)
    assert found.low < found.share < found.high


def test_recall_at_zero_false_alarms_counts_only_what_beats_every_wrong_answer() -> None:
    line = threshold_over([0.1, 0.4, 0.2])
    assert recall_over([0.4, 0.41, 0.9, 0.0], line).share == 0.5


def test_without_wrong_answers_any_score_counts() -> None:
    assert recall_over([0.01, 0.0], threshold_over([])).share == 0.5


def test_the_same_outline_overlaps_wholly() -> None:
    assert quad_iou(SQUARE, SQUARE) == 1


def test_a_mirrored_outline_overlaps_wholly_too() -> None:
    assert quad_iou(SQUARE, SQUARE[::-1]) == pytest.approx(1, abs=0.005)


@pytest.mark.parametrize(("across", "overlap"), [(50, 1 / 3), (25, 0.6), (-50, 1 / 3), (150, 0)])
def test_a_shifted_outline_overlaps_in_part(across: float, overlap: float) -> None:
    assert quad_iou(SQUARE, moved(across)) == pytest.approx(overlap, abs=0.006)


def test_corners_that_are_no_numbers_overlap_nothing() -> None:
    assert quad_iou(SQUARE, np.full((4, 2), np.nan)) == 0


def test_an_outline_that_is_a_point_overlaps_nothing() -> None:
    assert quad_iou(SQUARE, [[50, 50]] * 4) < 0.01


def test_corner_error_notices_that_the_wrong_corner_comes_first() -> None:
    assert corner_error(SQUARE, SQUARE) == 0
    assert corner_error([*SQUARE[1:], SQUARE[0]], SQUARE) == pytest.approx(1 / np.sqrt(2))


def test_scores_are_compared_with_what_came_of_them_bin_by_bin() -> None:
    low, high = reliability([0.1, 0.2, 0.9, 1.0], [False, False, True, True], [0, 0.5, 0.7, 1])
    assert [low.expected, high.expected] == pytest.approx([0.15, 0.95])
    assert [low.observed.share, high.observed.count] == [0, 2]
