"""Small drawn pictures whose four corners tell whether they came out upright and in the right colours."""

import base64
import io
from typing import Any

import numpy as np
from PIL import Image

from detector import RGB

COLOURS = {"red": (220, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 220), "pale": (240, 240, 240)}
UPRIGHT = ["red", "green", "blue", "pale"]

# A drawn 32 x 24 picture of the four colours, encoded with pillow-heif 1.8.1; nothing here can write HEIC.
FOUR_COLOUR_HEIC = base64.b64decode(
    b"AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAWhtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9j"
    b"AAAAAERAAAEAAQAAAAABjAABAAAAAAAAAdQAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA6Glw"
    b"cnAAAADJaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AA"
    b"AAMAkAAAAwAAAwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAKGNsYXAAAAAgAAAA"
    b"AQAAABgAAAAB////4AAAAAL////YAAAAAgAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIEgwAAAdxtZGF0AAAB0CgBrwYy"
    b"CL9aVoCJBtx7+krhnYGGV0F5tFBs0CpzI84gZi8jwb9d47W81E9aNuhSuPyF5ADshG1x86Rv+3+P/b/MA8lHUq9aw4VbfhuVEW+dr//kf//1"
    b"czFfZnzU4WuBeo5TL07mr+/ZnCyaGVYGlVLJf66s0O/8OtCHd7smSmZHpZNtv6KwaeCaqlunTscRthYTrJ88//4V/4v07TSsyDqK9s1wV/YC"
    b"zaG7NC6GILwtWoNqPvP/+Ff+LxCAUIPnxKqqeDf7CQ7THoA+arVpnwROs2fk4n8nP8t/Mf+I6SqB4WoUo2F+GrkGCsF13BqatcAUfM6iN/Tg"
    b"iHfG/lKZ7qPev/gqzojFd0zfSteP4ZuZ74K2jH0w4WlAVtqYmFRXE05yfTlyL2CochI2AQ2J/mtQfll3cneq8qCCHy4CRuQZead4Iae8uycN"
    b"N804rwotebIQAGyH1J3xKOyKT2Zxa23rxZJJturCYOBqftKhqpzFiSztXK+/KlGS87qAAOntmxAHp5jMKcZs8g3JQsaFj8Zj1cemPjDtessA"
    b"LtvY52ThuR/6eYns1p2drIHrn78DoPXR0ISkWn/k9nAgP8O5vn9ekuo+jQIK6fisFylj2J4O"
)


def four_colours(width: int = 64, height: int = 48) -> Image.Image:
    """Red and green above, blue and pale below."""
    pixels = np.empty((height, width, 3), np.uint8)
    rows, columns = height // 2, width // 2
    pixels[:rows, :columns], pixels[:rows, columns:] = COLOURS["red"], COLOURS["green"]
    pixels[rows:, :columns], pixels[rows:, columns:] = COLOURS["blue"], COLOURS["pale"]
    return Image.fromarray(pixels)


def plain(brightness: int, width: int = 16, height: int = 16) -> Image.Image:
    """A picture of one grey."""
    return Image.new("RGB", (width, height), (brightness, brightness, brightness))


def encoded(image: Image.Image, file_format: str, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's own options
    """The bytes of an image file."""
    file = io.BytesIO()
    image.save(file, file_format, **options)
    return file.getvalue()


def animated(images: list[Image.Image], file_format: str, **options: Any) -> bytes:  # noqa: ANN401 - Pillow's options
    """The bytes of an animation, or of a file of several pages."""
    return encoded(images[0], file_format, save_all=True, append_images=images[1:], **options)


def corners(pixels: RGB) -> list[str]:
    """Name the colours in the middle of the four quarters: top left, top right, bottom left, bottom right."""
    rows, columns = pixels.shape[0], pixels.shape[1]
    places = [(1, 1), (1, 3), (3, 1), (3, 3)]
    return [_nearest(pixels[rows * down // 4, columns * right // 4]) for down, right in places]


def _nearest(pixel: RGB) -> str:
    """Name the colour that differs from the pixel by less than 60 of 255 in each channel; "none" if none does."""
    for name, colour in COLOURS.items():
        if max(abs(int(a) - b) for a, b in zip(pixel, colour, strict=True)) < 60:
            return name
    return "none"
