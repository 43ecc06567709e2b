"""How much of a picture is read, and how much a decoder may use for it. Imports nothing, so that it costs nothing."""

from dataclasses import dataclass

LONGEST_SIDE_PX = 4096
"""The longest side that is ever handed on."""

FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF", "HEIF", "PDF")
"""Every name that `Picture.format` can have."""


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What is read of one picture; more is refused, or, for frames and pages, left out.

    file_bytes, frame_pixels: more is refused. frames: frames or pages read, the first one included.
    handed_pixels: all frames of a picture together; with many frames each is reduced until they fit.
    walked_frames, walked_pixels: an animation is sampled over its beginning, this many frames and pixels long at the
    most, since each frame between two samples must be decoded too (48 to 450 megapixels a second, by format).
    """

    file_bytes: int = 20 * 2**20
    frame_pixels: int = 50_000_000
    frames: int = 9
    handed_pixels: int = 50_000_000
    walked_frames: int = 2_000
    walked_pixels: int = 600_000_000


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What a decoding process may use.

    address_space_bytes: for the process. cpu_seconds, wall_seconds: for each picture. pictures: after so many a fresh
    process takes over, which bounds what a leak, or a picture that took the process over, can do to later pictures.
    """

    address_space_bytes: int = 2**30
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    pictures: int = 500
