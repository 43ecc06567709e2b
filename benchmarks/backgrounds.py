"""Scenes drawn by code: brick walls, notice boards, streets, pages and screens, cluttered."""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from benchmarks.layers import any_colour, bytes_of, chance, cloud
from benchmarks.lettering import HEADLINES, a_style, paragraph, sentence, write
from detector.values import RGB

Scene = Callable[[np.random.Generator, int, int], RGB]


def draw_scene(seed: int, size: tuple[int, int] = (1400, 933)) -> RGB:
    """Draw the scene of a seed, (height, width, 3) for a size of (width, height) pixels."""
    rng = np.random.default_rng([seed, 5])
    width, height = size
    picture = SCENES[seed % len(SCENES)](rng, width, height)
    light = 1 + cloud(rng, height, width, 4) * np.float32(0.12)
    grain = rng.standard_normal((height, width, 1), np.float32) * np.float32(rng.uniform(1, 6))
    return bytes_of(picture * light[:, :, None] + grain)


def _bricks(rng: np.random.Generator, width: int, height: int) -> RGB:
    """Draw a brick wall, with sheets and painted words on it."""
    picture = np.full((height, width, 3), any_colour(rng, 120, 190), np.uint8)
    tall, long = int(rng.integers(22, 46)), int(rng.integers(64, 130))
    base = np.array([rng.integers(110, 190), rng.integers(60, 110), rng.integers(40, 80)])
    for row in range(height // tall + 1):
        for column in range(-1, width // long + 1):
            x, y = column * long + row % 2 * long // 2, row * tall
            red, green, blue = (int(c) for c in np.clip(base + rng.normal(0, 16, 3), 0, 255))
            cv2.rectangle(picture, (x + 2, y + 2), (x + long - 3, y + tall - 3), (red, green, blue), -1)
    rough = cloud(rng, height, width, 200) * 14 + cloud(rng, height, width, 30) * 10
    picture = bytes_of(picture + rough[:, :, None])
    return with_sheets(picture, rng, int(rng.integers(0, 6)))


def with_sheets(picture: RGB, rng: np.random.Generator, count: int) -> RGB:
    """Pin sheets of paper with type and pictures on a wall, (H, W, 3)."""
    canvas = Image.fromarray(picture)
    for _ in range(count):
        sheet = Image.fromarray(_sheet(rng, int(rng.integers(110, 330)), int(rng.integers(130, 380))))
        slanted = sheet.convert("RGBA").rotate(rng.normal(0, 7), expand=True)
        at = (int(rng.integers(-60, picture.shape[1] - 60)), int(rng.integers(-60, picture.shape[0] - 60)))
        canvas.paste(slanted, at, slanted)
    return np.array(canvas)


def _sheet(rng: np.random.Generator, width: int, height: int) -> RGB:
    """Print a small notice: headline, a picture of coloured shapes, lines."""
    page = np.full((height, width, 3), any_colour(rng, 180, 256), np.uint8)
    top = height // 4
    if chance(rng, 0.6):
        bottom = top + height // 3
        page[top:bottom, 10 : width - 10] = any_colour(rng)
        for _ in range(int(rng.integers(3, 14))):
            place = (int(rng.integers(20, width - 20)), int(rng.integers(top + 8, bottom - 8)))
            cv2.circle(page, place, int(rng.integers(4, 22)), any_colour(rng), -1, cv2.LINE_AA)
        top = bottom
    canvas = Image.fromarray(page)
    text = HEADLINES[rng.integers(len(HEADLINES))] if chance(rng, 0.3) else sentence(rng, 2)
    write(canvas, text, (6, 4, width - 6, height // 4), a_style(rng, any_colour(rng, 0, 120)))
    paragraph(canvas, (10, top + 6, width - 10, height - 4), (30, 30, 34), rng, int(rng.integers(8, 16)))
    return np.array(canvas)


def _board(rng: np.random.Generator, width: int, height: int) -> RGB:
    """Draw a notice board full of sheets."""
    cork = np.array([rng.integers(150, 200), rng.integers(110, 150), rng.integers(60, 100)], np.float32)
    rough = cloud(rng, height, width, 230) * 26 + cloud(rng, height, width, 90) * 16
    board = with_sheets(bytes_of(cork + rough[:, :, None]), rng, int(rng.integers(8, 22)))
    cv2.rectangle(board, (0, 0), (width - 1, height - 1), any_colour(rng, 20, 120), 26)
    return board


def _page(rng: np.random.Generator, width: int, height: int) -> RGB:
    """Print a page of columns."""
    picture = np.full((height, width, 3), any_colour(rng, 215, 256), np.uint8)
    columns, head = int(rng.integers(1, 5)), height // 7
    canvas = Image.fromarray(picture)
    write(canvas, sentence(rng, 4).upper(), (30, 10, width - 30, head), a_style(rng, (20, 20, 24)))
    step = width // columns
    for column in range(columns):
        box = (column * step + 24, head + 10, (column + 1) * step - 16, height - 20)
        paragraph(canvas, box, any_colour(rng, 0, 70), rng, int(rng.integers(12, 26)))
    return np.array(canvas)


def _street(rng: np.random.Generator, width: int, height: int) -> RGB:
    """Draw houses with windows, a pavement, a lamp post, cars."""
    sky = np.linspace(1, 0.8, height, dtype=np.float32)[:, None, None] * np.array(any_colour(rng, 140, 240), np.float32)
    picture = bytes_of(sky + cloud(rng, height, width, 8)[:, :, None] * 14)
    ground, x = int(height * rng.uniform(0.68, 0.82)), 0
    while x < width:
        wide = int(rng.integers(140, 330))
        _house(picture, rng, (x, int(rng.uniform(0.05, 0.4) * height), x + wide, ground))
        x += wide
    picture[ground:] = any_colour(rng, 70, 130)
    picture[ground:] = bytes_of(picture[ground:] + cloud(rng, height - ground, width, 220)[:, :, None] * 22)
    for _ in range(int(rng.integers(1, 4))):
        _car(picture, rng, ground)
    post = int(rng.uniform(0.1, 0.9) * width)
    cv2.line(picture, (post, 0), (post, height), any_colour(rng, 30, 90), int(rng.integers(14, 40)), cv2.LINE_AA)
    return picture


def _house(picture: RGB, rng: np.random.Generator, box: tuple[int, int, int, int]) -> None:
    left, top, right, ground = box
    cv2.rectangle(picture, (left, top), (right, ground), any_colour(rng, 80, 220), -1)
    glass, frame = any_colour(rng, 40, 150), any_colour(rng, 150, 256)
    step = int(rng.integers(58, 96))
    for y in range(top + 24, ground - 40, step):
        for x in range(left + 16, right - 40, step):
            cv2.rectangle(picture, (x, y), (x + step // 2, y + step * 5 // 8), glass, -1)
            cv2.rectangle(picture, (x, y), (x + step // 2, y + step * 5 // 8), frame, 3)
            cv2.line(picture, (x + step // 4, y), (x + step // 4, y + step * 5 // 8), frame, 2)


def _car(picture: RGB, rng: np.random.Generator, ground: int) -> None:
    x, y, long = (
        int(rng.uniform(-0.1, 0.9) * picture.shape[1]),
        ground + int(rng.integers(10, 50)),
        int(rng.integers(200, 360)),
    )
    body = any_colour(rng)
    shape = [
        (x, y),
        (x + long // 5, y - 8),
        (x + long // 3, y - long // 5),
        (x + long * 3 // 4, y - long // 5),
        (x + long, y),
        (x + long, y + long // 6),
        (x, y + long // 6),
    ]
    cv2.fillPoly(picture, [np.array(shape, np.int32)], body, cv2.LINE_AA)
    for at in (0.22, 0.78):
        cv2.circle(picture, (x + int(at * long), y + long // 6), long // 10, (22, 22, 24), -1, cv2.LINE_AA)
        cv2.circle(picture, (x + int(at * long), y + long // 6), long // 22, (170, 170, 174), -1, cv2.LINE_AA)


def _screen(rng: np.random.Generator, width: int, height: int) -> RGB:
    """Draw a web page: bars, cards, tables of numbers."""
    picture = np.full((height, width, 3), any_colour(rng, 225, 256), np.uint8)
    picture[: height // 12] = any_colour(rng, 20, 160)
    columns, rows = int(rng.integers(2, 6)), int(rng.integers(2, 5))
    wide, high = width // columns, (height - height // 12) // rows
    canvas = Image.fromarray(picture)
    for cell in range(columns * rows):
        x, y = cell % columns * wide, height // 12 + cell // columns * high
        if chance(rng, 0.45):
            canvas.paste(Image.fromarray(_sheet(rng, max(wide - 20, 60), max(high - 20, 80))), (x + 10, y + 10))
        else:
            paragraph(
                canvas,
                (x + 12, y + 12, x + wide - 12, y + high - 12),
                any_colour(rng, 0, 110),
                rng,
                int(rng.integers(11, 20)),
            )
    return np.array(canvas)


SCENES: tuple[Scene, ...] = (_bricks, _board, _street, _page, _screen)
