"""Lines of text as they stand in a picture, and which line goes on in which.

Everything is measured in a line's own frame: along its reading direction and down from it, in units of its height.
So posters that hang upside down or on their side need no rule of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.values import Point

Box = tuple[Point, Point, Point, Point]
"""The text's own top left, top right, bottom right and bottom left, in pixels."""

LONGEST_CHAIN = 4  # lines; a term such as "we know where you live" is seldom set on more
SAME_DIRECTION = 0.94  # cosine; some 20 degrees
LIKE_HEIGHT = 0.4  # the lower line's height to the higher one's
GAP_BELOW = (-0.5, 1.3)  # heights between two lines of a paragraph; a negative gap is a loose box
GAP_BESIDE = (-0.5, 2.0)  # heights between two words on a row
SHARED_WIDTH = 0.3  # of the narrower line, for one to stand below the other
SHARED_HEIGHT = 0.5  # of the lower line, for one to stand beside the other


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text as read: confidence 0..1, box in pixels of the picture that was read."""

    text: str
    confidence: float
    box: Box

    def moved(self, right: float, down: float) -> "Line":
        """Give the same line moved by so many pixels."""
        first, second, third, fourth = ((x + right, y + down) for x, y in self.box)
        return Line(self.text, self.confidence, (first, second, third, fourth))


def resized(box: Box, across: float, down: float) -> Box:
    """Give a box in the same picture made `across` times as wide and `down` times as high."""
    first, second, third, fourth = ((x * across, y * down) for x, y in box)
    return (first, second, third, fourth)


def box_of(corners: NDArray[np.floating]) -> Box:
    """Make plain tuples of corners, shape (4, 2)."""
    first, second, third, fourth = ((float(x), float(y)) for x, y in corners)
    return (first, second, third, fourth)


def part_of(line: Line, start: int, end: int) -> Box:
    """Give the box of the characters start..end of a line, as if all were of one width."""
    top_left, top_right, bottom_right, bottom_left = np.asarray(line.box, np.float64)
    begin, finish = start / max(len(line.text), 1), end / max(len(line.text), 1)
    top, bottom = top_right - top_left, bottom_right - bottom_left
    return box_of(
        np.array(
            [
                top_left + begin * top,
                top_left + finish * top,
                bottom_left + finish * bottom,
                bottom_left + begin * bottom,
            ],
        ),
    )


def around(boxes: Sequence[Box]) -> Box:
    """Give the smallest box around all boxes (at least one) that is turned as the first is."""
    if len(boxes) == 1:
        return boxes[0]
    origin, along, down = _frame(boxes[0])
    points = np.asarray(boxes, np.float64).reshape(-1, 2) - origin
    left, right = (points @ along).min(), (points @ along).max()
    top, bottom = (points @ down).min(), (points @ down).max()
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return box_of(np.array([origin + x * along + y * down for x, y in corners]))


def chains(lines: Sequence[Line]) -> Iterator[tuple[int, ...]]:
    """Yield the ways in which a reader may go on from each line: index tuples of 2 to LONGEST_CHAIN lines."""
    followers = [_followers(lines, index) for index in range(len(lines))]
    grown: list[tuple[int, ...]] = [(index,) for index in range(len(lines))]
    for _ in range(LONGEST_CHAIN - 1):
        grown = [(*chain, after) for chain in grown for after in followers[chain[-1]] if after not in chain]
        yield from grown


def _followers(lines: Sequence[Line], index: int) -> list[int]:
    """Name the nearest line below and the nearest beside, as far as there are any."""
    below: list[tuple[float, int]] = []
    beside: list[tuple[float, int]] = []
    for other, line in enumerate(lines):
        if other == index or not _alike(lines[index].box, line.box):
            continue
        gap_below, gap_beside = _gaps(lines[index].box, line.box)
        below += [(gap_below, other)] if gap_below is not None else []
        beside += [(gap_beside, other)] if gap_beside is not None else []
    return sorted({min(near)[1] for near in (below, beside) if near})


def _alike(one: Box, other: Box) -> bool:
    """Tell whether two lines run in one direction and are of a like height."""
    (_, along, _), (_, other_along, _) = _frame(one), _frame(other)
    low, high = sorted((_height(one), _height(other)))
    return float(along @ other_along) >= SAME_DIRECTION and low >= LIKE_HEIGHT * high


def _gaps(one: Box, other: Box) -> tuple[float | None, float | None]:
    """Measure how far `other` stands below and beside `one`, in mean heights; None where it does not."""
    left, top, right, bottom = _extent(one, one)
    other_left, other_top, other_right, other_bottom = _extent(other, one)
    height = (bottom - top + other_bottom - other_top) / 2
    width_shared = min(right, other_right) - max(left, other_left)
    height_shared = min(bottom, other_bottom) - max(top, other_top)
    below, beside = (other_top - bottom) / height, (other_left - right) / height
    stands_below = width_shared >= SHARED_WIDTH * min(right - left, other_right - other_left)
    stands_beside = height_shared >= SHARED_HEIGHT * min(bottom - top, other_bottom - other_top)
    return (
        below if stands_below and GAP_BELOW[0] <= below <= GAP_BELOW[1] else None,
        beside if stands_beside and GAP_BESIDE[0] <= beside <= GAP_BESIDE[1] else None,
    )


def _extent(box: Box, frame: Box) -> tuple[float, float, float, float]:
    """Measure a box in another's frame: left, top, right, bottom."""
    origin, along, down = _frame(frame)
    points = np.asarray(box, np.float64) - origin
    x, y = points @ along, points @ down
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _frame(box: Box) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give a box's top left corner and its unit vectors along the text and down from it."""
    top_left, top_right, bottom_right, bottom_left = np.asarray(box, np.float64)
    along = (top_right - top_left) + (bottom_right - bottom_left)
    along /= max(float(np.hypot(*along)), 1e-9)
    return top_left, along, np.array([-along[1], along[0]])


def _height(box: Box) -> float:
    _, top, _, bottom = _extent(box, box)
    return bottom - top
