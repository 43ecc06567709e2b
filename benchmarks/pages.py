"""Screenshots of made-up social media with the portrait in them, and collages of many portraits."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.layers import (
    Colour,
    Field,
    Layer,
    any_colour,
    chance,
    covering,
    flipped,
    pasted,
    resized,
    scaled,
    trimmed,
    turned,
    whole,
)
from benchmarks.lettering import HEADLINES, SUBLINES, Style, a_style, font, paragraph, sentence, write
from benchmarks.posters import head_only, meme, paper, plain, poster
from benchmarks.toning import toned
from detector.values import RGB

NAMES = (
    "Town Watch Uncovered",
    "Elm Road Truth",
    "user_4471",
    "The Real Marsh Street",
    "anon anon",
    "No Badge No Fear",
    "jo.bloggs.00",
)


def disc(side: int) -> Field:
    """Return a round mask, (side, side) 0..1."""
    mask = np.zeros((side, side), np.uint8)
    cv2.circle(mask, (side // 2, side // 2), side // 2 - 1, (255,), -1, cv2.LINE_AA)
    return mask.astype(np.float32) / np.float32(255)


def _blend(layer: Layer, ground: Layer, at: tuple[int, int], mask: Field | None = None) -> Layer:
    """Lay a bystander on the ground: the ground keeps its corners."""
    return ground.showing(pasted(layer, ground.picture, at, mask).picture)


def screenshot(portrait: RGB, scene: RGB, rng: np.random.Generator, others: Sequence[RGB]) -> Layer:
    """Draw a phone's or desktop's screen: a post with the picture, or a fake profile with it as avatar."""
    dark = chance(rng, 0.35)
    ground, ink = ((18, 20, 24), (228, 230, 235)) if dark else ((255, 255, 255), (20, 20, 25))
    layer = (_profile if chance(rng, 0.4) else _post)(portrait, scene, rng, (ground, ink))
    if chance(rng, 0.45):
        layer = _on_desktop(layer, rng, (ground, ink), others)
    return scaled(layer, rng.uniform(0.6, 1.1), rng) if chance(rng, 0.5) else layer


def _posted(portrait: RGB, scene: RGB, rng: np.random.Generator) -> Layer:
    """Return what the post shows: the portrait itself, a meme or a poster."""
    pick = rng.random()
    if pick < 0.5:
        layer = scaled(whole(portrait), rng.uniform(1.0, 2.2), rng)
        return trimmed(layer, 0.1, rng) if chance(rng, 0.4) else layer
    if pick < 0.75:
        return meme(portrait, scene, rng, toned if chance(rng, 0.2) else plain)
    return poster(portrait, scene, rng, plain, rng.uniform(0.8, 1.8))


def _post(portrait: RGB, scene: RGB, rng: np.random.Generator, colours: tuple[Colour, Colour]) -> Layer:
    """Draw a post: avatar, name, lines, picture, counts, comments."""
    art = _posted(portrait, scene, rng)
    width = int(rng.integers(480, 800))
    if chance(rng, 0.6) or art.width > width:
        art = scaled(art, width / art.width * (1 if chance(rng, 0.7) else rng.uniform(0.5, 0.95)), rng)
    head, foot = int(rng.integers(110, 220)), int(rng.integers(120, 420))
    page = np.full((head + art.height + foot, width, 3), colours[0], np.uint8)
    out = pasted(art, page, ((width - art.width) // 2, head))
    avatar = whole(covering(scene, 56, 56))
    out = _blend(avatar, out, (14, 14), disc(56))
    return _typed(out, rng, colours, (head, head + art.height))


def _typed(layer: Layer, rng: np.random.Generator, colours: tuple[Colour, Colour], rows: tuple[int, int]) -> Layer:
    """Write the name and text above row rows[0] and counts and comments under rows[1]."""
    canvas = Image.fromarray(layer.picture)
    pen, size = ImageDraw.Draw(canvas), int(rng.integers(15, 24))
    pen.text((84, 16), NAMES[rng.integers(len(NAMES))], fill=colours[1], font=font("DejaVuSans-Bold", size))
    pen.text((84, 44), f"{rng.integers(2, 59)} min", fill=(130, 130, 140), font=font("DejaVuSans", 14))
    paragraph(canvas, (14, 80, layer.width - 14, rows[0] - 4), colours[1], rng, size)
    pen.text(
        (14, rows[1] + 8),
        f"{rng.integers(3, 990)} likes   {rng.integers(2, 99)} comments",
        fill=(130, 130, 140),
        font=font("DejaVuSans", 15),
    )
    y = rows[1] + 40
    while y < layer.height - 50:
        pen.ellipse((16, y, 52, y + 36), fill=any_colour(rng))
        pen.rounded_rectangle(
            (62, y, layer.width - int(rng.integers(20, 200)), y + 40), 12, fill=tuple(abs(c - 22) for c in colours[0])
        )
        pen.text((74, y + 10), sentence(rng, int(rng.integers(2, 7))), fill=colours[1], font=font("DejaVuSans", 15))
        y += 52
    return layer.showing(np.array(canvas))


def _profile(portrait: RGB, scene: RGB, rng: np.random.Generator, colours: tuple[Colour, Colour]) -> Layer:
    """Draw a fake profile: a cover photo, the portrait as a round or square avatar, name, lines."""
    width, cover = int(rng.integers(460, 760)), int(rng.integers(120, 260))
    height = cover + int(rng.integers(380, 800))
    page = Layer(np.full((height, width, 3), colours[0], np.uint8), np.zeros((4, 2), np.float32))
    page = _blend(whole(covering(scene, width, cover)), page, (0, 0))
    side = int(rng.integers(130, 300))
    avatar = head_only(whole(portrait), rng)
    avatar = resized(avatar, side, side, rng)
    at = (int(rng.uniform(10, width - side - 10)), cover - side // 2)
    mask = disc(side) if chance(rng, 0.7) else None
    out = pasted(avatar, page.picture, at, mask)
    canvas = Image.fromarray(out.picture)
    below = at[1] + side + 8
    style = Style("DejaVuSans-Bold", colours[1])
    write(canvas, NAMES[rng.integers(len(NAMES))], (20, below, width - 20, below + 40), style)
    paragraph(canvas, (20, below + 50, width - 20, height - 20), colours[1], rng, int(rng.integers(14, 20)))
    return out.showing(np.array(canvas))


def _on_desktop(layer: Layer, rng: np.random.Generator, colours: tuple[Colour, Colour], others: Sequence[RGB]) -> Layer:
    """Put a page between a side bar with small faces, a head bar and a column of type."""
    side, bar = int(rng.integers(150, 340)), int(rng.integers(40, 80))
    shade = tuple(int(abs(c - 12)) for c in colours[0])
    page = np.full((layer.height + bar + 20, layer.width + side * 2, 3), shade, np.uint8)
    page[:bar] = any_colour(rng)
    out = pasted(layer, page, (side, bar + 10))
    for row, other in enumerate(others[: int(rng.integers(0, 4))]):
        out = _blend(whole(covering(other, 40, 40)), out, (12, bar + 20 + row * 52), disc(40))
    canvas = Image.fromarray(out.picture)
    paragraph(canvas, (64, bar + 24, side - 10, out.height - 20), colours[1], rng, 13)
    paragraph(canvas, (side + layer.width + 12, bar + 24, out.width - 8, out.height - 20), colours[1], rng, 13)
    write(canvas, NAMES[rng.integers(len(NAMES))], (12, 0, side, bar), Style("DejaVuSans-Bold", (255, 255, 255)))
    return out.showing(np.array(canvas))


def collage(portrait: RGB, scene: RGB, rng: np.random.Generator, others: Sequence[RGB]) -> Layer:
    """Lay the portrait among four to twelve others (or bits of the scene), in a grid or strewn about."""
    count = int(rng.integers(4, 13))
    pool = [others[i] for i in rng.permutation(len(others))[:count]]
    pool += [_bit(scene, rng) for _ in range(count - len(pool))]
    ours = int(rng.integers(count + 1))
    cell = (int(rng.integers(100, 230)), int(rng.integers(120, 270)))
    tone = toned if chance(rng, 0.2) else plain
    tiles = [_tile(portrait if i == ours else pool.pop(), cell, rng) for i in range(count + 1)]
    tiles = [tile.showing(tone(tile.picture, rng)) for tile in tiles]
    layout = _strewn if chance(rng, 0.3) else _grid
    return layout(tiles, ours, scene, rng)


def _bit(scene: RGB, rng: np.random.Generator) -> RGB:
    height, width = scene.shape[:2]
    x, y = int(rng.uniform(0, width * 0.6)), int(rng.uniform(0, height * 0.6))
    return np.ascontiguousarray(scene[y : y + height // 3, x : x + width // 4])


def _tile(portrait: RGB, cell: tuple[int, int], rng: np.random.Generator) -> Layer:
    """Scale a portrait to fill a cell (width, height) and centre-crop it."""
    layer = whole(portrait)
    factor = max(cell[0] / layer.width, cell[1] / layer.height)
    layer = scaled(layer, factor * rng.uniform(1.0, 1.12), rng)
    page = np.zeros((cell[1], cell[0], 3), np.uint8)
    free = (layer.width - cell[0], layer.height - cell[1])
    return pasted(layer, page, (-int(free[0] * rng.uniform(0.3, 0.7)), -int(free[1] * rng.uniform(0, 0.6))))


def _grid(tiles: list[Layer], ours: int, scene: RGB, rng: np.random.Generator) -> Layer:
    """Set tiles in rows with gaps and captions."""
    columns = int(np.clip(round(len(tiles) ** 0.5 * rng.uniform(0.8, 1.6)), 2, len(tiles)))
    rows = -(-len(tiles) // columns)
    gap, caption, head = (
        int(rng.integers(0, 26)),
        int(rng.integers(16, 40)) * chance(rng, 0.5),
        int(rng.integers(50, 130)) * chance(rng, 0.6),
    )
    wide, high = tiles[0].width + gap, tiles[0].height + gap + caption
    out = Layer(paper(rng, columns * wide + gap, rows * high + gap + head, scene), np.zeros((4, 2), np.float32))
    for number, tile in enumerate(tiles):
        at = (gap + number % columns * wide, head + gap + number // columns * high)
        out = pasted(tile, out.picture, at) if number == ours else _blend(tile, out, at)
    canvas = Image.fromarray(out.picture)
    ink: Colour = (0, 0, 0) if out.picture[:20].mean() > 125 else (255, 255, 255)
    if head:
        write(canvas, HEADLINES[rng.integers(len(HEADLINES))], (10, 4, out.width - 10, head), a_style(rng, ink))
    for number in range(len(tiles)) if caption else ():
        x, y = gap + number % columns * wide, head + number // columns * high + high - caption
        write(canvas, SUBLINES[rng.integers(len(SUBLINES))], (x, y, x + wide - gap, y + caption), a_style(rng, ink))
    return out.showing(_struck(np.array(canvas), tiles[0], (gap, head, wide, high, columns), rng))


def _struck(picture: RGB, tile: Layer, grid: tuple[int, int, int, int, int], rng: np.random.Generator) -> RGB:
    """Strike some tiles through: grid is gap, head, tile pitch across, down, and columns."""
    gap, head, wide, high, columns = grid
    for _ in range(int(rng.integers(0, 4))):
        x, y = gap + int(rng.integers(columns)) * wide, head + gap + int(rng.integers(3)) * high
        thick = int(rng.integers(2, 9))
        cv2.line(picture, (x, y), (x + tile.width, y + tile.height), (215, 15, 20), thick, cv2.LINE_AA)
        cv2.line(picture, (x + tile.width, y), (x, y + tile.height), (215, 15, 20), thick, cv2.LINE_AA)
    return picture


def _strewn(tiles: list[Layer], ours: int, scene: RGB, rng: np.random.Generator) -> Layer:
    """Scatter tiles, tilted and overlapping; ours goes on last, so it is seen."""
    wide, high = tiles[0].width, tiles[0].height
    columns = 4
    size = (int(wide * columns * 0.95), int(high * (-(-len(tiles) // columns)) * 1.0) + high // 4)
    out = Layer(paper(rng, size[0], size[1], scene), np.zeros((4, 2), np.float32))
    order = [i for i in range(len(tiles)) if i != ours] + [ours]
    for number in order:
        tile = turned(tiles[number], rng.normal(0, 9), (255, 255, 255))
        if number != ours and chance(rng, 0.2):
            tile = flipped(tile)
        mask = _rotated_mask(tile)
        at = (
            int(np.clip(number % columns * wide * 0.9 + rng.normal(0, 14), 0, size[0] - wide)),
            int(np.clip(number // columns * high + rng.normal(0, 14), 0, size[1] - high)),
        )
        out = pasted(tile, out.picture, at, mask) if number == ours else _blend(tile, out, at, mask)
    return replace(out, mirrored=False)


def _rotated_mask(tile: Layer) -> Field:
    """Hide the pure white corners that turning a tile left."""
    white = np.all(tile.picture == 255, axis=2).astype(np.uint8)
    opened = cv2.morphologyEx(white, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return np.asarray(1 - opened, np.float32)
