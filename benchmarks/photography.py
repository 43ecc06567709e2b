"""From a printed sheet to a phone's photo of it: the sheet in the street, the lens, the sensor."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.backgrounds import with_sheets
from benchmarks.layers import Corners, Field, Layer, any_colour, bytes_of, carried, chance, covering, jpeg, scaled
from benchmarks.sheets import Sheet, bent, creased, lit, printed, shadow, worn
from benchmarks.toning import screen
from detector.values import RGB

Homography = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shot:
    """How a photo is taken.

    width, height: of the photo, pixels. portrait_px: how wide the portrait is in it. yaw, pitch, roll: of the sheet,
    degrees. rough: 0..1, how bad focus, light and noise may be.
    """

    width: int
    height: int
    portrait_px: float
    yaw: float
    pitch: float
    roll: float
    rough: float


def seen(corners: Corners, shot: Shot, rng: np.random.Generator) -> Homography:
    """Return the (3, 3) homography, sheet to photo, that shows the portrait as wide as the shot says and well inside.

    A pinhole camera looks at the sheet, turned by yaw, pitch and roll about the portrait's middle.
    """
    yaw, pitch, roll = np.deg2rad([shot.yaw, shot.pitch, shot.roll])
    turn_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    turn_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    turn_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    turn = turn_z @ turn_x @ turn_y
    middle, wide = corners.mean(axis=0), float(np.linalg.norm(corners[1] - corners[0]))
    away = rng.uniform(3.2, 8) * wide
    pose = np.stack([turn[:, 0], turn[:, 1], np.array([0, 0, away])], axis=1)
    zoom = shot.portrait_px / wide * away
    at = np.array([shot.width, shot.height]) * rng.uniform(0.33, 0.67, 2)
    camera = np.array([[zoom, 0, at[0]], [0, zoom, at[1]], [0, 0, 1]])
    centred = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1]])
    return np.asarray(camera @ pose @ centred, np.float64)


def hung(sheet: Sheet, scene: RGB, shot: Shot, rng: np.random.Generator) -> Layer:
    """Show the sheet in the scene through a homography, without aliasing, with a cast shadow behind it."""
    ground = covering(scene, shot.width, shot.height)
    if chance(rng, 0.25):
        ground = with_sheets(ground, rng, int(rng.integers(1, 7)))
    homography = seen(sheet.layer.corners, shot, rng)
    wide = float(np.linalg.norm(sheet.layer.corners[1] - sheet.layer.corners[0]))
    shrink = shot.portrait_px / wide
    picture, cover = sheet.layer.picture, sheet.cover
    if shrink < 0.7:
        factor = max(shrink * 1.15, 0.02)
        size = (max(8, round(picture.shape[1] * factor)), max(8, round(picture.shape[0] * factor)))
        back = np.diag([picture.shape[1] / size[0], picture.shape[0] / size[1], 1.0])
        picture = bytes_of(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))
        cover = np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.float32)
        view = homography @ back
    else:
        view = homography
    size = (shot.width, shot.height)
    front = cv2.warpPerspective(picture, view, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = np.asarray(cv2.warpPerspective(cover, view, size, flags=cv2.INTER_LINEAR), np.float32)
    if chance(rng, 0.6):
        ground = _shaded(ground, alpha, rng)
    out = ground + (front.astype(np.float32) - ground) * alpha[:, :, None]
    return replace(sheet.layer, picture=bytes_of(out), corners=carried(sheet.layer.corners, homography))


def _shaded(ground: RGB, alpha: Field, rng: np.random.Generator) -> RGB:
    """Cast the sheet's shadow, (H, W) alpha, on the wall."""
    small = cv2.resize(alpha, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    move = np.array([[1, 0, rng.uniform(-3, 3)], [0, 1, rng.uniform(0, 4)]], np.float32)
    shade = cv2.GaussianBlur(cv2.warpAffine(small, move, (small.shape[1], small.shape[0])), (0, 0), rng.uniform(0.6, 4))
    dark = 1 - rng.uniform(0.2, 0.6) * cv2.resize(shade, (alpha.shape[1], alpha.shape[0]))
    return bytes_of(ground * np.asarray(dark, np.float32)[:, :, None])


def occluded(photo: Layer, rng: np.random.Generator) -> RGB:
    """Put something between lens and sheet: a finger at the edge of the portrait, a twig, a cable, a railing."""
    picture, corners = photo.picture.copy(), photo.corners
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    start = corners.mean(axis=0) + rng.normal(0, 0.55, 2) * wide
    angle = rng.uniform(0, 2 * np.pi)
    end = start + 4 * wide * np.array([np.cos(angle), np.sin(angle)])
    finger = chance(rng, 0.4)
    if not finger:
        start = start - (end - start)
    colour = any_colour(rng, 120, 220) if finger else any_colour(rng, 10, 120)
    thick = max(1, round(wide * (rng.uniform(0.15, 0.3) if finger else rng.uniform(0.02, 0.09))))
    line = np.round(np.stack([start, end])).astype(np.int32)
    cv2.polylines(picture, [line], False, colour, thick, cv2.LINE_AA)
    return picture


def blurred(picture: RGB, rng: np.random.Generator, rough: float, most: float) -> RGB:
    """Defocus, at most `most` pixels, and shake a photo, up to `rough` (0..1) badly."""
    if chance(rng, 0.75):
        picture = bytes_of(cv2.GaussianBlur(picture, (0, 0), min(0.3 + rng.exponential(0.7) * rough, most)))
    if chance(rng, 0.3 * rough + 0.05):
        length, angle = int(rng.integers(3, 4 + max(1, round(6 * rough)))), rng.uniform(0, np.pi)
        kernel = np.zeros((length, length), np.float32)
        middle, arm = (length - 1) / 2, (length - 1) / 2 * np.array([np.cos(angle), np.sin(angle)])
        a, b = np.round(middle - arm).astype(int), np.round(middle + arm).astype(int)
        cv2.line(kernel, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), (1.0,))
        picture = bytes_of(cv2.filter2D(picture, -1, kernel / kernel.sum()))
    return picture


def _metered(picture: RGB, rng: np.random.Generator) -> np.float32:
    """Return the gain that a phone's exposure meter gives, for the whole photo or its middle, not exactly."""
    height, width = picture.shape[:2]
    seen = picture if chance(rng, 0.4) else picture[height // 4 : height * 3 // 4, width // 4 : width * 3 // 4]
    wanted = rng.uniform(85, 150) / max(float(seen[::8, ::8].mean()), 1.0)
    return np.float32(np.clip(wanted ** rng.uniform(0.4, 1), 0.6, 1.9))


def exposed(picture: RGB, rng: np.random.Generator, rough: float) -> RGB:
    """Light, cast, vignette, shade, moire and sensor noise of the whole photo."""
    height, width = picture.shape[:2]
    x, y = np.linspace(-1, 1, width, dtype=np.float32)[None], np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    light = 1 - (x * x + y * y) * np.float32(rng.uniform(0, 0.22))
    light *= 1 + x * np.float32(rng.normal(0, 0.12)) + y * np.float32(rng.normal(0, 0.12))
    if chance(rng, 0.3 * rough):
        light *= shadow(rng, x, y)
    if chance(rng, 0.15):
        waves = screen(height, width, rng.uniform(5, 60), rng.uniform(0, 90), lines=True) - 0.5
        light *= 1 + waves * np.float32(rng.uniform(0.03, 0.2))
    gain = _metered(picture, rng) * np.array([rng.normal(1, 0.05), 1, rng.normal(1, 0.07)], np.float32)
    out = picture * light[:, :, None] * gain
    sigma = 1 + rng.exponential(5) * rough
    out += rng.standard_normal((height, width, 1), np.float32) * np.float32(sigma)
    tints = rng.standard_normal((height // 2, width // 2, 3), np.float32) * np.float32(sigma * rng.uniform(0.2, 0.9))
    out += np.asarray(cv2.resize(tints, (width, height)), np.float32)
    return bytes_of(out)


def developed(picture: RGB, rng: np.random.Generator, rough: float) -> RGB:
    """Do what the phone does: smooth, sharpen, stretch, save as JPEG."""
    if chance(rng, 0.25 * rough):
        picture = bytes_of(cv2.bilateralFilter(picture, 5, 30, 3))
    if chance(rng, 0.5):
        soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.8, 2))
        amount = rng.uniform(0.2, 1.2)
        picture = bytes_of(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0))
    return jpeg(picture, int(rng.integers(30 if rough > 0.5 else 45, 96)))


def photographed(poster: Layer, scene: RGB, shot: Shot, rng: np.random.Generator) -> Layer:
    """Print a poster, hang it in the scene, and take its photo."""
    wide = float(np.linalg.norm(poster.corners[1] - poster.corners[0]))
    if wide > 2.2 * shot.portrait_px:  # detail that the photo cannot show need not be printed
        poster = scaled(poster, 2.2 * shot.portrait_px / wide, rng)
    paper = printed(poster, rng)
    if chance(rng, 0.4):
        paper = paper.showing(creased(paper.picture, rng))
    sheet = lit(worn(bent(paper, rng), rng), rng)
    photo = hung(sheet, scene, shot, rng)
    if chance(rng, 0.15):
        photo = photo.showing(occluded(photo, rng))
    picture = exposed(blurred(photo.picture, rng, shot.rough, shot.portrait_px / 80), rng, shot.rough)
    return photo.showing(developed(picture, rng, shot.rough))
