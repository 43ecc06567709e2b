"""The portrait passed on by itself: saved again, cropped, turned, photocopied."""

import cv2
import numpy as np
from PIL import Image

from benchmarks.layers import (
    Layer,
    any_colour,
    bytes_of,
    carried,
    chance,
    cloud,
    covering,
    cut,
    pasted,
    quarter_turned,
    resized,
    saved,
    turned,
    whole,
)
from benchmarks.toning import grey_of, three
from detector.values import RGB


def moderately_scaled(portrait: RGB, rng: np.random.Generator, least: float = 0.5) -> Layer:
    """Scale a portrait, (H, W, 3), `least` to 3 times, now and then a little wider or narrower."""
    factor = float(np.clip(rng.lognormal(0.2, 0.45), least, 3.0))
    stretch = rng.normal(1, 0.05) if chance(rng, 0.2) else 1.0
    height, width = portrait.shape[:2]
    return resized(whole(portrait), round(width * factor * stretch), round(height * factor), rng)


def re_encoded(layer: Layer, rng: np.random.Generator) -> Layer:
    """Save it again: small changes of light and colour, a border now and then, JPEG or WebP."""
    gain, shift = rng.normal(1, 0.07), rng.normal(0, 6)
    layer = layer.showing(bytes_of(layer.picture * np.float32(gain) + np.float32(shift)))
    if chance(rng, 0.3):
        soft = cv2.GaussianBlur(layer.picture, (0, 0), 1.2)
        amount = rng.uniform(-0.6, 1.0)
        layer = layer.showing(bytes_of(cv2.addWeighted(layer.picture, 1 + amount, soft, -amount, 0)))
    if chance(rng, 0.2):
        layer = _letterboxed(layer, rng)
    return layer.showing(_webp(layer.picture, rng)) if chance(rng, 0.15) else saved(layer, rng)


def _letterboxed(layer: Layer, rng: np.random.Generator) -> Layer:
    left, top = (int(v) for v in rng.uniform(0, 0.3, 2) * (layer.width, layer.height))
    colour = rng.choice([0, 255]) if chance(rng, 0.7) else any_colour(rng)
    page = np.full((layer.height + 2 * top, layer.width + 2 * left, 3), colour, np.uint8)
    return pasted(layer, page, (left, top))


def _webp(picture: RGB, rng: np.random.Generator) -> RGB:
    _, data = cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, int(rng.integers(20, 95))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def cropped(portrait: RGB, rng: np.random.Generator) -> Layer:
    """Keep 50 to 90 per cent of the portrait's area, the face included, and save it at some size."""
    height, width = portrait.shape[:2]
    kept = rng.uniform(0.5, 0.9)
    across = rng.uniform(max(0.62, kept), min(1.0, kept / 0.62))
    down = kept / across
    left = rng.uniform(0, 1 - across) if chance(rng, 0.4) else (1 - across) * rng.uniform(0.3, 0.7)
    top = (1 - down) * rng.beta(1, 2.5)
    box = (int(left * width), int(top * height), int((left + across) * width), int((top + down) * height))
    layer = cut(whole(portrait), box)
    factor = float(np.clip(rng.lognormal(0.3, 0.4), 0.5, 3.0))
    return saved(resized(layer, round(layer.width * factor), round(layer.height * factor), rng), rng)


def rotated(portrait: RGB, scene: RGB, rng: np.random.Generator) -> Layer:
    """Turn it by quarters, or by up to 45 degrees with the corners filled, cut off, or on a scene."""
    layer = moderately_scaled(portrait, rng, 0.6)
    if chance(rng, 0.4):
        return saved(quarter_turned(layer, int(rng.integers(1, 4))), rng)
    degrees = rng.uniform(4, 45) * rng.choice([-1, 1]) + rng.choice([0, 0, 0, 180])
    pick = rng.random()
    if pick < 0.5:
        out = turned(layer, degrees, any_colour(rng) if pick < 0.2 else (255, 255, 255) if pick < 0.35 else (0, 0, 0))
    elif pick < 0.75:
        out = turned(layer, degrees)
        left, top = int(rng.uniform(0.05, 0.14) * out.width), int(rng.uniform(0.05, 0.14) * out.height)
        out = cut(out, (left, top, out.width - left, out.height - top))
    else:
        out = _on_scene(layer, degrees, scene)
    return saved(out, rng)


def _on_scene(layer: Layer, degrees: float, scene: RGB) -> Layer:
    mask = turned(layer.showing(np.full_like(layer.picture, 255)), degrees, (0, 0, 0)).picture[:, :, 0].astype(
        np.float32
    ) / np.float32(255)
    out = turned(layer, degrees, (0, 0, 0))
    return pasted(out, covering(scene, out.width + 40, out.height + 40), (20, 20), mask)


def photocopied(layer: Layer, rng: np.random.Generator) -> Layer:
    """Copy a copy of a copy: each time a little skewed, blurred, harder and dirtier; grey."""
    layer = layer.showing(three(grey_of(layer.picture)))
    for _ in range(int(rng.integers(2, 5))):
        layer = _one_copy(layer, rng)
    if chance(rng, 0.3):
        picture = Image.fromarray(layer.picture).convert("1").convert("RGB") if layer.width > 500 else layer.picture
        layer = layer.showing(np.array(picture))
    return saved(layer, rng)


def _one_copy(layer: Layer, rng: np.random.Generator) -> Layer:
    width, height = layer.width, layer.height
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 0.8), rng.normal(1, 0.012))
    moved = cv2.warpPerspective(layer.picture, matrix, (width, height), borderValue=(235, 235, 235))
    grey = cv2.GaussianBlur(grey_of(bytes_of(moved)), (0, 0), rng.uniform(0.3, 1.1) * max(width / 500, 0.6)).astype(
        np.float32
    )
    grey = (grey - rng.uniform(100, 140)) * rng.uniform(1.05, 1.7) + rng.uniform(115, 150)
    grey += rng.standard_normal(grey.shape, np.float32) * np.float32(rng.uniform(2, 12))
    grey += cloud(rng, height, width, 6) * np.float32(rng.uniform(0, 14))
    specks = rng.random(grey.shape, np.float32) < rng.uniform(0, 0.002)
    grey[specks] = rng.choice([20, 250])
    if chance(rng, 0.3):
        grey[:, int(rng.integers(width)) :][:, : int(rng.integers(1, 4))] *= 0.6
    return Layer(three(bytes_of(grey)[:, :]), carried(layer.corners, matrix), mirrored=layer.mirrored)
