"""Posters and memes, made on a computer around a portrait."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.layers import (
    Colour,
    Field,
    Layer,
    any_colour,
    bytes_of,
    chance,
    cloud,
    covering,
    cut,
    pasted,
    scaled,
    trimmed,
    turned,
    whole,
)
from benchmarks.lettering import HEADLINES, SUBLINES, Style, a_style, paragraph, sentence, write
from detector.values import RGB

Prepare = Callable[[RGB, np.random.Generator], RGB]


@dataclass(frozen=True, slots=True)
class Plan:
    """A poster's measures: page and picture in pixels, where the picture goes, how many pixels are left around it."""

    width: int
    height: int
    left: int
    top: int
    art_width: int
    art_height: int

    @property
    def beside(self) -> bool:
        """Whether the words stand beside the picture."""
        return self.width > 1.5 * self.art_width and self.height < 1.3 * self.art_height

    @property
    def below(self) -> int:
        """The row under the picture."""
        return self.top + self.art_height


def paper(rng: np.random.Generator, width: int, height: int, scene: RGB) -> RGB:
    """Draw a poster's ground, (height, width, 3): plain, parchment, gradient, stripes, rays, or a darkened photo."""
    pick = rng.random()
    if pick < 0.34:
        return np.full((height, width, 3), _paper_colour(rng), np.uint8)
    if pick < 0.54:
        return _parchment(rng, width, height)
    if pick < 0.68:
        ends = np.array([any_colour(rng), any_colour(rng)], np.float32)
        ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
        return bytes_of(np.broadcast_to(ends[0] + (ends[1] - ends[0]) * ramp, (height, width, 3)).astype(np.float32))
    if pick < 0.82:
        return _rays(rng, width, height)
    return bytes_of(covering(scene, width, height) * np.float32(rng.uniform(0.25, 0.9)))


def _paper_colour(rng: np.random.Generator) -> Colour:
    known: tuple[Colour, ...] = (
        (255, 255, 255),
        (250, 248, 240),
        (255, 240, 80),
        (245, 190, 60),
        (200, 20, 20),
        (0, 0, 0),
    )
    return known[rng.integers(len(known))] if chance(rng, 0.7) else any_colour(rng)


def _parchment(rng: np.random.Generator, width: int, height: int) -> RGB:
    base = np.array([rng.uniform(205, 245), rng.uniform(180, 220), rng.uniform(120, 180)], np.float32)
    stain = cloud(rng, height, width, 5) * rng.uniform(10, 30) + cloud(rng, height, width, 40) * rng.uniform(3, 14)
    x, y = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    edge = np.maximum(np.abs(x)[None], np.abs(y)[:, None]) ** 8 * rng.uniform(0, 90)
    return bytes_of(base + (stain - edge)[:, :, None])


def _rays(rng: np.random.Generator, width: int, height: int) -> RGB:
    x = np.arange(width, dtype=np.float32)[None] - width / 2
    y = np.arange(height, dtype=np.float32)[:, None] - height * np.float32(rng.uniform(0.2, 0.8))
    wave = np.arctan2(y, x) * rng.integers(6, 20) if chance(rng, 0.5) else (x + y) * np.float32(rng.uniform(0.02, 0.3))
    colours = np.array([any_colour(rng), any_colour(rng)], np.uint8)
    return np.asarray(colours[(np.sin(wave) > 0).astype(np.intp)], np.uint8)


def a_plan(rng: np.random.Generator, portrait: RGB, scale: float) -> Plan:
    """Lay out a page around a portrait at a scale; the page is about 400 to 1,500 pixels high."""
    art_width, art_height = round(portrait.shape[1] * scale), round(portrait.shape[0] * scale)
    if chance(rng, 0.15):
        return _a_wide_plan(rng, art_width, art_height)
    width = int(art_width / rng.uniform(0.45, 0.95))
    above = int(art_height * rng.uniform(0.12, 0.55))
    height = above + art_height + int(art_height * rng.uniform(0.15, 0.8))
    free = width - art_width
    left = free // 2 if chance(rng, 0.7) else int(rng.uniform(0, free))
    return Plan(width, height, left, above, art_width, art_height)


def _a_wide_plan(rng: np.random.Generator, art_width: int, art_height: int) -> Plan:
    edge = int(art_height * rng.uniform(0.02, 0.12))
    width = int(art_width * rng.uniform(1.7, 2.6)) + 2 * edge
    left = edge if chance(rng, 0.5) else width - edge - art_width
    return Plan(width, art_height + 2 * edge, left, edge, art_width, art_height)


def shape_mask(rng: np.random.Generator, width: int, height: int) -> Field | None:
    """Return an oval, rounded or feathered mask, (height, width) 0..1; mostly None, the whole rectangle."""
    pick = rng.random()
    if pick < 0.76:
        return None
    mask = np.zeros((height, width), np.uint8)
    if pick < 0.88:
        cv2.ellipse(
            mask, (width // 2, height // 2), (width // 2 - 1, height // 2 - 1), 0, 0, 360, (255,), -1, cv2.LINE_AA
        )
    else:
        edge = max(2, int(width * 0.06))
        cv2.rectangle(mask, (edge, edge), (width - edge, height - edge), (255,), -1)
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), edge / 2), np.uint8)
    return mask.astype(np.float32) / np.float32(255)


def art_of(portrait: RGB, rng: np.random.Generator, prepare: Prepare, scale: float) -> Layer:
    """Scale a portrait, treat it, sometimes trim and tilt it."""
    layer = scaled(whole(portrait), scale, rng)
    layer = layer.showing(prepare(layer.picture, rng))
    if chance(rng, 0.5):
        layer = trimmed(layer, rng.uniform(0.03, 0.16), rng)
    return layer


def framed(layer: Layer, rng: np.random.Generator) -> Layer:
    """Draw a frame around it, outside of it, one to forty pixels wide."""
    thick = int(rng.integers(1, max(3, layer.width // 14)))
    canvas = np.full((layer.height + 2 * thick, layer.width + 2 * thick, 3), any_colour(rng), np.uint8)
    return pasted(layer, canvas, (thick, thick))


def poster(portrait: RGB, scene: RGB, rng: np.random.Generator, prepare: Prepare, scale: float) -> Layer:
    """Make a poster: ground, treated portrait at a scale, headline, lines, small type, marks."""
    plan = a_plan(rng, portrait, scale)
    ground = paper(rng, plan.width, plan.height, scene)
    art = art_of(portrait, rng, prepare, scale)
    mask = shape_mask(rng, art.width, art.height)
    if mask is None and chance(rng, 0.5):
        art = framed(art, rng)
    if mask is None and chance(rng, 0.12):
        art = turned(art, rng.normal(0, 5), any_colour(rng))
    layer = pasted(art, ground, (plan.left, plan.top), mask)
    layer = layer.showing((_worded_beside if plan.beside else _worded)(layer.picture, plan, rng))
    return layer.showing(_stamped(layer.picture, rng)) if chance(rng, 0.2) else layer


def legible(ground: RGB, rng: np.random.Generator) -> Colour:
    """Pick an ink that shows on the ground, (H, W, 3)."""
    dark = float(ground.mean()) > 125
    inks: tuple[Colour, ...] = ((0, 0, 0), (0, 0, 0), (150, 0, 0), (190, 10, 20), (60, 30, 10), (10, 20, 90))
    pale: tuple[Colour, ...] = ((255, 255, 255), (255, 255, 255), (255, 235, 60), (250, 60, 50), (235, 225, 200))
    return (inks if dark else pale)[rng.integers(len(inks if dark else pale))]


def _worded(picture: RGB, plan: Plan, rng: np.random.Generator) -> RGB:
    """Set headline, lines and small type into the free parts of a page."""
    canvas = Image.fromarray(picture)
    edge = max(3, plan.width // 25)
    ink = legible(picture[: plan.top], rng)
    outline = (0, 0, 0) if chance(rng, 0.2) and sum(ink) > 300 else None
    style = a_style(rng, ink, outline)
    write(canvas, HEADLINES[rng.integers(len(HEADLINES))], (edge, 2, plan.width - edge, plan.top - 2), style)
    rest = plan.height - plan.below
    rows = int(rng.integers(1, 4))
    for row in range(rows):
        top = plan.below + rest * row // rows
        _row(
            canvas,
            (edge, top + 2, plan.width - edge, plan.below + rest * (row + 1) // rows - 2),
            legible(picture[plan.below :], rng),
            rng,
        )
    if chance(rng, 0.35):
        inset = edge // 3
        box = (inset, inset, plan.width - inset, plan.height - inset)
        ImageDraw.Draw(canvas).rectangle(box, outline=ink, width=max(1, edge // 4))
    return np.array(canvas)


def _worded_beside(picture: RGB, plan: Plan, rng: np.random.Generator) -> RGB:
    """Set the words into the column beside the picture."""
    canvas = Image.fromarray(picture)
    on_left = plan.left > plan.width // 2 - plan.art_width // 2
    left, right = (8, plan.left - 8) if on_left else (plan.left + plan.art_width + 8, plan.width - 8)
    ink, rows = legible(picture[:, left:right], rng), int(rng.integers(2, 6))
    head = plan.height // 4
    write(canvas, HEADLINES[rng.integers(len(HEADLINES))], (left, 4, right, head), a_style(rng, ink))
    for row in range(rows):
        step = (plan.height - head - 8) // rows
        _row(canvas, (left, head + row * step, right, head + (row + 1) * step), ink, rng)
    return np.array(canvas)


def _row(canvas: Image.Image, box: tuple[int, int, int, int], ink: Colour, rng: np.random.Generator) -> None:
    if chance(rng, 0.22):
        paragraph(canvas, box, ink, rng, max(7, (box[3] - box[1]) // int(rng.integers(3, 7))))
    else:
        text = SUBLINES[rng.integers(len(SUBLINES))] if chance(rng, 0.85) else sentence(rng, 4)
        write(canvas, text, box, a_style(rng, ink))


def _stamped(picture: RGB, rng: np.random.Generator) -> RGB:
    """Put a slanted rubber stamp somewhere on the page."""
    height, width = picture.shape[:2]
    size = (int(width * rng.uniform(0.3, 0.7)), int(width * rng.uniform(0.08, 0.16)))
    stamp = Image.new("L", size)
    ImageDraw.Draw(stamp).rectangle((1, 1, size[0] - 2, size[1] - 2), outline=255, width=max(2, size[1] // 12))
    coverage = Image.new("RGB", size)
    write(
        coverage,
        HEADLINES[rng.integers(len(HEADLINES))],
        (6, 0, size[0] - 6, size[1]),
        a_style(rng, (255, 255, 255)),
    )
    mask = np.maximum(np.asarray(stamp), np.asarray(coverage)[:, :, 0])
    slanted = np.asarray(Image.fromarray(mask).rotate(rng.normal(0, 20), expand=True), np.float32) * np.float32(
        rng.uniform(0.6, 1) / 255
    )
    ink = np.full((*slanted.shape, 3), any_colour(rng, 0, 150), np.uint8)
    at = (int(rng.uniform(-0.1, 0.6) * width), int(rng.uniform(0.3, 0.9) * height))
    return pasted(Layer(ink, np.zeros((4, 2), np.float32)), picture, at, slanted).picture


def meme(portrait: RGB, scene: RGB, rng: np.random.Generator, prepare: Prepare) -> Layer:
    """Make a meme: captions on the picture, a caption bar, a two-panel joke, a cut-in, or a demotivating frame."""
    scale = rng.uniform(1.0, 3.0)
    layer = scaled(whole(portrait), scale, rng)
    layer = layer.showing(prepare(layer.picture, rng))
    if chance(rng, 0.4):
        layer = trimmed(layer, 0.15, rng)
    shapes = (_captioned, _captioned, _barred, _two_panels, _cut_in, _black_frame)
    return shapes[rng.integers(len(shapes))](layer, scene, rng)


def _line(rng: np.random.Generator) -> str:
    pool = (*HEADLINES, *SUBLINES)
    text = pool[rng.integers(len(pool))] if chance(rng, 0.6) else sentence(rng, int(rng.integers(3, 7)))
    return text.upper() if chance(rng, 0.6) else text


def _captioned(layer: Layer, _: RGB, rng: np.random.Generator) -> Layer:
    canvas = Image.fromarray(layer.picture)
    tall, pad = int(layer.height * rng.uniform(0.1, 0.2)), 4
    style = Style("DejaVuSans-Bold", (255, 255, 255), (0, 0, 0), float(rng.uniform(0.5, 1)))
    if chance(rng, 0.8):
        write(canvas, _line(rng), (pad, pad, layer.width - pad, tall), style)
    write(canvas, _line(rng), (pad, layer.height - tall, layer.width - pad, layer.height - pad), style)
    return layer.showing(np.array(canvas))


def _barred(layer: Layer, _: RGB, rng: np.random.Generator) -> Layer:
    tall = int(layer.height * rng.uniform(0.12, 0.4))
    white = chance(rng, 0.75)
    page = np.full((layer.height + tall, layer.width, 3), 255 if white else 0, np.uint8)
    top = chance(rng, 0.8)
    out = pasted(layer, page, (0, tall if top else 0))
    canvas = Image.fromarray(out.picture)
    start, ink = (0 if top else layer.height), (0, 0, 0) if white else (255, 255, 255)
    for row in range(2):
        box = (8, start + row * tall // 2, layer.width - 8, start + (row + 1) * tall // 2)
        write(canvas, _line(rng), box, a_style(rng, ink))
    return out.showing(np.array(canvas))


def _two_panels(layer: Layer, scene: RGB, rng: np.random.Generator) -> Layer:
    wide = chance(rng, 0.5)
    page = np.zeros((layer.height * (1 if wide else 2), layer.width * (2 if wide else 1), 3), np.uint8)
    first = chance(rng, 0.5)
    step = (layer.width, 0) if wide else (0, layer.height)
    here, there = ((0, 0), step) if first else (step, (0, 0))
    other = whole(covering(scene, layer.width, layer.height))
    out = pasted(layer, pasted(other, page, there).picture, here)
    return _captioned(out, scene, rng)


def _cut_in(layer: Layer, scene: RGB, rng: np.random.Generator) -> Layer:
    width = int(layer.width * rng.uniform(1.3, 2.6))
    ground = covering(scene, width, int(layer.height * rng.uniform(1.0, 1.7)))
    at = (int(rng.uniform(0, width - layer.width)), int(rng.uniform(0, ground.shape[0] - layer.height + 1)))
    out = pasted(layer, ground, at, shape_mask(rng, layer.width, layer.height))
    return _captioned(out, scene, rng) if chance(rng, 0.7) else out


def _black_frame(layer: Layer, _: RGB, rng: np.random.Generator) -> Layer:
    side = int(layer.width * rng.uniform(0.08, 0.2))
    page = np.zeros((layer.height + side * 4, layer.width + side * 2, 3), np.uint8)
    cv2.rectangle(page, (side - 5, side - 5), (side + layer.width + 4, side + layer.height + 4), (255, 255, 255), 2)
    out = pasted(layer, page, (side, side))
    canvas = Image.fromarray(out.picture)
    below = side + layer.height
    write(
        canvas, _line(rng), (side, below, side + layer.width, below + side * 2), Style("DejaVuSerif", (255, 255, 255))
    )
    write(
        canvas,
        _line(rng),
        (side, below + side * 2, side + layer.width, below + side * 3),
        Style("DejaVuSans", (220, 220, 220)),
    )
    return out.showing(np.array(canvas))


def plain(picture: RGB, _: np.random.Generator) -> RGB:
    """Return the picture, (H, W, 3), as it is: the treatment that does nothing."""
    return picture


def head_only(layer: Layer, rng: np.random.Generator) -> Layer:
    """Cut a square around the head, as profile pictures are."""
    side = int(min(layer.width, layer.height) * rng.uniform(0.72, 1.0))
    left = (layer.width - side) // 2
    top = int(rng.uniform(0, 0.5) * min(layer.height - side, layer.height * 0.2))
    return cut(layer, (left, top, left + side, top + side))
