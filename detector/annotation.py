"""The annotated picture: what was found, beside the photo it is said to reuse, with the reasons in words.

A person judges from it, so nothing is beautified: the straightened region is the picture's own pixels.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from detector.values import RGB, Frame, Match, OperatingPoint, Point, Verdict

WIDTH_PX = 1600
MARGIN_PX = 32
SCENE_PX = (1000, 1100)
"""The most that the scene takes, width and height; a narrow scene leaves its width to the column beside it."""

MOST_ENLARGEMENT = 3.0
PORTRAITS_PX = 520
"""The most height that the two portraits take."""

FINEST_PX = 1024
"""Longest side at which a region is straightened before it is reduced; more shows nothing more."""

Colour = tuple[int, int, int]
PAPER: Colour = (250, 250, 248)
INK: Colour = (28, 30, 36)
FAINT_INK: Colour = (104, 108, 118)
EDGE: Colour = (205, 206, 208)
WHITE: Colour = (255, 255, 255)
COLOURS: dict[Verdict, Colour] = {Verdict.REUSED: (200, 24, 40), Verdict.UNSURE: (176, 98, 0)}
DIMMED = 0.78
"""What is left of the light outside the region found."""

CAPITALS = 0.86
"""How far below a line's top its letters stand, as a share of the size: capitals are then in its middle."""

FOOTNOTE = "Compared as copies of one photograph; no face is recognised. Whether it is misuse, a person decides."
PLAIN = {"\u00a3": "GBP ", "\u20ac": "EUR ", "\u00d7": "x", "\u00df": "ss", "\u00f8": "o", "\u00d8": "O"}
PLAIN |= dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
DRAWABLE = frozenset("\u2018\u2019\u201c\u201d\u2026\u00b7\u00b0\u00b1") | {chr(code) for code in range(32, 127)}
"""What Pillow's bundled font has: neither dashes, nor the pound sign, nor accents."""

Quad = NDArray[np.float64]
"""Four corners, (4, 2), x and y in pixels."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A line of the text column. size: pixels of type; above: pixels left free over it."""

    text: str
    size: int
    colour: Colour
    above: int


def annotate(
    frame: Frame,
    match: Match,
    photo: RGB,
    *,
    others: Sequence[Match] = (),
    at: OperatingPoint = OperatingPoint.REPORT,
) -> RGB:
    """Draw one match: the scene with the region found, the published photo, the region straightened, and why.

    frame: the one the match was found in. photo: the published photo, (h, w, 3) uint8. others: further matches in the
    same frame, outlined thinly. at: whose verdict is drawn. Returns (H, 1600, 3) uint8.
    """
    verdict = match.verdicts[at]
    scene = _scene(frame, match, others, COLOURS[verdict])
    left = MARGIN_PX * 2 + scene.shape[1]
    column = _column(frame, match, photo, verdict, WIDTH_PX - MARGIN_PX - left)
    height = max(scene.shape[0], column.shape[0]) + 2 * MARGIN_PX
    page = np.full((height, WIDTH_PX, 3), PAPER, np.uint8)
    _put(page, scene, (MARGIN_PX, MARGIN_PX))
    _put(page, column, (left, MARGIN_PX))
    return page


def straightened(frame: Frame, match: Match, size: tuple[int, int]) -> RGB:
    """Return the region of a match as the photo shows it, upright and un-mirrored, (height, width, 3).

    size: width and height wanted, pixels. What lies outside the picture is left blank.
    """
    width, height = size
    factor = max(1.0, min(FINEST_PX / max(size), _side(_in_frame(frame, match.corners)) / max(size)))
    fine = (round(width * factor), round(height * factor))
    upright = np.array([(0, 0), (fine[0], 0), fine, (0, fine[1])], np.float32)
    matrix = cv2.getPerspectiveTransform(_in_frame(frame, match.corners).astype(np.float32), upright)
    cut = cv2.warpPerspective(
        frame.pixels, matrix, fine, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=EDGE
    )
    return _resized(np.asarray(cut, np.uint8), size)


def _scene(frame: Frame, match: Match, others: Sequence[Match], colour: Colour) -> RGB:
    """Draw the scene at its size on the page, dimmed outside the region found."""
    rows, columns = frame.pixels.shape[:2]
    factor = min(SCENE_PX[0] / columns, SCENE_PX[1] / rows, MOST_ENLARGEMENT)
    size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
    quad = _in_frame(frame, match.corners) * factor
    light = np.full((size[1], size[0], 1), DIMMED, np.float32)
    cv2.fillPoly(light, [np.round(_kept_near(quad)).astype(np.int32)], 1.0)
    picture = np.asarray(_resized(frame.pixels, size) * light, np.uint8)
    for other in others:
        _outline(picture, _in_frame(frame, other.corners) * factor, WHITE, 1)
    _outline(picture, quad, colour, 4)
    return picture


def _outline(picture: RGB, quad: Quad, colour: Colour, thickness: int) -> None:
    """Draw a quadrilateral with a border of the other lightness, so that it shows on any background."""
    points = np.round(_kept_near(quad) * 8).astype(np.int32)
    border = INK if colour == WHITE else WHITE
    for ink, wide in ((border, thickness + 3), (colour, thickness)):
        cv2.polylines(picture, [points], isClosed=True, color=ink, thickness=wide, lineType=cv2.LINE_AA, shift=3)


def _column(frame: Frame, match: Match, photo: RGB, verdict: Verdict, width: int) -> RGB:
    """Draw the two portraits side by side and the words below, (H, width, 3)."""
    gap = MARGIN_PX // 2
    size = _fitted(photo.shape[1], photo.shape[0], (width - gap) // 2, PORTRAITS_PX)
    portraits = (_resized(photo, size), straightened(frame, match, size))
    blocks = [*_blocks(match, verdict, width)]
    top = 34
    page = Image.new("RGB", (width, top + size[1] + sum(block.above + block.size for block in blocks) + 8), PAPER)
    pen = ImageDraw.Draw(page)
    for portrait, label, left in zip(
        portraits, ("Published photo", "Found here, straightened"), (0, size[0] + gap), strict=True
    ):
        pen.text((left, 0), label, font=_font(_fitting_size(label, size[0])), fill=FAINT_INK)
        page.paste(Image.fromarray(portrait), (left, top))
        pen.rectangle((left, top, left + size[0] - 1, top + size[1] - 1), outline=EDGE)
    _write(pen, blocks, top + size[1], COLOURS[verdict])
    return np.array(page)


def _write(pen: ImageDraw.ImageDraw, blocks: Sequence[_Block], y: int, colour: Colour) -> None:
    """Write the blocks from y down; the first is the verdict, on a plate of its colour."""
    for number, block in enumerate(blocks):
        y += block.above
        font, indent = _font(block.size), 0
        if number == 0:
            indent = 14
            plate = (0, y - 8, round(font.getlength(block.text)) + 2 * indent, y + block.size + 8)
            pen.rounded_rectangle(plate, 6, fill=colour)
        pen.text((indent, y + round(block.size * CAPITALS)), block.text, block.colour, font, "ls")
        y += block.size


def _blocks(match: Match, verdict: Verdict, width: int) -> Iterator[_Block]:
    """Yield the words: verdict, photo, how it was found, the reasons, and what this is."""
    yield _Block(verdict.value.upper(), 26, WHITE, 36)
    yield from _wrapped(f"Photo {match.photo}", 30, INK, width, above=32)
    yield from _wrapped(_facts(match), 19, FAINT_INK, width, above=14)
    for sentence in match.reasons.sentences:
        yield from _wrapped(sentence, 21, INK, width, above=18)
    yield from _wrapped(FOOTNOTE, 15, FAINT_INK, width, above=30)


def _facts(match: Match) -> str:
    """Say in one line how surely, by which stage and how it lies in the picture."""
    facts = [f"Score {match.score:.3f}", f"found by {match.stage.value}"]
    facts += ["mirrored"] if match.mirrored else []
    facts += [f"frame or page {match.frame + 1}"] if match.frame else []
    return " \u00b7 ".join(facts)


def _wrapped(text: str, size: int, colour: Colour, width: int, above: int) -> Iterator[_Block]:
    """Break a text into lines no wider than `width` pixels; a word that is longer is broken too."""
    font, line = _font(size), ""
    for word in _drawable(text).split():
        rest = word
        while rest:
            candidate = f"{line} {rest}".strip()
            if font.getlength(candidate) <= width:
                line, rest = candidate, ""
            elif line:
                yield _Block(line, size, colour, above)
                line, above = "", size * 2 // 5
            else:
                line, rest = _cut(rest, font, width)
    yield _Block(line, size, colour, above)


def _cut(word: str, font: ImageFont.FreeTypeFont, width: int) -> tuple[str, str]:
    """Cut a word that is wider than a line after as many characters as fit, at least one."""
    end = next((end for end in range(2, len(word)) if font.getlength(word[:end]) > width), len(word)) - 1
    return word[:end], word[end:]


def _drawable(text: str) -> str:
    """Put what the font has for what it has not; what has no likeness is shown by its number, so that ids stay ids."""
    return "".join(_likeness(character) for character in text)


def _likeness(character: str) -> str:
    if character in DRAWABLE:
        return character
    if character.isspace():
        return " "
    plain = PLAIN.get(character) or "".join(c for c in unicodedata.normalize("NFKD", character) if c in DRAWABLE)
    return plain or f"\\u{ord(character):04x}"


def _fitting_size(label: str, width: int) -> int:
    """Choose the largest size, 11 to 20 px, at which a label is no wider than its portrait."""
    return next((size for size in range(20, 11, -1) if _font(size).getlength(label) <= width), 11)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return cast("ImageFont.FreeTypeFont", ImageFont.load_default(size))  # wheels of Pillow bring FreeType


def _in_frame(frame: Frame, corners: Sequence[Point]) -> Quad:
    """Bring corners in the full-size picture to the pixels of the frame, which may have been reduced."""
    rows, columns = frame.pixels.shape[:2]
    return np.asarray(np.array(corners) * (columns / frame.width, rows / frame.height), np.float64)


def _kept_near(quad: Quad) -> Quad:
    """Keep far-away corners within what OpenCV's drawing can count."""
    return np.clip(quad, -20_000, 20_000)


def _side(quad: Quad) -> float:
    """Measure a quadrilateral's longest side."""
    return float(np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1).max())


def _fitted(width: int, height: int, most_wide: int, most_high: int) -> tuple[int, int]:
    """Scale a size to fit into another one, keeping its proportions."""
    factor = min(most_wide / width, most_high / height)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _resized(pixels: RGB, size: tuple[int, int]) -> RGB:
    way = cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), size, interpolation=way), np.uint8)


def _put(page: RGB, part: RGB, at: tuple[int, int]) -> None:
    """Copy a part into the page with its top left corner at x, y."""
    x, y = at
    page[y : y + part.shape[0], x : x + part.shape[1]] = part
