"""From a picture to lines of text: which sizes to look at, which way up, which reading to keep."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence

import cv2
import numpy as np

from detector.lines import Box, Line, box_of, resized
from detector.ocr import Ocr, Quad
from detector.values import RGB, Frame

SHORT_SIDE_PX = 736  # of one look; reads letters from 6 px high there, while very large ones fall apart (at 2,000 px)
LONGEST_LOOK = 2.0  # long side to short side; longer pictures are looked at in overlapping pieces
PIECES_OVERLAP = 0.15  # of a piece's long side
LARGEST_ENLARGEMENT = 4.0  # beyond that a thumbnail holds no letters
SURROUNDINGS = 3.0  # a poster is up to three times as wide and high as the portrait on it
CLOSER_GAIN = 1.5  # a second look around a portrait must enlarge at least this much more than the first
STRIP_PX = 48  # the height that the reading network works at
TALL = 1.5  # height to width from which a strip is taken for text on its side
SURE = 0.9  # a reading as confident as this needs no second try
WORTH_KEEPING = 0.5  # rapidocr's default; below it portraits begin to speak
SAME_PLACE = 0.5  # share of a box that lies in another
HOLDS_LETTERS = re.compile("[A-Za-z0-9]")  # a face in a frame is often read as one Chinese character
MOST_PIECES = 8  # a picture 14 times as long as wide is a rule or a border, not a page
MOST_REGIONS = 150  # a look, tallest first; a page of small print costs some 2 s

Window = tuple[int, int, int, int]
"""Left, top, right and bottom of a part of a picture, in pixels."""


class Reader:
    """Reads the text in pictures. Loads its networks at the first read, then keeps them (some 350 MB)."""

    def __init__(self) -> None:
        self._loaded: Ocr | None = None

    def read(self, pixels: RGB, near: Sequence[Box] = ()) -> tuple[Line, ...]:
        """Read all lines of text, whichever way up each is.

        pixels: (height, width, 3) uint8. near: corners of portraits found in it; around small ones it looks closer.
        Lines come with boxes in its pixels, from the top of the picture down.
        Raises OcrUnavailableError when rapidocr or its models are not installed.
        """
        lines: list[Line] = []
        for left, top, right, bottom in _windows(pixels, near):
            known = [line.moved(-left, -top) for line in lines]
            look = self._look_well(pixels[top:bottom, left:right], known)
            lines = _best(lines + [line.moved(left, top) for line in look])
        return tuple(sorted(lines, key=lambda line: min((y, x) for x, y in line.box)))

    def read_frame(self, frame: Frame, near: Sequence[Box] = ()) -> tuple[Line, ...]:
        """Read a frame of a picture; boxes, also those of `near`, are in pixels of the upright full-size picture."""
        height, width = frame.pixels.shape[:2]
        across, down = frame.width / width, frame.height / height
        lines = self.read(frame.pixels, [resized(box, 1 / across, 1 / down) for box in near])
        return tuple(Line(line.text, line.confidence, resized(line.box, across, down)) for line in lines)

    def _look_well(self, pixels: RGB, known: list[Line]) -> list[Line]:
        """Look, and look again with the picture turned a quarter when the text turns out to lie on its side."""
        look = self._look(pixels, known)
        if _lies_on_its_side(look):
            look += [_turned_back(line, width=pixels.shape[1]) for line in self._look(np.rot90(pixels), [])]
        return look

    def _look(self, pixels: RGB, known: list[Line]) -> list[Line]:
        """Look once and read what is not known well already."""
        scale = _scale(*pixels.shape[:2])
        sure = [line for line in known if line.confidence >= SURE]
        regions = self._ocr.regions(_resized(pixels, scale)) / np.float32(scale)
        regions = regions[np.argsort([-min(_sides(quad)) for quad in regions], kind="stable")[:MOST_REGIONS]]
        new = (quad for quad in regions if not any(_covered(quad, line) >= SAME_PLACE for line in sure))
        return [line for quad in new if (line := self._line(pixels, quad)).confidence >= WORTH_KEEPING and line.text]

    def _line(self, pixels: RGB, quad: Quad) -> Line:
        """Read one region the way up that reads best; its box starts at the text's own top left."""
        width, height = _sides(quad)
        upright, turned = (1, 3) if height >= TALL * width else (0, 2)
        if self._ocr.is_upside_down(_strip(pixels, np.roll(quad, -upright, axis=0))):
            upright, turned = turned, upright
        best = self._attempt(pixels, np.roll(quad, -upright, axis=0))
        if best.confidence >= SURE:
            return best
        return max(best, self._attempt(pixels, np.roll(quad, -turned, axis=0)), key=lambda line: line.confidence)

    def _attempt(self, pixels: RGB, quad: Quad) -> Line:
        reading = self._ocr.text(_strip(pixels, quad))
        text = reading.text.strip()
        return Line(text if HOLDS_LETTERS.search(text) else "", reading.confidence, box_of(quad))

    @property
    def _ocr(self) -> Ocr:
        if self._loaded is None:
            self._loaded = Ocr()
        return self._loaded


def _scale(height: int, width: int) -> float:
    """Choose the size to look at, as a factor: enlarging small pictures, reducing large ones."""
    return min(SHORT_SIDE_PX / min(height, width), LARGEST_ENLARGEMENT)


def _windows(pixels: RGB, near: Sequence[Box]) -> Iterator[Window]:
    """Yield what to look at: the whole picture, in pieces if it is long, then the surroundings of small portraits."""
    height, width = pixels.shape[:2]
    yield from _pieces(height, width)
    for box in near:
        low, high = np.min(box, axis=0), np.max(box, axis=0)
        middle, reach = (low + high) / 2, (high - low) * SURROUNDINGS / 2
        left, top = (int(value) for value in np.clip(middle - reach, 0, (width - 1, height - 1)))
        right, bottom = (int(value) for value in np.clip(middle + reach, (left + 1, top + 1), (width, height)))
        if _scale(bottom - top, right - left) >= CLOSER_GAIN * _scale(height, width):
            yield left, top, right, bottom


def _pieces(height: int, width: int) -> Iterator[Window]:
    """Cut a picture along its long side into overlapping pieces, none longer than LONGEST_LOOK; often it is one."""
    short, long = sorted((height, width))
    piece = min(long, round(short * LONGEST_LOOK))
    count = 1 if piece == long else math.ceil((long - piece) / (piece * (1 - PIECES_OVERLAP))) + 1
    for start in np.linspace(0, long - piece, min(count, MOST_PIECES)).astype(int).tolist():
        yield (start, 0, start + piece, height) if width > height else (0, start, width, start + piece)


def _resized(pixels: RGB, scale: float) -> RGB:
    height, width = (max(32, round(side * scale)) for side in pixels.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), (width, height), interpolation=way), np.uint8)


def _strip(pixels: RGB, quad: Quad) -> RGB:
    """Cut out and straighten what lies in the quad, (STRIP_PX, width, 3), the quad's first corner at the top left."""
    width, height = (max(2, round(side)) for side in _sides(quad))
    frame = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(np.ascontiguousarray(quad), frame)
    cut = cv2.warpPerspective(
        np.ascontiguousarray(pixels), matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return _resized(np.asarray(cut, np.uint8), STRIP_PX / height)


def _sides(quad: Quad) -> tuple[float, float]:
    """Measure a quad's width (along its first side) and height, in pixels."""
    edges = np.hypot(*(np.roll(quad, -1, axis=0) - quad).T)
    return float(max(edges[0], edges[2])), float(max(edges[1], edges[3]))


def _lies_on_its_side(lines: Iterable[Line]) -> bool:
    """Tell whether most letters stand in lines that run up or down the picture."""
    sideways = upright = 0
    for line in lines:
        (left, top), (right, bottom) = line.box[0], line.box[1]
        if abs(bottom - top) > abs(right - left):
            sideways += len(line.text)
        else:
            upright += len(line.text)
    return sideways > upright


def _turned_back(line: Line, width: int) -> Line:
    """Undo np.rot90 for a line that was read in the turned picture; width: of the upright one."""
    corners = np.array([(width - y, x) for x, y in line.box])
    return Line(line.text, line.confidence, box_of(corners))


def _best(lines: list[Line]) -> list[Line]:
    """Keep one reading for each place: the one with most letters, as far as they are believed."""
    kept: list[Line] = []
    for line in sorted(lines, key=lambda line: -len(line.text) * line.confidence**2):
        if not any(_overlap(line, other) >= SAME_PLACE for other in kept):
            kept.append(line)
    return kept


def _covered(quad: Quad, line: Line) -> float:
    """Measure which share of a region lies in a line's box, 0..1."""
    return _shared(quad, np.asarray(line.box, np.float32)) / max(cv2.contourArea(quad), 1e-6)


def _overlap(one: Line, other: Line) -> float:
    """Measure which share of the smaller line's box lies in the larger one's, 0..1."""
    first, second = (np.asarray(line.box, np.float32) for line in (one, other))
    return _shared(first, second) / max(min(cv2.contourArea(first), cv2.contourArea(second)), 1e-6)


def _shared(one: Quad, other: Quad) -> float:
    """Measure the area that two boxes share, in square pixels; upright rectangles would make slanted lines meet."""
    area, _ = cv2.intersectConvexConvex(np.ascontiguousarray(one), np.ascontiguousarray(other))
    return float(area)
