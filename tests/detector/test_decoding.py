import pickle
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import Base

from detector import (
    BrokenPictureError,
    DecodeError,
    DecodeLimits,
    DecoderDiedError,
    DecoderMemoryError,
    DecoderTimedOutError,
    NotAPictureError,
    PictureTooLargeError,
    decode,
)
from tests.detector.drawn_pictures import FOUR_COLOUR_HEIC, UPRIGHT, animated, corners, encoded, four_colours, plain

UNDO = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def stored_with(orientation: int, file_format: str) -> bytes:
    """The four colours as a camera held that way stores them: turned, with a note how to turn them back."""
    turn = UNDO[orientation]
    image = four_colours() if turn is None else four_colours().transpose(turn)
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    return encoded(image, file_format, exif=exif)


def one_bit_png(side_px: int) -> bytes:
    """A bomb: a valid black 1 bit PNG of any side, in a few kilobytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + (side_px + 7) // 8)) for _ in range(side_px)) + packer.flush()
    header = struct.pack(">IIBBBBB", side_px, side_px, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def brightness_of(picture_bytes: bytes) -> list[int]:
    """The brightness of each frame's first pixel, in steps of 10."""
    return [round(int(frame.pixels[0, 0, 0]) / 10) for frame in decode(picture_bytes).frames]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF"])
def test_every_allowed_format_gives_the_upright_picture_and_its_name(file_format: str) -> None:
    picture = decode(encoded(four_colours(), file_format))
    [frame] = picture.frames
    assert (picture.format, frame.width, frame.height, frame.number) == (file_format, 64, 48, 0)
    assert corners(frame.pixels) == UPRIGHT


def test_a_phone_photo_in_heic_is_decoded() -> None:
    picture = decode(FOUR_COLOUR_HEIC)
    assert picture.format == "HEIF"
    assert picture.frames[0].pixels.shape == (24, 32, 3)
    assert corners(picture.frames[0].pixels) == UPRIGHT


def test_the_picture_is_known_by_the_sha256_of_its_bytes() -> None:
    picture = decode(b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;")
    assert picture.sha256 == "6c63cc5063ac82d8bbc925f9a31adf3a87f1510c021e0fde51854d60484b5019"


def test_of_an_mpo_only_the_picture_that_people_see_is_read() -> None:
    picture = decode(animated([four_colours(), plain(0, 64, 48)], "MPO"))
    assert picture.format == "MPO"
    assert [corners(frame.pixels) for frame in picture.frames] == [UPRIGHT]


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_exif_orientation_is_turned_upright(orientation: int, file_format: str) -> None:
    [frame] = decode(stored_with(orientation, file_format)).frames
    assert (frame.width, frame.height) == (64, 48)
    assert frame.pixels.shape == (48, 64, 3)
    assert corners(frame.pixels) == UPRIGHT


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exif_that_cannot_be_read_costs_nothing_but_the_turn(file_format: str) -> None:
    data = stored_with(1, file_format).replace(b"MM\x00*\x00\x00\x00\x08", b"MM\x00*\xff\xff\xff\xf0")
    data = data.replace(b"II*\x00\x08\x00\x00\x00", b"garbage!")
    if file_format == "PNG":  # a checksum guards the EXIF
        at = data.index(b"eXIf")
        [length] = struct.unpack(">I", data[at - 4 : at])
        end = at + 4 + length
        data = data[:end] + struct.pack(">I", zlib.crc32(data[at:end])) + data[end + 4 :]
    assert corners(decode(data).frames[0].pixels) == UPRIGHT


def test_cmyk_is_shown_in_its_colours() -> None:
    assert corners(decode(encoded(four_colours().convert("CMYK"), "JPEG")).frames[0].pixels) == UPRIGHT


def test_a_palette_is_shown_in_its_colours() -> None:
    assert corners(decode(encoded(four_colours().quantize(4), "PNG")).frames[0].pixels) == UPRIGHT


def test_lab_is_shown_in_its_colours() -> None:
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    lab = ImageCms.applyTransform(four_colours(), to_lab)
    assert lab is not None
    assert corners(decode(encoded(lab, "TIFF")).frames[0].pixels) == UPRIGHT


@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_its_upper_eight_bits(file_format: str) -> None:
    deep = Image.fromarray(np.array([[0x0000, 0x80FF], [0xC012, 0xFFFF]], np.uint16))
    [frame] = decode(encoded(deep, file_format)).frames
    assert frame.pixels[..., 1].tolist() == [[0x00, 0x80], [0xC0, 0xFF]]


def test_sixteen_bit_grey_with_a_clear_value_lies_on_white() -> None:
    deep = Image.fromarray(np.array([[0x1234, 0x8000]], np.uint16))
    assert decode(encoded(deep, "PNG", transparency=0x1234)).frames[0].pixels[0, :, 0].tolist() == [255, 0x80]


def test_floats_are_stretched_from_black_to_white() -> None:
    image = Image.fromarray(np.array([[-1.0, 0.0, 3.0]], np.float32))
    assert decode(encoded(image, "TIFF")).frames[0].pixels[0, :, 0].tolist() == [0, 63, 255]


def test_one_bit_becomes_black_and_white() -> None:
    image = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    assert decode(encoded(image, "PNG")).frames[0].pixels[0, :, 2].tolist() == [0, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_see_through_is_shown_on_white(mode: str) -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    options = {} if mode != "P" else {"transparency": 0}
    image = clear.convert(mode) if mode != "P" else Image.new("P", (8, 8), 0)
    assert decode(encoded(image, "PNG", **options)).frames[0].pixels.min() == 255


def test_half_transparent_black_is_mid_grey() -> None:
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 128))
    assert decode(encoded(image, "PNG")).frames[0].pixels[0, 0].tolist() == [127, 127, 127]


def test_an_embedded_profile_is_applied() -> None:
    grey_as_lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    image = Image.new("LAB", (8, 8), (255, 128, 128))
    [frame] = decode(encoded(image, "TIFF", icc_profile=grey_as_lab)).frames
    assert frame.pixels.min() > 250


@pytest.mark.parametrize(
    "profile", [b"no profile at all", ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()]
)
def test_a_damaged_or_foreign_profile_is_passed_over(profile: bytes) -> None:
    data = encoded(four_colours().convert("L"), "JPEG", icc_profile=profile)
    assert decode(data).frames[0].pixels.shape == (48, 64, 3)


def test_an_srgb_profile_changes_no_pixel() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    [with_profile] = decode(encoded(four_colours(), "PNG", icc_profile=srgb)).frames
    assert np.array_equal(with_profile.pixels, np.asarray(four_colours()))


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_and_eight_more_are_spread_over_an_animation(file_format: str) -> None:
    options = {} if file_format == "TIFF" else {"duration": 50}
    options |= {"lossless": True} if file_format == "WEBP" else {}
    data = animated([plain(10 * step) for step in range(25)], file_format, **options)
    assert [frame.number for frame in decode(data).frames] == [0, 3, 6, 9, 12, 15, 18, 21, 24]
    assert brightness_of(data) == [0, 3, 6, 9, 12, 15, 18, 21, 24]


def test_a_short_animation_is_read_whole() -> None:
    assert brightness_of(animated([plain(0), plain(100), plain(200)], "GIF")) == [0, 10, 20]


def test_an_endless_animation_is_sampled_over_its_beginning() -> None:
    data = animated([plain(10 * step) for step in range(20)], "GIF")
    limits = DecodeLimits(frames=2, walked_pixels=5 * 16 * 16)
    assert [frame.number for frame in decode(data, limits=limits).frames] == [0, 4]


def test_many_large_frames_are_reduced_until_they_fit_together() -> None:
    data = animated([plain(10 * step, 100, 50) for step in range(4)], "GIF")
    frames = decode(data, limits=DecodeLimits(handed_pixels=4 * 800)).frames
    assert [(frame.pixels.shape, frame.width, frame.height) for frame in frames] == [((20, 40, 3), 100, 50)] * 4


def test_the_first_nine_pages_of_a_pdf_are_rendered_two_thousand_pixels_long() -> None:
    pages = [four_colours(60, 30)] + [plain(10 * step, 60, 30) for step in range(11)]
    picture = decode(animated(pages, "PDF", resolution=72))
    assert (picture.format, [frame.number for frame in picture.frames]) == ("PDF", list(range(9)))
    first = picture.frames[0]
    assert (first.width, first.height, first.pixels.shape) == (2000, 1000, (1000, 2000, 3))
    assert corners(first.pixels) == UPRIGHT


def test_a_pdf_page_asked_for_small_still_says_its_full_size() -> None:
    [page] = decode(encoded(four_colours(60, 30), "PDF"), longest_side_px=500).frames
    assert (page.width, page.height, page.pixels.shape) == (2000, 1000, (250, 500, 3))


def test_a_pdf_without_pages_or_content_is_refused() -> None:
    with pytest.raises(BrokenPictureError):
        decode(b"%PDF-1.7\nnothing follows")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
def test_a_large_picture_is_reduced_and_its_true_size_kept(file_format: str) -> None:
    data = encoded(four_colours(900, 600), file_format)
    [frame] = decode(data, longest_side_px=300).frames
    assert (frame.width, frame.height, frame.pixels.shape) == (900, 600, (200, 300, 3))
    assert corners(frame.pixels) == UPRIGHT


def test_a_turned_and_reduced_picture_says_its_upright_size() -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    [frame] = decode(encoded(plain(9, 800, 400), "JPEG", exif=exif), longest_side_px=200).frames
    assert (frame.width, frame.height, frame.pixels.shape) == (400, 800, (200, 100, 3))


def test_a_jpeg_just_over_twice_the_size_asked_for_is_decoded_at_half() -> None:
    [frame] = decode(encoded(plain(9, 400, 300), "JPEG"), longest_side_px=205).frames
    assert (frame.width, frame.height, frame.pixels.shape) == (400, 300, (150, 200, 3))


def test_nothing_wider_than_4096_pixels_is_handed_on() -> None:
    [frame] = decode(encoded(plain(9, 5000, 10), "PNG"), longest_side_px=9999).frames
    assert (frame.width, frame.height, frame.pixels.shape) == (5000, 10, (8, 4096, 3))


def test_the_pixels_cannot_be_written_to() -> None:
    assert not decode(encoded(plain(9), "JPEG")).frames[0].pixels.flags.writeable


@pytest.mark.parametrize("side_px", [8_000, 12_000, 30_000])
def test_a_bomb_is_refused_by_its_size_before_it_is_unpacked(side_px: int) -> None:
    with pytest.raises(PictureTooLargeError) as refusal:
        decode(one_bit_png(side_px))
    assert str(refusal.value) == f"the picture is too large: {side_px**2:,} pixels, and at most 50,000,000 are read"


def test_a_file_over_twenty_mebibytes_is_refused() -> None:
    with pytest.raises(PictureTooLargeError, match="20,971,521 bytes, and at most 20,971,520"):
        decode(bytes(20 * 2**20 + 1))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF"])
def test_a_picture_cut_off_in_the_middle_is_refused(file_format: str) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 256, (60, 80, 3), np.uint8))
    data = encoded(noise, file_format)
    with pytest.raises(BrokenPictureError, match="damaged or cut off"):
        decode(data[: len(data) // 2])


def test_a_png_that_lies_about_the_length_of_its_pixels_is_refused() -> None:
    data = encoded(four_colours(), "PNG")
    at = data.index(b"IDAT") - 4
    with pytest.raises(BrokenPictureError, match="longer than the file"):
        decode(data[:at] + b"\x3f\xff\xff\xff" + data[at + 4 :])


@pytest.mark.parametrize("data", [b"", b"\0", b"hello", b"<svg/>", b"%!PS-Adobe", b"\0\0\0\x18ftypisom" + bytes(40)])
def test_what_is_no_picture_is_called_that(data: bytes) -> None:
    with pytest.raises(NotAPictureError, match="no picture that we can read"):
        decode(data)


@pytest.mark.parametrize("file_format", ["PPM", "TGA", "ICO", "JPEG2000"])
def test_a_format_off_the_list_is_refused(file_format: str) -> None:
    with pytest.raises(NotAPictureError):
        decode(encoded(four_colours(), file_format))


def test_decoding_leaves_pillows_own_limits_alone() -> None:
    before = Image.MAX_IMAGE_PIXELS
    decode(encoded(four_colours(), "PNG"))
    assert before == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize(
    "error",
    [
        NotAPictureError(),
        BrokenPictureError("odd\n\x1b[31mtext"),
        PictureTooLargeError(2, 1, "pixels"),
        DecoderMemoryError(),
        DecoderDiedError("ended by SIGKILL"),
        DecoderTimedOutError(30.0, "wall"),
    ],
)
def test_every_refusal_is_one_printable_sentence_that_survives_pickling(error: DecodeError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert str(error).isprintable()


def test_a_jpeg_that_also_looks_like_a_pdf_is_a_jpeg() -> None:
    polyglot = encoded(four_colours(), "JPEG", comment=b"%PDF-1.7") + b"<script>"
    assert decode(polyglot).format == "JPEG"
