"""Words on posters, memes and pages: abusive in tone, about nobody, set in the fonts that come with matplotlib."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks.layers import Colour, Field, Layer, chance, pasted
from detector.values import RGB

FONTS = (
    "DejaVuSans-Bold", "DejaVuSans-Bold", "DejaVuSans-BoldOblique", "DejaVuSans", "DejaVuSerif-Bold",
    "DejaVuSerif-Bold", "DejaVuSerif", "DejaVuSansMono-Bold", "DejaVuSansMono", "DejaVuSerif-BoldItalic",
    "STIXGeneralBol", "STIXGeneral",
)  # fmt: skip
HEADLINES = (
    "WANTED", "WANTED", "WANTED", "MOST WANTED", "DEAD OR ALIVE", "REWARD", "KNOW YOUR ENEMY", "SHAME", "LIAR",
    "TRAITOR", "SNITCH", "HAVE YOU SEEN THIS COP?", "NOT WELCOME HERE", "NAME AND SHAME", "GUILTY", "BEWARE",
    "PUBLIC ENEMY No. 1", "DANGER", "RAT", "CROOKED COP", "WATCH OUT", "ENEMY OF THE PEOPLE", "FIND HIM",
    "FIND HER", "THIS ONE LIES", "GET OUT OF OUR TOWN",
)  # fmt: skip
SUBLINES = (
    "DEAD OR ALIVE", "REWARD £5,000", "REWARD $10,000", "CASH REWARD", "LAST SEEN ON MARSH STREET",
    "WE KNOW WHERE YOU LIVE", "CALL 555-0199", "for crimes against Elm Road", "do not approach",
    "share this everywhere", "your days are numbered", "lives near the old mill", "no justice no peace", "PC 0000",
    "make them famous", "any information pays", "he is watching your kids", "sack them all", "spotted? post it",
    "500 REWARD", "badge number 00-000", "coming for you", "everyone should know this face",
)  # fmt: skip
INSULTS = (
    "LIAR", "SCUM", "RAT", "PIG", "FAKE", "SHAME", "SNITCH", "LOSER", "CLOWN", "CORRUPT", "GUILTY", "TRAITOR",
    "WANTED", "HA HA", "BYE",
)  # fmt: skip
FILLER = (
    "council", "street", "meeting", "police", "neighbours", "again", "seen",
    "near", "park", "night", "said", "they", "never", "will", "the", "of", "and", "to", "a", "in", "on", "was",
    "by", "with", "station", "every", "week", "notice", "please", "share", "call", "school", "market", "road",
    "car", "stopped", "asked", "why", "no", "answer", "badge", "officer", "local", "news", "today",
)  # fmt: skip


class Place(Protocol):
    """Anything that has a middle, in pixels, and dice."""

    @property
    def x(self) -> float:
        """Pixels from the left."""

    @property
    def y(self) -> float:
        """Pixels from the top."""

    @property
    def rng(self) -> np.random.Generator:
        """The dice."""


@lru_cache(maxsize=256)
def font(name: str, size_px: int) -> ImageFont.FreeTypeFont:
    """Return one of matplotlib's fonts at a size in pixels."""
    return ImageFont.truetype(Path(mpl.get_data_path(), "fonts", "ttf", f"{name}.ttf"), size_px)


def a_font(rng: np.random.Generator) -> str:
    """Pick a font's name."""
    return FONTS[rng.integers(len(FONTS))]


def fitted(text: str, name: str, width: int, largest: int) -> ImageFont.FreeTypeFont:
    """Return the font at the size, at most `largest` pixels, at which the text is at most `width` pixels wide."""
    trial = font(name, 40).getlength(text) / 40
    return font(name, int(np.clip(width / max(trial, 0.1), 7, max(largest, 7))))


def words_picture(text: str, width: int, rng: np.random.Generator, heights: tuple[int, int]) -> Field:
    """Return the coverage, (h, w) 0..1, of a text set at most `width` pixels wide and of a height in this range."""
    face = fitted(text, a_font(rng), width, heights[1])
    left, top, right, bottom = face.getbbox(text)
    canvas = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    ImageDraw.Draw(canvas).text((4 - left, 4 - top), text, fill=255, font=face)
    return np.asarray(canvas, np.float32) / np.float32(255)


def draw_text(picture: RGB, coverage: Field, place: Place) -> None:
    """Write a text, coverage (h, w), over a picture, (H, W, 3), in place, slanted, in red, black or white."""
    rng = place.rng
    colours: tuple[Colour, ...] = ((200, 0, 0), (0, 0, 0), (255, 255, 255), (255, 230, 0))
    image = Image.fromarray((coverage * 255).astype(np.uint8)).rotate(rng.normal(0, 18), expand=True)
    mask = np.asarray(image, np.float32) / np.float32(255)
    ink = np.full((*mask.shape, 3), colours[rng.integers(4)], np.uint8)
    at = round(place.x - mask.shape[1] / 2), round(place.y - mask.shape[0] * rng.uniform(-0.5, 1.5))
    picture[:] = pasted(Layer(ink, np.zeros((4, 2), np.float32)), picture, at, mask).picture


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is set: the font's name, its colour, its outline's or None, and how far it is narrowed, 0.4..1."""

    font: str
    colour: Colour
    outline: Colour | None = None
    narrow: float = 1.0


def _centre(canvas: Image.Image, text: str, face: ImageFont.FreeTypeFont, style: Style) -> None:
    """Set a text in the middle of a canvas of its own."""
    pen, middle = ImageDraw.Draw(canvas), (canvas.width / 2, canvas.height / 2)
    thick = _stroke(face, style)
    ink, outline = (255, 255) if canvas.mode == "L" else (style.colour, style.outline)
    pen.text(middle, text, fill=ink, font=face, anchor="mm", stroke_width=thick, stroke_fill=outline)


def _stroke(face: ImageFont.FreeTypeFont, style: Style) -> int:
    return 0 if style.outline is None else max(1, int(face.size) // 14)


def write(canvas: Image.Image, text: str, box: tuple[int, int, int, int], style: Style) -> None:
    """Set a text into the middle of a box (left, top, right, bottom), in place, as large as fits."""
    left, top, right, bottom = box
    face = fitted(text, style.font, int((right - left) / style.narrow), int((bottom - top) * 0.85))
    thick = _stroke(face, style)
    wide, high = int(face.getlength(text)) + 4 * thick + 4, int(face.size * 1.4) + 2 * thick
    piece, mask = Image.new("RGB", (wide, high), style.colour), Image.new("L", (wide, high))
    _centre(piece, text, face, style)
    _centre(mask, text, face, style)
    if style.narrow < 1.0:
        size = (max(1, round(wide * style.narrow)), high)
        piece, mask = piece.resize(size), mask.resize(size)
    canvas.paste(piece, ((left + right - piece.width) // 2, (top + bottom - high) // 2), mask)


def a_style(rng: np.random.Generator, colour: Colour, outline: Colour | None = None) -> Style:
    """Pick a font, one time in three pressed narrow."""
    return Style(a_font(rng), colour, outline, float(rng.uniform(0.45, 0.85)) if chance(rng, 0.33) else 1.0)


def sentence(rng: np.random.Generator, words: int) -> str:
    """Return some filler words with a capital."""
    return " ".join(FILLER[i] for i in rng.integers(len(FILLER), size=words)).capitalize()


def paragraph(
    canvas: Image.Image, box: tuple[int, int, int, int], colour: Colour, rng: np.random.Generator, size_px: int
) -> None:
    """Fill a box with small type, `size_px` high, in place."""
    left, top, right, bottom = box
    face, pen = font(a_font(rng), max(6, size_px)), ImageDraw.Draw(canvas)
    per_line = max(2, int((right - left) / (size_px * 3.6)))
    for y in range(top, bottom - size_px, max(8, int(size_px * 1.35))):
        pen.text((left, y), sentence(rng, per_line if chance(rng, 0.85) else per_line // 2), fill=colour, font=face)
