"""From a loaded Pillow image of any mode to an upright sRGB array. Knows nothing of files and limits."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms
from PIL.ExifTags import Base

from detector.values import RGB

Transpose = Image.Transpose
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What makes a picture upright, by its EXIF orientation; 1 and nonsense need nothing."""

RESIZABLE = frozenset({"L", "RGB", "RGBA", "CMYK", "LAB", "I", "F", "I;16", "I;16L", "I;16B"})
SRGB = ImageCms.createProfile("sRGB")
LAB = ImageCms.createProfile("LAB")
LEVELS_NOBODY_SEES = 3
"""Profiles that move no colour by more are taken as sRGB: the many differing sRGB profiles move up to 3 of 255."""


def upright_rgb(image: Image.Image, longest_side_px: int) -> RGB:
    """Turn a loaded image into pixels: at most longest_side_px a side, upright, on white, in sRGB.

    Returns (height, width, 3). Whatever cannot be read of its EXIF or colour profile is passed over.
    """
    turn = turn_of(image)
    small = shrunk(_resizable(image), longest_side_px)
    rgb = _to_srgb(_on_white(_eight_bit(small, _grey_bits(image))), image.info.get("icc_profile"))
    return np.asarray(rgb if turn is None else rgb.transpose(turn))


def turn_of(image: Image.Image) -> Transpose | None:
    """Say what makes the loaded image upright; None when it is, or its EXIF cannot be read.

    Ask after loading: Pillow turns a TIFF while it loads, and then takes the tag away.
    """
    try:
        return TURNS.get(image.getexif().get(Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - damaged EXIF raises a dozen types, and must not cost us the picture
        return None


def swaps_sides(turn: Transpose | None) -> bool:
    """Say whether the turn makes width of height."""
    return turn in {Transpose.TRANSPOSE, Transpose.ROTATE_270, Transpose.TRANSVERSE, Transpose.ROTATE_90}


def reduced_size(size: tuple[int, int], longest_side_px: int) -> tuple[int, int]:
    """Give width and height in the same proportion, neither over longest_side_px nor under 1, never enlarged."""
    scale = min(1.0, longest_side_px / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrunk(image: Image.Image, longest_side_px: int) -> Image.Image:
    """Reduce an image to the longest side given; one that is small enough stays as it is."""
    size = reduced_size(image.size, longest_side_px)
    return image if size == image.size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _resizable(image: Image.Image) -> Image.Image:
    """Bring palettes, bitmaps and rare modes into one that can be reduced; transparency becomes an alpha channel."""
    if image.mode.startswith("I;16") and "transparency" in image.info:
        return _deep_grey_with_alpha(image)
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in RESIZABLE:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _deep_grey_with_alpha(image: Image.Image) -> Image.Image:
    """Make RGBA of 16 bit grey in which one value, `transparency`, means see-through."""
    seen = np.asarray(image) != image.info["transparency"]
    rgba = _eight_bit(image, _grey_bits(image)).convert("RGBA")
    rgba.putalpha(Image.fromarray(seen.astype(np.uint8) * 255))
    return rgba


def _grey_bits(image: Image.Image) -> int:
    """How many bits a deep grey pixel really has: Pillow hands on a TIFF's 12 bits unscaled, as if they were 16."""
    return 12 if getattr(image, "tag_v2", {}).get(Base.BitsPerSample) == (12,) else 16


def _eight_bit(image: Image.Image, bits: int) -> Image.Image:
    """Make mode L of deep grey; others stay. Floats and whole 32 bit numbers are stretched to fit."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> (bits - 8)).clip(0, 255).astype(np.uint8))
    return Image.fromarray(_stretched(np.asarray(image))) if image.mode in {"I", "F"} else image


def _stretched(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Map the smallest finite value to 0 and the largest to 255. values: (height, width). Returns the same shape."""
    finite = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    stretched: NDArray[np.uint8] = ((finite - low) * (255.0 / (high - low or 1.0))).astype(np.uint8)
    return stretched


def _on_white(image: Image.Image) -> Image.Image:
    """Lay an image with an alpha channel on white; others stay."""
    if image.mode != "RGBA":
        return image
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert colours to sRGB, through the embedded profile where it fits the image, plainly where it does not."""
    try:
        if profile:
            return _through_profile(image, ImageCms.ImageCmsProfile(BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        pass  # a damaged profile, or one of another colour space: the picture matters more
    if image.mode == "LAB":
        return _applied(image, ImageCms.buildTransform(LAB, SRGB, "LAB", "RGB"))
    return image.convert("RGB")


def _through_profile(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    """Convert with the profile; an RGB image whose profile is sRGB in all but name is not touched.

    Raises ImageCms.PyCMSError when the profile is not for this kind of image.
    """
    transform = ImageCms.buildTransform(profile, SRGB, image.mode, "RGB")
    if image.mode == "RGB" and _moves_no_colour(transform):
        return image
    return _applied(image, transform)


def _applied(image: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    """Apply a transform; Pillow gives None only where asked to work in place."""
    return ImageCms.applyTransform(image, transform) or image


def _moves_no_colour(transform: ImageCms.ImageCmsTransform) -> bool:
    """Try the transform on a cube of 9 x 9 x 9 colours, so that a 12 megapixel phone photo need not go through it."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
    moved = _applied(Image.fromarray(cube), transform)
    return bool(np.abs(np.asarray(moved, np.int16) - cube).max() <= LEVELS_NOBODY_SEES)
