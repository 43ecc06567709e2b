"""Marks that people draw over a face: moustaches, glasses, crosses, horns, scribbles, targets, words."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.layers import Colour, any_colour, bytes_of, chance
from benchmarks.lettering import INSULTS, draw_text, words_picture
from detector.values import RGB

Mark = Callable[["Pen"], None]
INKS: tuple[Colour, ...] = (
    (0, 0, 0),
    (15, 15, 20),
    (200, 10, 10),
    (235, 20, 40),
    (20, 30, 160),
    (255, 255, 255),
    (10, 110, 30),
)


@dataclass(frozen=True, slots=True)
class Pen:
    """A pen over a picture that it draws on in place.

    picture: (H, W, 3). x, y: middle of the face, between eyes and mouth; wide, high: the face's size, all pixels.
    """

    picture: RGB
    rng: np.random.Generator
    x: float
    y: float
    wide: float
    high: float
    ink: Colour
    thick: int

    def at(self, across: float, down: float) -> tuple[int, int]:
        """Return the pixel at a place of the face: across and down from its middle, -0.5..0.5 within it."""
        return round(self.x + across * self.wide), round(self.y + down * self.high)

    def stroke(self, points: list[tuple[float, float]], ink: Colour | None = None, *, closed: bool = False) -> None:
        """Draw a line through places of the face with a slightly shaky hand."""
        shaky = [(a + self.rng.normal(0, 0.012), d + self.rng.normal(0, 0.012)) for a, d in points]
        line = np.array([self.at(a, d) for a, d in shaky], np.int32)
        cv2.polylines(self.picture, [line], closed, ink or self.ink, self.thick, cv2.LINE_AA)

    def fill(self, points: list[tuple[float, float]], ink: Colour | None = None) -> None:
        """Fill the polygon through places of the face."""
        cv2.fillPoly(
            self.picture, [np.array([self.at(a, d) for a, d in points], np.int32)], ink or self.ink, cv2.LINE_AA
        )


def moustache(pen: Pen) -> None:
    """Draw a handlebar, toothbrush or drooping moustache."""
    half, drop = pen.rng.uniform(0.08, 0.34), pen.rng.uniform(-0.1, 0.16)
    top, deep = pen.rng.uniform(0.13, 0.18), pen.rng.uniform(0.05, 0.11)
    pen.fill(
        [(-half, top + drop), (-half / 2, top), (0, top + 0.02), (half / 2, top), (half, top + drop), (0, top + deep)]
    )


def beard(pen: Pen) -> None:
    """Scratch hairs over chin and cheeks."""
    for _ in range(int(pen.rng.integers(25, 70))):
        a, d = pen.rng.uniform(-0.36, 0.36), pen.rng.uniform(0.24, 0.52)
        pen.stroke([(a, d), (a + pen.rng.normal(0, 0.02), d + pen.rng.uniform(0.04, 0.1))])


def glasses(pen: Pen) -> None:
    """Draw round or square spectacles, sometimes blacked out."""
    radius, level = pen.rng.uniform(0.11, 0.18), pen.rng.uniform(-0.14, -0.06)
    full = -1 if chance(pen.rng, 0.35) else pen.thick
    for side in (-0.2, 0.2):
        if chance(pen.rng, 0.5):
            cv2.circle(pen.picture, pen.at(side, level), round(radius * pen.wide), pen.ink, full, cv2.LINE_AA)
        else:
            a, b = pen.at(side - radius, level - radius * 0.6), pen.at(side + radius, level + radius * 0.6)
            cv2.rectangle(pen.picture, a, b, pen.ink, full, cv2.LINE_AA)
    pen.stroke([(-0.2 + radius, level), (0.2 - radius, level)])
    pen.stroke([(-0.2 - radius, level), (-0.5, level - 0.04)])
    pen.stroke([(0.2 + radius, level), (0.5, level - 0.04)])


def crossed_eyes(pen: Pen) -> None:
    """Draw a cross over each eye."""
    size, level = pen.rng.uniform(0.07, 0.15), pen.rng.uniform(-0.15, -0.06)
    for side in (-0.2, 0.2):
        pen.stroke([(side - size, level - size), (side + size, level + size)])
        pen.stroke([(side + size, level - size), (side - size, level + size)])


def eye_bar(pen: Pen) -> None:
    """Draw a bar over both eyes."""
    level, half = pen.rng.uniform(-0.14, -0.06), pen.rng.uniform(0.04, 0.08)
    pen.fill([(-0.5, level - half), (0.5, level - half), (0.5, level + half), (-0.5, level + half)])


def horns(pen: Pen) -> None:
    """Draw two horns, filled or in outline."""
    tall = pen.rng.uniform(0.18, 0.42)
    for side in (-1, 1):
        shape = [(side * 0.3, -0.42), (side * 0.44, -0.46 - tall), (side * 0.14, -0.5)]
        pen.fill(shape) if chance(pen.rng, 0.6) else pen.stroke(shape, closed=True)


def crown(pen: Pen) -> None:
    """Draw a crown or a fool's hat."""
    tips = [(-0.4 + 0.2 * i, -0.5 - (0.22 if i % 2 else 0.05)) for i in range(5)]
    shape = [(-0.36, -0.4), *tips, (0.36, -0.4)]
    pen.fill(shape, any_colour(pen.rng)) if chance(pen.rng, 0.6) else pen.stroke(shape, closed=True)


def scribble(pen: Pen) -> None:
    """Draw a scribble over a part of the face."""
    count, spread = int(pen.rng.integers(12, 40)), pen.rng.uniform(0.12, 0.3)
    a0, d0 = pen.rng.uniform(-0.3, 0.3), pen.rng.uniform(-0.35, 0.4)
    walk = pen.rng.uniform(-1, 1, (count, 2)) * (spread * 1.4, spread)
    pen.stroke([(a0 + a, d0 + d) for a, d in walk.tolist()])


def hatching(pen: Pen) -> None:
    """Draw zigzag strokes across the picture."""
    count = int(pen.rng.integers(5, 14))
    pen.stroke([((-0.6 if i % 2 else 0.6), -0.5 + i / count + pen.rng.normal(0, 0.04)) for i in range(count)])


def big_cross(pen: Pen) -> None:
    """Draw a cross or a single stroke through the whole face."""
    size = pen.rng.uniform(0.35, 0.7)
    pen.stroke([(-size, -size), (0, 0), (size, size)])
    if chance(pen.rng, 0.8):
        pen.stroke([(size, -size), (0, 0), (-size, size)])


def target(pen: Pen) -> None:
    """Draw a target or a gun sight on the face."""
    middle = pen.at(pen.rng.uniform(-0.15, 0.15), pen.rng.uniform(-0.3, 0.1))
    radius = pen.rng.uniform(0.15, 0.5) * pen.wide
    for ring in range(int(pen.rng.integers(1, 4))):
        cv2.circle(pen.picture, middle, max(2, round(radius * (1 - 0.3 * ring))), pen.ink, pen.thick, cv2.LINE_AA)
    arm = round(radius * 1.25)
    cv2.line(pen.picture, (middle[0] - arm, middle[1]), (middle[0] + arm, middle[1]), pen.ink, pen.thick, cv2.LINE_AA)
    cv2.line(pen.picture, (middle[0], middle[1] - arm), (middle[0], middle[1] + arm), pen.ink, pen.thick, cv2.LINE_AA)


def clown_nose(pen: Pen) -> None:
    """Draw a red ball with a highlight."""
    radius = round(pen.rng.uniform(0.08, 0.15) * pen.wide)
    x, y = pen.at(0, pen.rng.uniform(0.02, 0.1))
    cv2.circle(pen.picture, (x, y), radius, (int(pen.rng.integers(190, 250)), 20, 25), -1, cv2.LINE_AA)
    cv2.circle(pen.picture, (x - radius // 3, y - radius // 3), max(1, radius // 4), (255, 190, 190), -1, cv2.LINE_AA)


def teeth(pen: Pen) -> None:
    """Stitch the mouth, or give it fangs."""
    level, half = pen.rng.uniform(0.22, 0.3), pen.rng.uniform(0.12, 0.24)
    if chance(pen.rng, 0.5):
        pen.stroke([(-half, level), (half, level)])
    steps = int(pen.rng.integers(4, 9))
    for a in np.linspace(-half, half, steps).tolist():
        pen.stroke([(a, level - 0.05), (a + pen.rng.normal(0, 0.02), level + 0.05)])


def drips(pen: Pen) -> None:
    """Let tears or blood run down."""
    for _ in range(int(pen.rng.integers(2, 9))):
        a, d, long = pen.rng.uniform(-0.4, 0.4), pen.rng.uniform(-0.4, 0.2), pen.rng.uniform(0.1, 0.5)
        pen.stroke([(a, d), (a, d + long / 2), (a, d + long)], (int(pen.rng.integers(130, 230)), 5, 10))


def spatter(pen: Pen) -> None:
    """Throw blots of paint, many small and few large."""
    colour = any_colour(pen.rng)
    for _ in range(int(pen.rng.integers(15, 60))):
        radius = max(1, round(pen.rng.pareto(2.2) * 0.018 * pen.wide))
        cv2.circle(
            pen.picture,
            pen.at(*pen.rng.normal(0, 0.35, 2).tolist()),
            min(radius, round(pen.wide / 5)),
            colour,
            -1,
            cv2.LINE_AA,
        )


def face_word(pen: Pen) -> None:
    """Write a word across the face, often slanted."""
    text = str(pen.rng.choice(INSULTS))
    draw_text(pen.picture, words_picture(text, round(pen.wide * pen.rng.uniform(0.7, 1.5)), pen.rng, (4, 90)), pen)


def sticker(pen: Pen) -> None:
    """Stick a round yellow face or a flat disc on a part of the head."""
    x, y = pen.at(pen.rng.uniform(-0.45, 0.45), pen.rng.uniform(-0.5, 0.5))
    radius = round(pen.rng.uniform(0.14, 0.26) * pen.wide)
    cv2.circle(
        pen.picture, (x, y), radius, (255, 205, 40) if chance(pen.rng, 0.6) else any_colour(pen.rng), -1, cv2.LINE_AA
    )
    for side in (-1, 1):
        cv2.circle(
            pen.picture, (x + side * radius // 3, y - radius // 4), max(1, radius // 7), (40, 25, 0), -1, cv2.LINE_AA
        )
    cv2.ellipse(
        pen.picture, (x, y + radius // 8), (radius // 2, radius // 2), 0, 20, 160, (40, 25, 0), max(1, radius // 9)
    )


def mosaic(pen: Pen) -> None:
    """Turn a strip of the face into coarse squares."""
    left, top = pen.at(-0.45, pen.rng.choice([-0.18, 0.14]))
    right, bottom = pen.at(0.45, 0.0)
    bottom = top + max(8, round(0.18 * pen.high))
    part = pen.picture[max(top, 0) : bottom, max(left, 0) : right]
    if min(part.shape[:2]) > 4:
        small = cv2.resize(
            part, (int(pen.rng.integers(5, 14)), int(pen.rng.integers(2, 5))), interpolation=cv2.INTER_AREA
        )
        part[:] = cv2.resize(small, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_NEAREST)


MARKS: tuple[Mark, ...] = (
    moustache, beard, glasses, crossed_eyes, eye_bar, horns, crown, scribble, hatching, big_cross,
    target, clown_nose, teeth, drips, spatter, face_word, sticker, mosaic,
)  # fmt: skip


def a_pen(picture: RGB, rng: np.random.Generator, ink: Colour) -> Pen:
    """Hold a pen over a portrait (H, W, 3), in place, guessing where an official portrait has its face."""
    height, width = picture.shape[:2]
    x, y = width * rng.normal(0.5, 0.02), height * rng.normal(0.42, 0.02)
    thick = max(1, round(width * rng.uniform(0.006, 0.032)))
    return Pen(picture, rng, x, y, width * rng.uniform(0.46, 0.56), height * rng.uniform(0.5, 0.6), ink, thick)


def defaced(picture: RGB, rng: np.random.Generator) -> RGB:
    """Draw two to four random marks over a portrait, (H, W, 3), with an ink that may let the face shine through."""
    out = picture.copy()
    for mark in rng.choice(len(MARKS), int(rng.integers(2, 5)), replace=False):
        MARKS[mark](a_pen(out, rng, INKS[rng.integers(len(INKS))]))
    opacity = rng.uniform(0.7, 1.0)
    return bytes_of(cv2.addWeighted(out, opacity, picture, 1 - opacity, 0))
