import math

import numpy as np
import pytest

from detector.lines import Line, around, box_of, chains, part_of, resized


def a_line(left: float, top: float, width: float = 100, height: float = 20, *, degrees: float = 0) -> Line:
    """A line of ten letters, then turned about the picture's origin."""
    corners = np.array([(left, top), (left + width, top), (left + width, top + height), (left, top + height)])
    turn = math.radians(degrees)
    rotation = np.array([(math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))])
    return Line("abcdefghij", 1.0, box_of(corners @ rotation))


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, 270])
def test_the_line_below_goes_on_in_whichever_way_the_text_is_turned(degrees: float) -> None:
    assert list(chains([a_line(0, 25, degrees=degrees), a_line(0, 0, degrees=degrees)])) == [(1, 0)]


@pytest.mark.parametrize("degrees", [0, 30, 90, 180, 270])
def test_the_line_beside_goes_on_in_whichever_way_the_text_is_turned(degrees: float) -> None:
    assert list(chains([a_line(110, 3, degrees=degrees), a_line(0, 0, degrees=degrees)])) == [(1, 0)]


@pytest.mark.parametrize(
    "other",
    [a_line(0, 60), a_line(0, 25, height=60), a_line(300, 0), a_line(95, 25), a_line(20, -20, degrees=90)],
    ids=["too far below", "too high", "too far beside", "hardly below", "turned"],
)
def test_a_line_that_stands_elsewhere_does_not_go_on(other: Line) -> None:
    assert list(chains([a_line(0, 0), other])) == []


def test_a_large_word_goes_on_in_a_smaller_one() -> None:
    assert list(chains([a_line(0, 0, height=40), a_line(0, 50, height=20)])) == [(0, 1)]


def test_of_two_lines_below_the_nearer_goes_on() -> None:
    assert (0, 1) in list(chains([a_line(0, 0, height=30), a_line(0, 32, height=12), a_line(0, 46, height=12)]))
    assert (0, 2) not in list(chains([a_line(0, 0, height=30), a_line(0, 32, height=12), a_line(0, 46, height=12)]))


def test_chains_have_up_to_four_lines() -> None:
    found = list(chains([a_line(0, 25 * row) for row in range(6)]))
    assert max(map(len, found)) == 4
    assert (1, 2, 3, 4) in found


def test_a_line_without_extent_is_no_trouble() -> None:
    assert list(chains([a_line(5, 5, 0, 0), a_line(5, 5, 0, 0)])) == []


def test_a_part_lies_where_its_letters_stand() -> None:
    assert part_of(a_line(0, 0), 3, 5) == ((30, 0), (50, 0), (50, 20), (30, 20))


def test_a_part_of_an_upside_down_line_starts_at_the_text_own_left() -> None:
    assert np.allclose(part_of(a_line(0, 0, degrees=180), 0, 1), [(0, 0), (-10, 0), (-10, -20), (0, -20)])


def test_the_box_around_two_lines_is_turned_as_they_are() -> None:
    lines = [a_line(0, 0, degrees=30), a_line(20, 25, degrees=30)]
    assert np.allclose(around([line.box for line in lines]), a_line(0, 0, 120, 45, degrees=30).box)


def test_a_moved_line_keeps_its_text() -> None:
    assert a_line(0, 0).moved(5, 7) == a_line(5, 7)


def test_a_box_is_resized_in_both_directions() -> None:
    assert resized(a_line(10, 10).box, 2, 3) == ((20, 30), (220, 30), (220, 90), (20, 90))
