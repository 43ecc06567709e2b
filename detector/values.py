"""The small values that the detector takes and gives."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

RGB = NDArray[np.uint8]
"""An upright picture, shape (height, width, 3), sRGB."""

Gray = NDArray[np.uint8]
"""A grey picture, shape (height, width)."""

Point = tuple[float, float]
"""x and y in pixels of the upright full-size picture, origin at its top left corner."""


class Verdict(StrEnum):
    """What the detector says of one photo in one picture. Only a person says misused."""

    REUSED = "reused"
    UNSURE = "unsure"


class Outcome(StrEnum):
    """What came of looking at one picture."""

    MATCHED = "matched"
    UNSURE = "unsure"
    NO_MATCH = "no match"
    UNDECODABLE = "undecodable"


class OperatingPoint(StrEnum):
    """Where the line of `reused` is drawn: for reports, or, stricter, for watched sources."""

    REPORT = "report"
    SOURCE = "source"


class Stage(StrEnum):
    """The step of the cascade that found a match."""

    EXACT = "exact"
    HASH = "hash"
    FEATURES = "features"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame or page of a picture, upright, at most 4,096 pixels a side.

    pixels: (height, width, 3) uint8, sRGB. width and height: the true upright size in pixels, before any reduction.
    number: 0 for the first frame or page.
    """

    number: int
    pixels: RGB
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture: its SHA-256 (hex, of the bytes as they came), format name and frames, at least one."""

    sha256: str
    format: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a match is believed: sentences a person can read, and the numbers behind them."""

    sentences: tuple[str, ...]
    measures: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """One published photo that a picture seems to reuse.

    photo: opaque id. score: 0..1, fitted, see docs/benchmarks.md. corners: the photo's top-left, top-right,
    bottom-right and bottom-left corner in the upright full-size picture, in pixels. frame: number of the frame.
    """

    photo: str
    score: float
    verdicts: dict[OperatingPoint, Verdict]
    corners: tuple[Point, Point, Point, Point]
    mirrored: bool
    frame: int
    stage: Stage
    reasons: Reasons


@dataclass(frozen=True, slots=True)
class Word:
    """A term of the vocabulary read in a picture.

    text: as read. term, kind: the vocabulary's. score: 0..1, how alike text and term are, times the reader's own
    confidence. box: four corners in the upright full-size picture, in pixels, from the text's own top left, clockwise.
    """

    text: str
    term: str
    kind: str
    score: float
    box: tuple[Point, Point, Point, Point]
