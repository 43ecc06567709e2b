"""Shoulders, neck and what is worn on them, and the cap, for the drawn portraits."""

import cv2
import numpy as np
from PIL import Image

from benchmarks.faces import HIGH, MIDDLE, WIDE
from benchmarks.layers import Colour, any_colour, bytes_of, chance, cloud
from benchmarks.lettering import Style, write
from benchmarks.people import Person
from detector.values import RGB

CENTRE = WIDE // 2


def backdrop(person: Person) -> RGB:
    """Paint the studio's cloth, (550, 450, 3): a gradient with folds or clouds, a flag's stripes now and then."""
    rng = np.random.default_rng(person.number + 1)
    shared: tuple[Colour, ...] = ((84, 118, 150), (110, 140, 165), (70, 78, 90), (150, 152, 158), (62, 72, 120))
    base = np.array(shared[rng.integers(5)] if chance(rng, 0.7) else any_colour(rng, 40, 220), np.float32)
    ramp = 1 + np.linspace(-1, 1, HIGH, dtype=np.float32)[:, None] * np.float32(rng.normal(0, 0.22))
    folds = (
        cloud(rng, HIGH, WIDE, int(rng.integers(3, 12))) * np.float32(rng.uniform(0.03, 0.16))
        + cloud(rng, HIGH, WIDE, 100) * 0.05
    )
    out = base * (ramp + folds)[:, :, None]
    if chance(rng, 0.2):
        x = np.arange(WIDE, dtype=np.float32)[None] + np.arange(HIGH, dtype=np.float32)[:, None] * 0.3
        band = ((x % 60) < 30) & (x < rng.uniform(90, 190))
        out[band] = out[band] * 0.4 + np.array(any_colour(rng, 90, 230), np.float32) * 0.6
    return bytes_of(out)


def weave(person: Person) -> RGB:
    """Weave the cloth, (550, 450, 3), with folds."""
    rng = np.random.default_rng(person.number + 2)
    x, y = np.arange(WIDE, dtype=np.float32)[None], np.arange(HIGH, dtype=np.float32)[:, None]
    step = float(rng.uniform(9, 20))
    lean = x + y * np.float32(rng.normal(0, 0.12))
    pattern = {
        "plain": x * 0 + y * 0,
        "pinstripe": np.exp(-(((lean % step) - step / 2) ** 2) / 1.2) * 60 + y * 0,
        "check": (np.exp(-(((lean % step) - 4) ** 2) / 3) + np.exp(-(((y % step) - 4) ** 2) / 3)) * 34,
        "herringbone": np.sin((np.abs(lean % step - step / 2) * 2 + y) * 0.9) * 16,
        "rough": cloud(rng, HIGH, WIDE, 200) * 34,
    }[person.weave]
    folds = 1 + cloud(rng, HIGH, WIDE, 6) * 0.22 + cloud(rng, HIGH, WIDE, 24) * 0.1
    grain = cloud(rng, HIGH, WIDE, 140) * 14
    return bytes_of(
        (np.array(person.cloth, np.float32) + (pattern + grain)[:, :, None]) * folds[:, :, None].astype(np.float32)
    )


def dress(canvas: RGB, person: Person) -> None:
    """Paint shoulders and clothes over a backdrop, (550, 450, 3), in place."""
    rng = np.random.default_rng(person.number + 3)
    top, slope = int(rng.integers(392, 420)), int(rng.integers(40, 80))
    half = int(rng.integers(185, 240))
    outline = [
        (CENTRE - 58, top - 20), (CENTRE + 58, top - 20), (CENTRE + half - 30, top + slope), (CENTRE + half + 10, HIGH),
        (CENTRE - half - 10, HIGH), (CENTRE - half + 30, top + slope),
    ]  # fmt: skip
    mask = np.zeros((HIGH, WIDE), np.uint8)
    cv2.fillPoly(mask, [np.array(outline, np.int32)], (255,), cv2.LINE_AA)
    alpha = np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.2), np.float32)[:, :, None] / 255
    canvas[:] = bytes_of(canvas + (weave(person) - canvas.astype(np.float32)) * alpha)
    _neck(canvas, person, top)
    {"suit": _suit, "uniform": _uniform, "shirt": _shirt, "vest": _vest, "blouse": _blouse}[person.clothes](
        canvas, person, rng, top
    )


def _neck(canvas: RGB, person: Person, top: int) -> None:
    half = round(person.half_width * 0.56)
    shade = tuple(int(c * 0.72) for c in person.skin)
    base = round(MIDDLE[1])
    cv2.fillPoly(
        canvas,
        [
            np.array(
                [
                    (CENTRE - half, base),
                    (CENTRE + half, base),
                    (CENTRE + half + 14, top + 20),
                    (CENTRE, top + 58),
                    (CENTRE - half - 14, top + 20),
                ],
                np.int32,
            )
        ],
        shade,
        cv2.LINE_AA,
    )
    for step in (-0.5, 0.1, 0.6):
        x = round(CENTRE + step * half)
        cv2.line(
            canvas,
            (x, top - 50),
            (round(CENTRE + step * half * 0.4), top + 30),
            tuple(int(c * 0.62) for c in person.skin),
            2,
            cv2.LINE_AA,
        )


def _poly(canvas: RGB, points: list[tuple[int, int]], colour: Colour, edge: Colour | None = None) -> None:
    shape = [np.array(points, np.int32)]
    cv2.fillPoly(canvas, shape, colour, cv2.LINE_AA)
    if edge is not None:
        cv2.polylines(canvas, shape, True, edge, 2, cv2.LINE_AA)


def _collar(canvas: RGB, top: int, colour: Colour) -> None:
    grey: Colour = (colour[0] * 3 // 4, colour[1] * 3 // 4, colour[2] * 3 // 4)
    for side in (-1, 1):
        points = [
            (CENTRE + side * 56, top - 22),
            (CENTRE + side * 66, top + 16),
            (CENTRE + side * 30, top + 62),
            (CENTRE, top + 34),
        ]
        _poly(canvas, points, colour, grey)


def _tie(canvas: RGB, rng: np.random.Generator, top: int) -> None:
    colour, second = any_colour(rng, 10, 200), any_colour(rng)
    knot = top + 34
    shape = [
        (CENTRE - 15, knot),
        (CENTRE + 15, knot),
        (CENTRE + 10, knot + 26),
        (CENTRE + 24, HIGH),
        (CENTRE - 24, HIGH),
        (CENTRE - 10, knot + 26),
    ]
    mask = np.zeros((HIGH, WIDE), np.uint8)
    cv2.fillPoly(mask, [np.array(shape, np.int32)], (255,))
    x, y = np.arange(WIDE, dtype=np.float32)[None], np.arange(HIGH, dtype=np.float32)[:, None]
    kind, step = rng.integers(3), rng.uniform(7, 18)
    marks = (((x + y) % step) < step / 2, (np.cos(x * 6.3 / step) * np.cos(y * 6.3 / step)) > 0.5, (x + y) < 0)[kind]
    canvas[mask > 0] = colour
    canvas[(mask > 0) & marks] = second
    _poly(
        canvas,
        [*shape[:2], shape[2], shape[5]],
        colour,
        (max(colour[0] - 40, 0), max(colour[1] - 40, 0), max(colour[2] - 40, 0)),
    )


def _suit(canvas: RGB, person: Person, rng: np.random.Generator, top: int) -> None:
    shirt = (235, 236, 240) if chance(rng, 0.6) else any_colour(rng, 150, 245)
    _poly(canvas, [(CENTRE - 52, top + 6), (CENTRE + 52, top + 6), (CENTRE + 22, HIGH), (CENTRE - 22, HIGH)], shirt)
    if chance(rng, 0.85):
        _tie(canvas, rng, top)
    _collar(canvas, top, shirt)
    dark = (person.cloth[0] * 2 // 3, person.cloth[1] * 2 // 3, person.cloth[2] * 2 // 3)
    for side in (-1, 1):
        _poly(
            canvas,
            [
                (CENTRE + side * 62, top - 8),
                (CENTRE + side * 108, top + 60),
                (CENTRE + side * 80, top + 78),
                (CENTRE + side * 24, HIGH),
                (CENTRE + side * 18, HIGH),
            ],
            dark,
            (12, 12, 14),
        )
    if chance(rng, 0.4):
        cv2.circle(canvas, (CENTRE - 82, top + 66), 8, any_colour(rng, 120, 256), -1, cv2.LINE_AA)


def _uniform(canvas: RGB, _: Person, rng: np.random.Generator, top: int) -> None:
    shirt = (240, 240, 242) if chance(rng, 0.5) else any_colour(rng, 20, 90)
    _poly(canvas, [(CENTRE - 52, top + 6), (CENTRE + 52, top + 6), (CENTRE + 20, HIGH), (CENTRE - 20, HIGH)], shirt)
    _tie(canvas, rng, top)
    _collar(canvas, top, shirt)
    number = Image.new("RGB", (76, 26), (18, 20, 30))
    write(number, f"{rng.integers(1000, 9999)}", (2, 0, 74, 26), Style("DejaVuSans-Bold", (226, 226, 228)))
    for side in (-1, 1):
        x = CENTRE + side * 128 - 38
        canvas[top + 34 : top + 60, x : x + 76] = np.asarray(number)
    _badge(canvas, (CENTRE + 92, top + 108), rng)
    cv2.rectangle(canvas, (CENTRE - 128, top + 96), (CENTRE - 66, top + 140), (14, 15, 20), 2, cv2.LINE_AA)


def _badge(canvas: RGB, place: tuple[int, int], rng: np.random.Generator) -> None:
    """Pin a star with rings on, in place."""
    points, radius = int(rng.integers(5, 9)), int(rng.integers(18, 27))
    angles = np.linspace(0, 2 * np.pi, points * 2, endpoint=False)
    rim = [
        (
            round(place[0] + radius * (1 if i % 2 == 0 else 0.62) * np.sin(a)),
            round(place[1] - radius * (1 if i % 2 == 0 else 0.62) * np.cos(a)),
        )
        for i, a in enumerate(angles)
    ]
    _poly(canvas, rim, (212, 196, 120) if chance(rng, 0.5) else (205, 208, 214), (70, 66, 50))
    for ring in (radius // 2, radius // 4):
        cv2.circle(canvas, place, ring, any_colour(rng), 2, cv2.LINE_AA)


def _shirt(canvas: RGB, _: Person, rng: np.random.Generator, top: int) -> None:
    colour = any_colour(rng, 120, 250)
    _collar(canvas, top, colour)
    cv2.line(canvas, (CENTRE, top + 40), (CENTRE, HIGH), (60, 60, 66), 2, cv2.LINE_AA)
    for y in range(top + 60, HIGH, 34):
        cv2.circle(canvas, (CENTRE + 5, y), 4, (230, 228, 220), -1, cv2.LINE_AA)
    cv2.rectangle(canvas, (CENTRE + 54, top + 78), (CENTRE + 112, top + 140), (40, 40, 44), 1, cv2.LINE_AA)


def _vest(canvas: RGB, _: Person, rng: np.random.Generator, top: int) -> None:
    bright = ((214, 240, 40), (250, 130, 30))[rng.integers(2)]
    for side in (-1, 1):
        _poly(
            canvas,
            [
                (CENTRE + side * 70, top + 4),
                (CENTRE + side * 170, top + 66),
                (CENTRE + side * 170, HIGH),
                (CENTRE + side * 8, HIGH),
                (CENTRE + side * 22, top + 70),
            ],
            bright,
            (60, 66, 20),
        )
        cv2.line(canvas, (CENTRE + side * 112, top + 30), (CENTRE + side * 112, HIGH), (206, 210, 212), 16, cv2.LINE_AA)
    _collar(canvas, top, any_colour(rng, 20, 240))
    canvas_image = Image.fromarray(canvas)
    write(
        canvas_image,
        "POLICE",
        (CENTRE + 24, top + 92, CENTRE + 104, top + 126),
        Style("DejaVuSans-Bold", (20, 30, 90)),
    )
    canvas[:] = np.asarray(canvas_image)


def _blouse(canvas: RGB, person: Person, rng: np.random.Generator, top: int) -> None:
    skin = (person.skin[0] * 9 // 10, person.skin[1] * 9 // 10, person.skin[2] * 9 // 10)
    _poly(
        canvas, [(CENTRE - 60, top - 6), (CENTRE + 60, top - 6), (CENTRE + 8, top + 92), (CENTRE - 8, top + 92)], skin
    )
    bead = any_colour(rng, 140, 256)
    for angle in np.linspace(0.25, np.pi - 0.25, int(rng.integers(9, 22))):
        place = (round(CENTRE + 58 * np.cos(angle)), round(top + 4 + 44 * np.sin(angle)))
        cv2.circle(canvas, place, int(rng.integers(3, 6)), bead, -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 60))):
        place = (int(rng.integers(30, WIDE - 30)), int(rng.integers(top + 80, HIGH)))
        cv2.circle(canvas, place, int(rng.integers(2, 6)), any_colour(rng), -1, cv2.LINE_AA)


def put_cap_on(paint: RGB, cover: RGB, person: Person) -> None:
    """Put a peaked cap with a chequered band on a head, colours and cover (550, 450, 3 and 1), in place."""
    rng = np.random.default_rng(person.number + 4)
    half, top = round(person.half_width * 1.12), round(MIDDLE[1] - person.half_height * 0.86)
    crown = [
        (CENTRE - half, top + 20),
        (CENTRE - half - 16, top - 34),
        (CENTRE, top - 66),
        (CENTRE + half + 16, top - 34),
        (CENTRE + half, top + 20),
    ]
    for image, colour in ((paint, (26, 28, 40)), (cover, (255, 255, 255))):
        cv2.fillPoly(image, [np.array(crown, np.int32)], colour, cv2.LINE_AA)
        cv2.ellipse(
            image,
            (CENTRE, top + 26),
            (half, 20),
            0,
            0,
            360,
            (14, 14, 18) if image is paint else colour,
            -1,
            cv2.LINE_AA,
        )
    for row in range(2):
        for column in range(-half // 12, half // 12):
            x, y = CENTRE + column * 12, top - 4 + row * 11
            if (row + column) % 2:
                cv2.rectangle(paint, (x, y), (x + 12, y + 11), (235, 235, 235), -1)
    _badge(paint, (CENTRE, top - 22), rng)
