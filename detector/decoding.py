"""Untrusted bytes in, an upright picture out. The only code of ours that parses pictures.

A pure function, for tests and for pictures of our own. Strangers' pictures go through `detector.Decoder`, which calls
it in a process with limits. A picture of which any part that we would look at is damaged or cut off is refused, not
shown in part: what was not seen must never count as "nothing found".
"""

import hashlib
import math
import re
import threading
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pi_heif
import pypdfium2
from PIL import Image, ImageFile, JpegImagePlugin, UnidentifiedImageError

from detector.decoding_limits import LONGEST_SIDE_PX, DecodeLimits
from detector.decoding_pixels import reduced_size, swaps_sides, turn_of, upright_rgb
from detector.errors import BrokenPictureError, DecodeError, DecoderMemoryError, NotAPictureError, PictureTooLargeError
from detector.values import RGB, Frame, Picture

PILLOW_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF")
"""What Pillow may try; MPO comes as JPEG."""

ANIMATED = frozenset({"PNG", "WEBP", "GIF", "AVIF", "TIFF"})
"""Formats of which more than the first frame is shown to people. An MPO's others are the other eye or a gain map."""

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
PNG_START = b"\x89PNG\r\n\x1a\n"
SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*")
PDF_PAGE_PX = 2000
"""A page of a PDF has no pixels: it counts as one with this longest side."""

DRAFT_SHARE = 0.9
"""JPEGs are decoded at 1/2, 1/4 or 1/8 where that gives at least this share of the side asked for."""

_pdfium = threading.Lock()  # PDFium may be used by one thread at a time


def decode(data: bytes, *, longest_side_px: int = LONGEST_SIDE_PX, limits: DecodeLimits | None = None) -> Picture:
    """Decode a picture's first frame or page and up to eight more; upright, sRGB, on white.

    longest_side_px: at most this is handed on, LONGEST_SIDE_PX at the most; less is quicker, above all for JPEG.
    Raises NotAPictureError, BrokenPictureError, PictureTooLargeError, DecoderMemoryError.
    """
    limits = limits or DecodeLimits()
    if len(data) > limits.file_bytes:
        raise PictureTooLargeError(len(data), limits.file_bytes, "bytes")
    try:
        format_name, frames = _read(data, min(longest_side_px, LONGEST_SIDE_PX), limits)
    except DecodeError:
        raise
    except MemoryError as error:
        raise DecoderMemoryError from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureTooLargeError(_first_number(error), limits.frame_pixels, "pixels") from error
    except Exception as error:  # the one edge: Pillow raises ten and more types over damaged pictures
        raise BrokenPictureError(str(error)) from error
    return Picture(hashlib.sha256(data).hexdigest(), format_name, frames)


def _first_number(error: BaseException) -> int:
    """Read how many pixels Pillow's own bomb check, which says no more than its text, has counted."""
    number = re.search(r"\d+", str(error))
    return int(number.group()) if number else 0


def _read(data: bytes, longest_side_px: int, limits: DecodeLimits) -> tuple[str, tuple[Frame, ...]]:
    """Give the format's name and the frames."""
    if data.startswith(PNG_START):
        _check_png_is_whole(data)
    image = _opened(data)
    if image is None:
        return "PDF", tuple(_pages(data, longest_side_px, limits))
    with image:
        return str(image.format), tuple(_frames(image, longest_side_px, limits))


def _check_png_is_whole(data: bytes) -> None:
    """Raise BrokenPictureError when a chunk says that it ends after the file does: Pillow may show such a picture."""
    at, kind = len(PNG_START), b""
    while at < len(data) and kind != b"IEND":
        kind = data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    if at > len(data) and kind != b"IEND":
        raise BrokenPictureError("a PNG chunk longer than the file")


def _opened(data: bytes) -> ImageFile.ImageFile | None:
    """Open, but not yet load, whatever is on the allowlist; None for a PDF."""
    try:
        return Image.open(BytesIO(data), formats=PILLOW_FORMATS)
    except UnidentifiedImageError:
        if b"%PDF-" in data[:1024]:
            return None
        if data[4:8] == b"ftyp":
            return _opened_box_file(data)
        if data.startswith(SIGNATURES) or data[8:12] == b"WEBP":
            raise
        raise NotAPictureError from None


def _opened_box_file(data: bytes) -> ImageFile.ImageFile:
    """Open HEIC, or an AVIF that Pillow refused: perhaps only for its EXIF, which is then given a name nobody knows."""
    if data[8:12] in HEIC_BRANDS:
        heic: ImageFile.ImageFile = pi_heif.HeifImageFile(BytesIO(data))
        return heic
    if data[8:12] not in {b"avif", b"avis"}:
        raise NotAPictureError
    return Image.open(BytesIO(data.replace(b"Exif", b"none")), formats=("AVIF",))


def _frames(image: ImageFile.ImageFile, longest_side_px: int, limits: DecodeLimits) -> Iterator[Frame]:
    """Load the chosen frames one by one."""
    _check_pixels(image.size, limits)
    numbers = _chosen(image, limits)
    budget = limits.handed_pixels // len(numbers)
    for number in numbers:
        if number:
            image.seek(number)
            _check_pixels(image.size, limits)
        side_px = min(longest_side_px, _side_within(image.size, budget))
        yield _frame(image, number, side_px)


def _check_pixels(size: tuple[int, int], limits: DecodeLimits) -> None:
    """Raise PictureTooLargeError when width times height is over the limit, BrokenPictureError when it is 0."""
    if min(size) < 1:
        raise BrokenPictureError("it has no width or no height")
    if size[0] * size[1] > limits.frame_pixels:
        raise PictureTooLargeError(size[0] * size[1], limits.frame_pixels, "pixels")


def _chosen(image: ImageFile.ImageFile, limits: DecodeLimits) -> list[int]:
    """Choose the frames to look at: the first, and up to eight spread evenly over the rest."""
    if image.format not in ANIMATED:
        return [0]
    affordable = limits.walked_pixels // max(1, image.size[0] * image.size[1])
    last = min(getattr(image, "n_frames", 1), limits.walked_frames, affordable) - 1
    return sorted({round(step * last / (limits.frames - 1)) for step in range(limits.frames)})


def _side_within(size: tuple[int, int], pixels: int) -> int:
    """Give the longest side at which a picture of this shape has at most so many pixels."""
    return max(1, math.isqrt(pixels * max(size) // min(size)))


def _frame(image: ImageFile.ImageFile, number: int, longest_side_px: int) -> Frame:
    """Load the frame on which the image stands. Its true size is the one after turning it upright."""
    drafted = isinstance(image, JpegImagePlugin.JpegImageFile)
    size = image.size
    if drafted:
        image.draft(None, reduced_size(size, math.ceil(longest_side_px * DRAFT_SHARE)))
    image.load()
    size = size if drafted else image.size  # Pillow turns a TIFF while it loads
    width, height = reversed(size) if swaps_sides(turn_of(image)) else size
    return Frame(number, upright_rgb(image, longest_side_px), width, height)


def _pages(data: bytes, longest_side_px: int, limits: DecodeLimits) -> Iterator[Frame]:
    """Render the first pages of a PDF."""
    with _pdfium, pypdfium2.PdfDocument(data) as document:
        if not len(document):
            raise BrokenPictureError("a PDF without pages")
        for number in range(min(len(document), limits.frames)):
            yield _page(document[number], number, min(longest_side_px, PDF_PAGE_PX))


def _page(page: pypdfium2.PdfPage, number: int, longest_side_px: int) -> Frame:
    """Render one page on white; annotations are drawn, forms are not."""
    size = page.get_size()
    if not all(math.isfinite(side) and side > 0 for side in size):
        raise BrokenPictureError(f"page {number + 1} has no size")
    bitmap = page.render(
        scale=longest_side_px / max(size),
        rev_byteorder=True,
        force_bitmap_format=pypdfium2.raw.FPDFBitmap_BGR,
        may_draw_forms=False,
    )
    columns, rows = _page_size(size, longest_side_px)
    pixels: RGB = np.array(bitmap.to_numpy()[:rows, :columns])  # PDFium rounds up
    pixels.flags.writeable = False
    bitmap.close()
    page.close()
    return Frame(number, pixels, *_page_size(size, PDF_PAGE_PX))


def _page_size(size: tuple[float, float], longest_side_px: int) -> tuple[int, int]:
    """Give a page's width and height in pixels, for the longest side given."""
    scale = longest_side_px / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
