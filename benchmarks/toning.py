"""What people do to a picture's tones: grey, sepia, duotone, posterised, stark contrast, halftone dots, threshold."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.layers import Field, Grey, any_colour, bytes_of, chance, cloud
from detector.values import RGB

Tone = Callable[[RGB, np.random.Generator], RGB]


def grey_of(picture: RGB) -> Grey:
    """Return the luma of an (H, W, 3) picture, (H, W)."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def three(grey: NDArray[np.uint8]) -> RGB:
    """Repeat (H, W) grey into (H, W, 3)."""
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def mapped(picture: RGB, stops: NDArray[np.float64]) -> RGB:
    """Map luma onto a colour ramp: stops (N, 3), 0..255, dark to light."""
    at = np.linspace(0, 255, len(stops))
    ramp = np.stack([np.interp(np.arange(256), at, stops[:, channel]) for channel in range(3)], axis=1)
    return ramp.astype(np.uint8)[grey_of(picture)]


def grey(picture: RGB, rng: np.random.Generator) -> RGB:
    """Make it grey by luma or by one channel."""
    if chance(rng, 0.6):
        return three(grey_of(picture))
    return three(np.ascontiguousarray(picture[:, :, rng.integers(3)]))


def sepia(picture: RGB, rng: np.random.Generator) -> RGB:
    """Make it brown or another single tint."""
    tint = np.array([rng.uniform(200, 255), rng.uniform(170, 235), rng.uniform(110, 210)])
    dark = tint * rng.uniform(0.02, 0.25)
    return mapped(picture, np.stack([dark, (dark + tint) * rng.uniform(0.42, 0.58), tint]))


def duotone(picture: RGB, rng: np.random.Generator) -> RGB:
    """Spread it between two colours, one clearly darker."""
    dark, light = np.array(any_colour(rng, 0, 110)), np.array(any_colour(rng, 140, 256))
    if chance(rng, 0.35):  # red and black, red and white: the commonest on posters
        dark, light = np.array([20, 0, 0]), np.array([rng.integers(200, 256), *rng.integers(20, 60, 2)])
    return mapped(picture, np.stack([dark, light]).astype(np.float64))


def campaign(picture: RGB, rng: np.random.Generator) -> RGB:
    """Paint it in three to five flat colours, dark to light, like a campaign poster."""
    steps = int(rng.integers(3, 6))
    blurred = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.6))
    levels = cv2.equalizeHist(grey_of(bytes_of(blurred))).astype(np.int32) * steps // 256
    colours = np.array(sorted((any_colour(rng) for _ in range(steps)), key=sum), np.float64)
    colours += (np.linspace(0, 255, steps)[:, None] - colours.mean(axis=1, keepdims=True)) * 0.8
    return bytes_of(np.clip(colours, 0, 255).astype(np.uint8)[levels])


def posterised(picture: RGB, rng: np.random.Generator) -> RGB:
    """Keep three to six levels a channel, of the contrast stretched."""
    picture = np.asarray(cv2.normalize(picture, np.empty_like(picture), 0, 255, cv2.NORM_MINMAX), np.uint8)
    levels = int(rng.integers(3, 7))
    step = 256 // levels
    return bytes_of(np.clip((picture // step) * (255 // max(levels - 1, 1)), 0, 255).astype(np.uint8))


def curved(picture: RGB, rng: np.random.Generator) -> RGB:
    """Bend contrast, gamma and brightness hard."""
    x = np.linspace(0, 1, 256) ** np.exp(rng.uniform(-0.7, 0.7))
    contrast, shift = rng.uniform(0.45, 2.6), rng.uniform(-0.15, 0.15)
    curve = np.clip((x - 0.5 + shift) * contrast + 0.5, 0, 1) * 255
    return np.asarray(curve.astype(np.uint8)[picture], np.uint8)


def channels(picture: RGB, rng: np.random.Generator) -> RGB:
    """Invert one channel, or swap channels."""
    out = picture.copy()
    if chance(rng, 0.5):
        one = int(rng.integers(3))
        out[:, :, one] = 255 - out[:, :, one]
        return out
    return np.ascontiguousarray(out[:, :, rng.permutation(3)])


def hued(picture: RGB, rng: np.random.Generator) -> RGB:
    """Turn the hue, and drain or drench the colour."""
    hsv = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2HSV), np.float32)
    hsv[:, :, 0] = (hsv[:, :, 0] + rng.uniform(0, 180)) % 180
    hsv[:, :, 1] = np.minimum(hsv[:, :, 1] * rng.uniform(0.2, 2.5), 255)
    return bytes_of(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB))


def negative(picture: RGB, rng: np.random.Generator) -> RGB:
    """Invert it all, or solarise the bright part."""
    if chance(rng, 0.5):
        return np.where(picture > rng.integers(120, 200), 255 - picture, picture).astype(np.uint8)
    return np.asarray(255 - picture, np.uint8)


def local(picture: RGB, rng: np.random.Generator) -> RGB:
    """Press local contrast up, the look of an "HDR" filter."""
    lab = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), np.uint8)
    equaliser = cv2.createCLAHE(rng.uniform(2, 6), (int(rng.integers(3, 9)),) * 2)
    lab[:, :, 0] = equaliser.apply(np.ascontiguousarray(lab[:, :, 0]))
    return bytes_of(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB))


def washed(picture: RGB, rng: np.random.Generator) -> RGB:
    """Lay a flat colour over it."""
    share = rng.uniform(0.2, 0.55)
    colour = np.full_like(picture, any_colour(rng))
    return bytes_of(cv2.addWeighted(picture, 1 - share, colour, share, 0))


def pencil(picture: RGB, rng: np.random.Generator) -> RGB:
    """Turn it into a pencil drawing by colour dodge."""
    luma = grey_of(picture)
    blurred = cv2.GaussianBlur(255 - luma, (0, 0), rng.uniform(2.5, 7))
    drawn = cv2.divide(luma, 255 - np.minimum(blurred, 250), scale=256)
    return three(bytes_of(cv2.addWeighted(drawn, 0.75, luma, 0.25, 0)))


def screen(height: int, width: int, pitch: float, degrees: float, *, lines: bool = False) -> Field:
    """Return the thresholds of a halftone screen, 0..1, (height, width): dots or lines `pitch` pixels apart."""
    angle = np.deg2rad(degrees)
    x, y = np.arange(width, dtype=np.float32)[None], np.arange(height, dtype=np.float32)[:, None]
    turn = np.float32(2 * np.pi / pitch)
    across = np.cos(turn * (x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))))
    if lines:
        return np.asarray(0.5 + 0.47 * across, np.float32)
    along = np.cos(turn * (y * np.float32(np.cos(angle)) - x * np.float32(np.sin(angle))))
    return np.asarray(0.5 + 0.235 * (across + along), np.float32)


def dotted(picture: RGB, rng: np.random.Generator, pitch: float) -> RGB:
    """Print it in black dots or lines `pitch` pixels apart, antialiased."""
    height, width = picture.shape[:2]
    luma = cv2.createCLAHE(rng.uniform(1, 3), (4, 4)).apply(grey_of(picture)).astype(np.float32) / 255
    pattern = screen(height, width, pitch, rng.uniform(0, 90), lines=chance(rng, 0.2))
    hard = rng.uniform(3, 9)
    return three(bytes_of((0.5 + (luma - pattern) * hard) * 255))


def colour_dotted(picture: RGB, rng: np.random.Generator, pitch: float) -> RGB:
    """Print it in cyan, magenta and yellow dots at three angles, `pitch` pixels apart."""
    height, width = picture.shape[:2]
    first, hard = rng.uniform(0, 90), rng.uniform(2, 6)
    out = np.empty(picture.shape, np.float32)
    for channel, angle in enumerate((15, 75, 0)):
        pattern = screen(height, width, pitch, first + angle)
        out[:, :, channel] = (0.5 + (picture[:, :, channel] / np.float32(255) - pattern) * hard) * 255
    return bytes_of(out)


def overlaid(picture: RGB, rng: np.random.Generator) -> RGB:
    """Lay a faint halftone or scan-line pattern over the picture."""
    height, width = picture.shape[:2]
    pattern = screen(height, width, rng.uniform(2.5, 7), rng.uniform(0, 90), lines=chance(rng, 0.4))
    return bytes_of(picture * (1 - rng.uniform(0.2, 0.55) * pattern[:, :, None]))


def thresholded(picture: RGB, rng: np.random.Generator) -> RGB:
    """Make it pure black and white (or two colours), cut at a level that leaves the face drawn."""
    luma = np.asarray(cv2.GaussianBlur(grey_of(picture), (0, 0), rng.uniform(0.4, 1.8)), np.float32)
    if chance(rng, 0.5):  # part of the light taken out first, as a stencil maker does
        around = cv2.GaussianBlur(luma, (0, 0), picture.shape[1] / rng.uniform(5, 14))
        luma = luma - rng.uniform(0.5, 0.95) * around + 128
    height, width = luma.shape
    middle = luma[height // 8 : height * 3 // 4, width // 5 : width * 4 // 5]
    level = np.percentile(middle, rng.uniform(30, 58))
    return three(bytes_of((luma - level) * rng.uniform(3, 40) + 128))


def dithered(picture: RGB, rng: np.random.Generator) -> RGB:
    """Print it in grains: every pixel black or white by chance, darker where the picture is."""
    luma = np.asarray(cv2.GaussianBlur(grey_of(picture), (0, 0), 0.6), np.float32)
    grain = rng.random(luma.shape, np.float32) * np.float32(2) - np.float32(1)
    return three(bytes_of((luma + grain * rng.uniform(60, 120) - 128) * rng.uniform(2, 9) + 128))


def aged(picture: RGB, rng: np.random.Generator) -> RGB:
    """Fade it in patches and drop its blacks."""
    height, width = picture.shape[:2]
    patches = 1 - 0.3 * np.abs(cloud(rng, height, width, int(rng.integers(2, 9))))[:, :, None]
    return bytes_of((picture * np.float32(0.75) + np.float32(rng.uniform(15, 60))) * patches)


TONES: tuple[tuple[Tone, float], ...] = (
    (grey, 3),
    (sepia, 3),
    (duotone, 4),
    (campaign, 2),
    (posterised, 2),
    (curved, 3),
    (channels, 2),
    (hued, 2),
    (negative, 0.7),
    (local, 1.5),
    (washed, 1.5),
    (pencil, 0.7),
    (overlaid, 2),
    (thresholded, 1.2),
    (aged, 1),
)


def toned(picture: RGB, rng: np.random.Generator) -> RGB:
    """Change the tones of an (H, W, 3) picture in one or two random ways."""
    weights = np.array([weight for _, weight in TONES])
    first, second = rng.choice(len(TONES), 2, replace=False, p=weights / weights.sum())
    picture = TONES[first][0](picture, rng)
    if chance(rng, 0.3) and TONES[first][0] not in {thresholded, campaign, pencil}:
        picture = TONES[second][0](picture, rng)
    return picture


def hard_print(picture: RGB, rng: np.random.Generator) -> RGB:
    """Reduce it to a hard threshold, a halftone, or grains, as a cheap printer or a stencil does."""
    pitch = picture.shape[1] / rng.uniform(38, 120)
    pick = rng.random()
    if pick < 0.42:
        return thresholded(picture, rng)
    if pick < 0.78:
        return dotted(picture, rng, pitch)
    return colour_dotted(picture, rng, pitch) if pick < 0.9 else dithered(picture, rng)
