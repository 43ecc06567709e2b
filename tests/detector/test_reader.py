import socket
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from detector import RGB, Frame, ocr
from detector.ocr import OcrUnavailableError
from detector.reader import Reader
from detector.vocabulary import load_vocabulary
from detector.words import words_in

VOCABULARY = load_vocabulary()
POSTER_TERMS = {"wanted", "dead or alive", "reward"}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def a_poster(width: int = 1000) -> RGB:
    """A drawn poster, 1.4 times as high as wide, with an oval for a face."""
    height = round(width * 1.4)
    poster = Image.new("RGB", (width, height), (222, 200, 160))
    pen = ImageDraw.Draw(poster)
    pen.ellipse((width * 0.3, height * 0.3, width * 0.7, height * 0.7), fill=(200, 165, 140))
    for text, middle, size in (("WANTED", 0.12, 0.17), ("DEAD OR ALIVE", 0.79, 0.09), ("REWARD £5,000", 0.9, 0.08)):
        font = ImageFont.load_default(size=width * size)
        pen.text((width / 2, height * middle), text, font=font, fill=(40, 20, 10), anchor="mm")
    return np.asarray(poster)


def a_frame(pixels: RGB, *, times: float = 1) -> Frame:
    height, width = pixels.shape[:2]
    return Frame(0, pixels, round(width * times), round(height * times))


def pasted(small: RGB, onto: RGB, left: int, top: int) -> RGB:
    whole = onto.copy()
    whole[top : top + small.shape[0], left : left + small.shape[1]] = small
    return whole


def terms_in(pixels: RGB, reader: Reader) -> set[str]:
    return {word.term for word in words_in(a_frame(pixels), VOCABULARY, reader=reader)}


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_poster_is_read_whichever_way_up_it_hangs(reader: Reader, quarters: int) -> None:
    assert terms_in(np.rot90(a_poster(), quarters), reader) >= POSTER_TERMS


@pytest.mark.parametrize("degrees", [12, 45, 240])
def test_a_slanted_poster_is_read(reader: Reader, degrees: int) -> None:
    turned = Image.fromarray(a_poster(700)).rotate(degrees, expand=True, fillcolor=(120, 120, 120))
    assert terms_in(np.asarray(turned), reader) >= POSTER_TERMS


def test_a_thumbnail_is_enlarged_to_be_read(reader: Reader) -> None:
    assert terms_in(a_poster(200), reader) >= POSTER_TERMS


def test_a_large_poster_is_reduced_to_be_read(reader: Reader) -> None:
    assert terms_in(a_poster(2900), reader) >= POSTER_TERMS


def test_a_far_away_poster_is_read_from_closer_where_the_portrait_was_found(reader: Reader) -> None:
    small = np.asarray(Image.fromarray(a_poster(1000)).resize((160, 224), Image.Resampling.LANCZOS))
    street = pasted(small, np.full((2000, 3000, 3), 120, np.uint8), left=1500, top=900)
    portrait = ((1548.0, 967.0), (1612.0, 967.0), (1612.0, 1057.0), (1548.0, 1057.0))
    words = words_in(a_frame(street), VOCABULARY, reader=reader, near=[portrait])
    assert {word.term for word in words} >= POSTER_TERMS
    assert all(1500 <= x <= 1660 and 900 <= y <= 1124 for word in words for x, y in word.box)


@pytest.mark.slow
def test_a_long_screenshot_is_read_in_pieces(reader: Reader) -> None:
    screenshot = np.full((3600, 600, 3), 255, np.uint8)
    screenshot = pasted(a_poster(500), screenshot, left=50, top=100)
    screenshot = pasted(a_poster(500), screenshot, left=50, top=2800)
    words = words_in(a_frame(screenshot), VOCABULARY, reader=reader)
    assert [word.term for word in words].count("wanted") == 2


def test_boxes_lie_where_the_text_stands_in_the_full_size_picture(reader: Reader) -> None:
    [wanted] = [w for w in words_in(a_frame(a_poster(500), times=2), VOCABULARY, reader=reader) if w.term == "wanted"]
    assert np.allclose(wanted.box, [(130, 95), (865, 95), (865, 255), (130, 255)], atol=40)


def test_boxes_of_an_upside_down_poster_start_at_the_text_own_top_left(reader: Reader) -> None:
    words = words_in(a_frame(np.rot90(a_poster(500), 2)), VOCABULARY, reader=reader)
    [wanted] = [word for word in words if word.term == "wanted"]
    (left, top), (right, _), (_, bottom), _ = wanted.box
    assert left > right
    assert top > bottom


def test_boxes_of_a_poster_on_its_side_start_at_the_text_own_top_left(reader: Reader) -> None:
    words = words_in(a_frame(np.rot90(a_poster(500))), VOCABULARY, reader=reader)  # counter-clockwise: read upwards
    [wanted] = [word for word in words if word.term == "wanted"]
    (left, top), (_, bottom), (right, _), _ = wanted.box
    assert top > bottom + 200
    assert left < right


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3), (900, 3, 3), (64, 64, 3), (600, 600, 3)])
def test_a_picture_without_text_gives_no_lines(reader: Reader, shape: tuple[int, int, int]) -> None:
    assert reader.read(np.full(shape, 127, np.uint8)) == ()


def test_nothing_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the reader opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert [line.text for line in Reader().read(a_poster(300)) if line.text == "WANTED"] == ["WANTED"]


def test_missing_models_are_an_error_and_no_download(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ocr, "_models_folder", lambda: tmp_path)
    with pytest.raises(OcrUnavailableError, match=r"the model PP-OCRv6_det_small\.onnx is missing"):
        Reader().read(a_poster(200))


def test_making_a_reader_loads_nothing() -> None:
    started = time.perf_counter()
    Reader()
    assert time.perf_counter() - started < 0.05


def test_reading_says_nothing_on_the_terminal(reader: Reader, capfd: pytest.CaptureFixture[str]) -> None:
    reader.read(np.full((300, 300, 3), 200, np.uint8))
    assert capfd.readouterr() == ("", "")
