"""Portraits and scenes drawn by code, of nobody and nowhere."""

import cv2
import numpy as np

from benchmarks.backgrounds import draw_scene
from benchmarks.clothes import backdrop, dress, put_cap_on
from benchmarks.faces import HIGH, MIDDLE, WIDE, draw_head
from benchmarks.layers import Field, bytes_of, cloud, covering
from benchmarks.people import Stance, a_person, a_stance
from detector.values import RGB

__all__ = ["draw_portrait", "draw_scene"]


def draw_portrait(seed: int, *, pose: int = 0, size: tuple[int, int] = (225, 275)) -> RGB:
    """Draw the official portrait of the person of a seed, (height, width, 3) for a size of (width, height) pixels.

    pose: 0 for the published photo; any other number for another frame of the same sitting: same clothes and backdrop,
    the head elsewhere and turned, another expression, framing and grain.
    """
    person, stance = a_person(seed), a_stance(seed, pose)
    canvas = backdrop(person)
    dress(canvas, person)
    paint, cover = draw_head(person, stance)
    if person.cap:
        hat = np.repeat((cover * 255).astype(np.uint8)[:, :, None], 3, axis=2)
        put_cap_on(paint, hat, person)
        cover = hat[:, :, 0].astype(np.float32) / np.float32(255)
    return _developed(_joined(canvas, paint, cover, stance), stance, np.random.default_rng([seed, 4, pose]), size)


def _joined(canvas: RGB, paint: RGB, cover: Field, stance: Stance) -> RGB:
    """Move and tilt the head about the neck and lay it over the shoulders, its shadow first."""
    neck = (MIDDLE[0], MIDDLE[1] + 130)
    move = cv2.getRotationMatrix2D(neck, stance.tilt, 1.0)
    move[:, 2] += np.array([stance.across, stance.down])
    front = cv2.warpAffine(paint, move, (WIDE, HIGH), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = np.asarray(cv2.warpAffine(cover, move, (WIDE, HIGH), flags=cv2.INTER_LINEAR), np.float32)
    shadow = cv2.GaussianBlur(np.roll(alpha, 16, axis=0), (0, 0), 14)
    dark = canvas * (1 - np.float32(0.42) * np.asarray(shadow, np.float32))[:, :, None]
    return bytes_of(dark + (front.astype(np.float32) - dark) * alpha[:, :, None])


def _developed(canvas: RGB, stance: Stance, rng: np.random.Generator, size: tuple[int, int]) -> RGB:
    """Frame, light and grain the drawing, and bring it to its size."""
    frame = cv2.getRotationMatrix2D((WIDE / 2, HIGH / 2), 0, stance.zoom)
    frame[:, 2] += np.array([stance.shift_x, stance.shift_y])
    framed = cv2.warpAffine(canvas, frame, (WIDE, HIGH), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    small = covering(bytes_of(framed), size[0], size[1])
    light = 1 + cloud(rng, size[1], size[0], 2) * np.float32(0.05)
    grain = rng.standard_normal(small.shape, np.float32) * 3 + cloud(rng, size[1], size[0], 110)[:, :, None] * 8
    return bytes_of(small * light[:, :, None] + grain)
