"""A picture that knows where the portrait lies in it, and the plain moves that keep it knowing.

Corners are (4, 2) float32, in pixels: the portrait's own top-left, top-right, bottom-right, bottom-left; x before y.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.values import RGB

Corners = NDArray[np.float32]
Grey = NDArray[np.uint8]
Field = NDArray[np.float32]
Colour = tuple[int, int, int]

ENLARGE = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
SHRINK = (cv2.INTER_AREA, cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)


@dataclass(frozen=True, slots=True)
class Layer:
    """A picture, (H, W, 3), and where the portrait's corners lie in it, (4, 2) pixels, perhaps outside."""

    picture: RGB
    corners: Corners
    mirrored: bool = False

    @property
    def width(self) -> int:
        """Of the picture, in pixels."""
        return int(self.picture.shape[1])

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""
        return int(self.picture.shape[0])

    def showing(self, picture: RGB) -> "Layer":
        """Return this layer with another picture of the same geometry, (H, W, 3)."""
        return replace(self, picture=picture)


def whole(portrait: RGB) -> Layer:
    """Return a portrait, (H, W, 3), as a layer that it fills."""
    height, width = portrait.shape[:2]
    return Layer(portrait, np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32))


def bytes_of(values: NDArray[np.float32] | cv2.typing.MatLike) -> RGB:
    """Clip any array to 0..255 uint8, same shape."""
    if values.dtype == np.uint8:
        return np.asarray(values, np.uint8)
    return np.asarray(cv2.convertScaleAbs(np.maximum(values, 0)), np.uint8)


def carried(corners: Corners, homography: NDArray[np.float64]) -> Corners:
    """Carry (4, 2) points through a (3, 3) homography."""
    points = np.asarray(corners, np.float64).reshape(-1, 1, 2)
    return np.asarray(cv2.perspectiveTransform(points, homography), np.float32).reshape(-1, 2)


def resized(layer: Layer, width: int, height: int, rng: np.random.Generator) -> Layer:
    """Scale the picture to width x height pixels by one of the usual filters."""
    width, height = max(width, 8), max(height, 8)
    fx, fy = width / layer.width, height / layer.height
    filters = SHRINK if fx * fy < 1 else ENLARGE
    picture = cv2.resize(layer.picture, (width, height), interpolation=filters[rng.integers(len(filters))])
    return replace(layer, picture=bytes_of(picture), corners=layer.corners * np.array([fx, fy], np.float32))


def scaled(layer: Layer, factor: float, rng: np.random.Generator) -> Layer:
    """Scale both sides by one factor."""
    return resized(layer, round(layer.width * factor), round(layer.height * factor), rng)


def flipped(layer: Layer) -> Layer:
    """Mirror left and right."""
    corners = layer.corners * np.array([-1, 1], np.float32) + np.array([layer.width, 0], np.float32)
    picture = np.ascontiguousarray(layer.picture[:, ::-1])
    return Layer(picture, corners, mirrored=not layer.mirrored)


def quarter_turned(layer: Layer, quarters: int) -> Layer:
    """Turn anticlockwise by quarters of a full turn."""
    for _ in range(quarters % 4):
        x, y = layer.corners[:, 0], layer.corners[:, 1]
        corners = np.stack([y, layer.width - x], axis=1).astype(np.float32)
        layer = replace(layer, picture=np.ascontiguousarray(np.rot90(layer.picture)), corners=corners)
    return layer


def cut(layer: Layer, box: tuple[int, int, int, int]) -> Layer:
    """Keep the box (left, top, right, bottom), in pixels."""
    left, top, right, bottom = box
    picture = np.ascontiguousarray(layer.picture[top:bottom, left:right])
    return replace(layer, picture=picture, corners=layer.corners - np.array([left, top], np.float32))


def trimmed(layer: Layer, share: float, rng: np.random.Generator) -> Layer:
    """Cut up to a share (0..0.5) of the width or height off each side, less at the top, where the face is."""
    left, top, right, bottom = rng.uniform(0, share, 4) * (1, 0.5, 1, 1)
    width, height = layer.width, layer.height
    return cut(
        layer,
        (int(left * width), int(top * height), int(width - right * width), int(height - bottom * height)),
    )


def pasted(layer: Layer, canvas: RGB, at: tuple[int, int], mask: Field | None = None) -> Layer:
    """Lay the picture on a canvas (H, W, 3) with its top left at x, y; what hangs over is lost.

    mask: (h, w) 0..1 of the layer's size, its opacity.
    """
    x, y = at
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + layer.width, canvas.shape[1]), min(y + layer.height, canvas.shape[0])
    out = canvas.copy()
    if right > left and bottom > top:
        part = layer.picture[top - y : bottom - y, left - x : right - x]
        below = out[top:bottom, left:right]
        alpha = None if mask is None else mask[top - y : bottom - y, left - x : right - x, None]
        out[top:bottom, left:right] = (
            part if alpha is None else bytes_of(below + (part - below.astype(np.float32)) * alpha)
        )
    return replace(layer, picture=out, corners=layer.corners + np.array([x, y], np.float32))


def turned(layer: Layer, degrees: float, fill: Colour | None = None) -> Layer:
    """Turn about the middle by degrees onto a canvas that holds all of it; fill None repeats the border."""
    angle = np.deg2rad(degrees)
    cos, sin = abs(np.cos(angle)), abs(np.sin(angle))
    width = int(layer.width * cos + layer.height * sin) + 2
    height = int(layer.width * sin + layer.height * cos) + 2
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((layer.width / 2, layer.height / 2), degrees, 1.0)
    matrix[0, 2] += (width - layer.width) / 2
    matrix[1, 2] += (height - layer.height) / 2
    border = cv2.BORDER_REPLICATE if fill is None else cv2.BORDER_CONSTANT
    picture = cv2.warpPerspective(
        layer.picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=border, borderValue=fill or (0, 0, 0)
    )
    return replace(layer, picture=bytes_of(picture), corners=carried(layer.corners, matrix))


def jpeg(picture: RGB, quality: int) -> RGB:
    """Save as JPEG at a quality (1..100) and read back, (H, W, 3) both."""
    _, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1])


def saved(layer: Layer, rng: np.random.Generator, low: int = 25, high: int = 96) -> Layer:
    """Save as JPEG at a random quality, one time in five twice."""
    picture = jpeg(layer.picture, int(rng.integers(low, high)))
    if rng.random() < 0.2:
        picture = jpeg(picture, int(rng.integers(max(low, 45), high)))
    return layer.showing(picture)


def cloud(rng: np.random.Generator, height: int, width: int, cells: int) -> Field:
    """Return smooth random values of about -1..1, (height, width), with some `cells` bumps along the longer side."""
    grid = rng.uniform(-1, 1, (max(2, round(cells * height / max(height, width)) + 1), cells + 1)).astype(np.float32)
    return np.asarray(cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def covering(picture: RGB, width: int, height: int) -> RGB:
    """Scale and centre-crop a picture to exactly height x width."""
    factor = max(width / picture.shape[1], height / picture.shape[0])
    size = (max(width, round(picture.shape[1] * factor)), max(height, round(picture.shape[0] * factor)))
    big = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(bytes_of(big)[top : top + height, left : left + width])


def any_colour(rng: np.random.Generator, low: int = 0, high: int = 256) -> Colour:
    """Return a random colour whose channels lie in low..high - 1."""
    red, green, blue = (int(v) for v in rng.integers(low, high, 3))
    return red, green, blue


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Toss a coin that shows heads with this probability."""
    return bool(rng.random() < probability)
