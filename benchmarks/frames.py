"""Another frame of the same sitting: near enough to mislead, and another photograph all the same."""

import cv2
import numpy as np

from benchmarks.layers import Field, bytes_of, cloud
from detector.values import RGB


def another_frame(portrait: RGB, rng: np.random.Generator) -> RGB:
    """Return what the camera might have seen seconds later, (H, W, 3) as the portrait.

    The head moves, turns and tilts against the shoulders, eyes and mouth change, framing, light and grain differ.
    The shifts are in pixels of a portrait 225 wide, scaled with it.
    """
    height, width = portrait.shape[:2]
    dx, dy = _head(rng, width, height)
    for _ in range(int(rng.integers(5, 10))):
        _expression(dx, dy, rng)
    dx += _restless(rng, width, height)
    dy += _restless(rng, width, height)
    across, down = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    zoom, angle = rng.normal(1, 0.025), np.deg2rad(rng.normal(0, 1.2))
    cx, cy = across - width / 2, down - height / 2
    shift = rng.normal(0, 0.022, 2) * width
    map_x = (cx * np.cos(angle) - cy * np.sin(angle)) * zoom + width / 2 + shift[0] + dx
    map_y = (cx * np.sin(angle) + cy * np.cos(angle)) * zoom + height / 2 + abs(shift[1]) + dy
    warped = cv2.remap(
        portrait, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return _relit(bytes_of(warped), rng)


def _head(rng: np.random.Generator, width: int, height: int) -> tuple[Field, Field]:
    """Return how far each pixel of head and neck looks aside, (height, width) pixels across and down."""
    y = np.arange(height, dtype=np.float32)[:, None] / height
    x = np.arange(width, dtype=np.float32)[None] / width
    held = 1 / (1 + np.exp((y - np.float32(rng.uniform(0.66, 0.74))) * 22))  # 1 over the head, 0 over the shoulders
    u, v = x - 0.5, y - 0.42
    unit = width / 225
    move = rng.uniform(7, 17) * unit * _direction(rng)
    turn = (
        rng.uniform(8, 18) * unit * rng.choice([-1, 1])
    )  # a turning head: the nose's part moves most, the ears' least
    bulge = np.exp(-(u * u) / 0.045 - (v * v) / 0.09)
    nod = rng.normal(0, 5) * unit
    tilt = np.deg2rad(rng.uniform(2, 7) * rng.choice([-1, 1]))
    dx = held * (move[0] + turn * bulge * 0.7 - np.sin(tilt) * v * height)
    dy = held * (move[1] * 0.6 + nod * bulge + np.sin(tilt) * u * width)
    return dx.astype(np.float32), dy.astype(np.float32)


def _restless(rng: np.random.Generator, width: int, height: int) -> Field:
    """Return the small moves of all that is soft, cloth in wide folds, skin and hair in short ones, (height, width)."""
    unit = width / 225
    folds = cloud(rng, height, width, 4) * np.float32(rng.uniform(1.5, 4) * unit)
    above = np.linspace(1.3, 0.1, height, dtype=np.float32)[:, None]
    strands = cloud(rng, height, width, int(rng.integers(16, 28))) * above * np.float32(rng.uniform(0.8, 1.8) * unit)
    return np.asarray(folds + strands, np.float32)


def _direction(rng: np.random.Generator) -> Field:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


def _expression(dx: Field, dy: Field, rng: np.random.Generator) -> None:
    """Pull at an eye, a brow or a corner of the mouth, two to six pixels at a width of 225, in place."""
    height, width = dx.shape
    places = (
        (0.4, 0.38),
        (0.6, 0.38),
        (0.5, 0.56),
        (0.43, 0.56),
        (0.57, 0.56),
        (0.5, 0.47),
        (0.38, 0.33),
        (0.62, 0.33),
        (0.5, 0.66),
    )
    px, py = places[rng.integers(len(places))]
    y = np.arange(height, dtype=np.float32)[:, None] / height - np.float32(py + rng.normal(0, 0.02))
    x = np.arange(width, dtype=np.float32)[None] / width - np.float32(px + rng.normal(0, 0.02))
    reach = rng.uniform(0.03, 0.07)
    bump = np.exp(-(x * x + y * y) / (2 * reach * reach)).astype(np.float32)
    pull = rng.uniform(2, 6) * width / 225 * _direction(rng)
    dx += bump * pull[0]
    dy += bump * pull[1]


def _relit(picture: RGB, rng: np.random.Generator) -> RGB:
    """Change light and grain."""
    height, width = picture.shape[:2]
    light = 1 + cloud(rng, height, width, 2) * np.float32(rng.uniform(0.03, 0.12)) + np.float32(rng.normal(0, 0.05))
    for _ in range(int(rng.integers(2, 5))):  # the gleam on a skin does not move with the skin
        x = np.arange(width, dtype=np.float32)[None] / width - np.float32(rng.normal(0.5, 0.12))
        y = np.arange(height, dtype=np.float32)[:, None] / height - np.float32(rng.normal(0.42, 0.14))
        light += np.exp(-(x * x + y * y) / np.float32(rng.uniform(0.001, 0.02))) * np.float32(rng.uniform(-0.14, 0.14))
    noise = rng.standard_normal(picture.shape, np.float32) * np.float32(rng.uniform(1.5, 4))
    return bytes_of(picture * light[:, :, None] + noise)
