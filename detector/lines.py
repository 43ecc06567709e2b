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

Boxes = NDArray[np.float64]
"""Boxes of N lines, shape (N, 4, 2)."""

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
    boxes = np.array([line.box for line in lines], np.float64).reshape(-1, 4, 2)
    followers = [_followers(boxes, index) for index in range(len(lines))]
    grown: list[tuple[int, ...]] = [(index,) for index in range(len(lines))]
    for _ in range(LONGEST_CHAIN - 1):
        grown = [(*chain, after) for chain in grown for after in followers[chain[-1]] if after not in chain]
        yield from grown


def _followers(boxes: Boxes, index: int) -> list[int]:
    """Name the nearest line below and the nearest beside, as far as there are any. boxes: (N, 4, 2)."""
    low, high, along = _in_frame_of(boxes, boxes[index])
    size, own = high - low, high[index] - low[index]
    alike = (along >= SAME_DIRECTION) & (np.minimum(size[:, 1], own[1]) >= LIKE_HEIGHT * np.maximum(size[:, 1], own[1]))
    alike[index] = False
    shared = np.minimum(high, high[index]) - np.maximum(low, low[index])  # (N, 2): width and height held in common
    enough = shared >= (SHARED_WIDTH, SHARED_HEIGHT) * np.minimum(size, own)
    mean_height = np.maximum((size[:, 1] + own[1]) / 2, 1e-9)
    below = _nearest((low[:, 1] - high[index, 1]) / mean_height, alike & enough[:, 0], GAP_BELOW)
    beside = _nearest((low[:, 0] - high[index, 0]) / mean_height, alike & enough[:, 1], GAP_BESIDE)
    return sorted(below | beside)


def _nearest(gaps: NDArray[np.float64], stands: NDArray[np.bool_], span: tuple[float, float]) -> set[int]:
    """Name the line with the smallest gap among those that stand right and have a gap in the span."""
    fit = stands & (gaps >= span[0]) & (gaps <= span[1])
    return {int(np.argmin(np.where(fit, gaps, np.inf)))} if fit.any() else set()


def _in_frame_of(boxes: Boxes, own: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Measure boxes (N, 4, 2) in the frame of one of them, own (4, 2).

    Returns the lowest and highest x and y of each, (N, 2), and the cosine of each one's direction to its own, (N,).
    """
    origin, along, down = _frame(own)
    places = (boxes - origin) @ np.stack([along, down], axis=1)
    directions = (boxes[:, 1] - boxes[:, 0]) + (boxes[:, 2] - boxes[:, 3])
    lengths = np.maximum(np.hypot(*directions.T), 1e-9)
    return places.min(axis=1), places.max(axis=1), directions @ along / lengths


def _frame(box: Box | NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give a box's top left corner and its unit vectors along the text and down from it."""
    top_left, top_right, bottom_right, bottom_left = np.asarray(box, np.float64)
    along = (top_right - top_left) + (bottom_right - bottom_left)
    along /= max(float(np.hypot(*along)), 1e-9)
    return top_left, along, np.array([-along[1], along[0]])
