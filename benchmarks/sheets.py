"""Printed sheets of paper: ink, creases, bends, tears, tape, and the light on them."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from benchmarks.layers import Field, Layer, any_colour, bytes_of, chance, cloud
from benchmarks.toning import grey_of, screen, three
from detector.values import RGB


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed sheet: its face, and how much of it is there, (H, W) 0..1, where it is not torn."""

    layer: Layer
    cover: Field


def printed(layer: Layer, rng: np.random.Generator) -> Layer:
    """Print a poster: weaker blacks, a paper tint, a dot pattern, grain, toner streaks; sometimes only in black."""
    picture = three(grey_of(layer.picture)) if chance(rng, 0.3) else layer.picture
    black, white = rng.uniform(8, 60), rng.uniform(205, 255)
    tint = np.array([1, rng.uniform(0.94, 1), rng.uniform(0.84, 1)], np.float32)
    out = (np.float32(black) + picture * np.float32((white - black) / 255)) * tint
    height, width = picture.shape[:2]
    if chance(rng, 0.5):
        pattern = screen(height, width, rng.uniform(2.2, 5), rng.uniform(0, 90))
        out *= 1 + (pattern[:, :, None] - 0.5) * np.float32(rng.uniform(0.05, 0.35))
    if chance(rng, 0.25):
        streaks = np.repeat(rng.normal(1, 0.05, (1, width // 3 + 1, 1)), 3, axis=1)[:, :width]
        out *= streaks.astype(np.float32)
    out *= 1 + cloud(rng, height, width, 60)[:, :, None] * np.float32(rng.uniform(0, 0.06))
    return layer.showing(bytes_of(out))


def creased(picture: RGB, rng: np.random.Generator) -> RGB:
    """Shade folds across a sheet, (H, W, 3)."""
    height, width = picture.shape[:2]
    x, y = np.arange(width, dtype=np.float32)[None] / width, np.arange(height, dtype=np.float32)[:, None] / height
    shade = np.ones((height, width), np.float32)
    for _ in range(int(rng.integers(1, 5))):
        angle = rng.choice([0, np.pi / 2, rng.uniform(0, np.pi)])
        far = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) - np.float32(rng.uniform(0.15, 0.85))
        shade += (
            np.sign(far) * np.exp(-np.abs(far) * np.float32(rng.uniform(6, 40))) * np.float32(rng.uniform(-0.16, 0.16))
        )
        shade += np.exp(-((far * np.float32(400)) ** 2)) * np.float32(rng.uniform(-0.15, 0.25))
    return bytes_of(picture * shade[:, :, None])


def bent(layer: Layer, rng: np.random.Generator) -> Sheet:
    """Hang a sheet a little wavy, or round a post; the corners follow."""
    return curled(rolled(layer, rng) if chance(rng, 0.12) else layer, rng)


def rolled(layer: Layer, rng: np.random.Generator) -> Layer:
    """Wrap a sheet round a post: its sides turn away, narrower and darker."""
    half = rng.uniform(0.35, 0.95)
    seen = np.linspace(-1, 1, layer.width, dtype=np.float32)
    angle = np.arcsin(seen * np.float32(np.sin(half)))
    map_x = np.broadcast_to((angle / np.float32(half) + 1) * np.float32(layer.width / 2), (layer.height, layer.width))
    map_y = np.broadcast_to(np.arange(layer.height, dtype=np.float32)[:, None], map_x.shape)
    picture = cv2.remap(layer.picture, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR)
    dark = (1 - np.float32(rng.uniform(0.1, 0.6)) * (1 - np.cos(angle)))[None, :, None]
    around = (layer.corners[:, 0] / layer.width * 2 - 1) * half
    corners = layer.corners.copy()
    corners[:, 0] = (np.sin(around) / np.sin(half) + 1) * layer.width / 2
    return replace(layer, picture=bytes_of(picture * dark), corners=corners)


def curled(layer: Layer, rng: np.random.Generator) -> Sheet:
    """Bend a sheet: rows shift along a slow wave; the corners follow."""
    swing, cycles, phase = rng.uniform(0, 0.025) * layer.width, rng.uniform(0.3, 1.2), rng.uniform(0, 2 * np.pi)
    pad = int(swing) + 2
    x = np.arange(layer.width, dtype=np.float32)
    turn = np.float32(2 * np.pi * cycles / layer.width)
    wave = np.asarray(swing * np.sin(turn * x + phase), np.float32)
    height = layer.height + 2 * pad
    map_y = np.arange(height, dtype=np.float32)[:, None] - pad - wave[None]
    map_x = np.broadcast_to(x[None], map_y.shape).astype(np.float32)
    picture = cv2.remap(layer.picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    slope = np.cos(turn * x + phase) * np.float32(rng.uniform(-0.2, 0.2) * swing / max(layer.width * 0.02, 1))
    cover = np.clip(np.minimum(map_y + 1, layer.height - map_y), 0, 1).astype(np.float32)
    shift = np.interp(layer.corners[:, 0], x, wave) + pad
    corners = layer.corners + np.stack([np.zeros(4), shift], axis=1).astype(np.float32)
    return Sheet(replace(layer, picture=bytes_of(picture * (1 + slope)[None, :, None]), corners=corners), cover)


def worn(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """Tear corners or edges off, tape or staple it, spot it."""
    picture, cover = sheet.layer.picture.copy(), sheet.cover.copy()
    height, width = cover.shape
    if chance(rng, 0.35):
        for _ in range(int(rng.integers(1, 4))):
            _tear(cover, rng)
    if chance(rng, 0.4):
        for corner in range(4):
            _tape(picture, (corner % 2 * width, corner // 2 * height), rng)
    if chance(rng, 0.3):
        for _ in range(int(rng.integers(2, 6))):
            x, y = int(rng.uniform(0.02, 0.98) * width), int(rng.choice([0.03, 0.97]) * height)
            cv2.line(
                picture,
                (x, y),
                (x + width // 28, y + int(rng.integers(-6, 7))),
                (150, 150, 155),
                max(1, width // 220),
                cv2.LINE_AA,
            )
    if chance(rng, 0.25):
        stain = np.clip(cloud(rng, height, width, 7) - 0.25, 0, 1)[:, :, None] * np.float32(rng.uniform(0.2, 0.8))
        picture = bytes_of(picture * (1 - stain * (1 - np.array(any_colour(rng, 40, 200), np.float32) / 255)))
    return Sheet(sheet.layer.showing(picture), cover)


def _tear(cover: Field, rng: np.random.Generator) -> None:
    """Take a ragged corner or strip off, in place."""
    height, width = cover.shape
    deep = rng.uniform(0.04, 0.22) * width
    cx, cy = rng.choice([0, width]), rng.choice([0, height])
    dx, dy = (1 if cx == 0 else -1), (1 if cy == 0 else -1)
    steps = np.linspace(0, np.pi / 2, 14)
    reach = deep * rng.uniform(0.7, 1.15, 14)
    rim = [(cx + dx * r * np.cos(t), cy + dy * r * np.sin(t)) for t, r in zip(steps, reach, strict=True)]
    cv2.fillPoly(cover, [np.array([(cx, cy), *rim], np.int32)], (0.0,), cv2.LINE_AA)


def _tape(picture: RGB, corner: tuple[int, int], rng: np.random.Generator) -> None:
    """Stick tape over a corner of the sheet, in place, milky or black."""
    width = picture.shape[1]
    long, wide = width * rng.uniform(0.06, 0.14), width * rng.uniform(0.025, 0.05)
    box = cv2.boxPoints((corner, (long * 2, wide * 2), float(rng.uniform(0, 180)))).astype(np.int32)
    over = picture.copy()
    cv2.fillPoly(over, [box], any_colour(rng, 190, 240) if chance(rng, 0.7) else any_colour(rng, 10, 60))
    share = rng.uniform(0.5, 1)
    cv2.addWeighted(over, share, picture, 1 - share, 0, dst=picture)


def lit(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """Put the sheet into light of its own: brightness, cast, a slope or a patch of shade, a glare spot."""
    height, width = sheet.cover.shape
    x, y = np.linspace(-1, 1, width, dtype=np.float32)[None], np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    slope = x * np.float32(rng.normal(0, 0.16)) + y * np.float32(rng.normal(0, 0.16))
    light = np.float32(rng.uniform(0.65, 1.12)) * (1 + slope)
    if chance(rng, 0.4):
        light *= shadow(rng, x, y)
    cast = np.array([rng.normal(1, 0.06), 1, rng.normal(1, 0.08)], np.float32)
    out = sheet.layer.picture * light[:, :, None] * cast
    if chance(rng, 0.25):
        gx, gy, size = rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.1, 0.5)
        spot = np.exp(-((x - np.float32(gx)) ** 2 + (y - np.float32(gy)) ** 2) / np.float32(size * size))
        out += spot[:, :, None] * np.float32(rng.uniform(40, 170))
    return Sheet(sheet.layer.showing(bytes_of(out)), sheet.cover)


def shadow(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Return a soft or sharp band or half of shade, 0..1, over x (1, W) and y (H, 1) in -1..1."""
    angle, sharp = rng.uniform(0, np.pi), np.float32(rng.uniform(3, 60))
    far = x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle)) - np.float32(rng.uniform(-0.7, 0.7))
    if chance(rng, 0.5):
        far = np.float32(rng.uniform(0.1, 0.5)) - np.abs(far)
    edge = 1 / (1 + np.exp(np.clip(-far * sharp, -30, 30)))
    return np.asarray(1 - np.float32(rng.uniform(0.2, 0.6)) * edge, np.float32)
