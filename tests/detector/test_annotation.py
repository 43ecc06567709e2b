from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from detector import RGB, Frame, Match, OperatingPoint, Point, Reasons, Stage, Verdict
from detector.annotation import COLOURS, WIDTH_PX, _drawable, _wrapped, annotate, straightened

Corners = tuple[Point, Point, Point, Point]
UPRIGHT: Corners = ((200.0, 100.0), (300.0, 100.0), (300.0, 225.0), (200.0, 225.0))
QUARTERS = {"pink": (240, 90, 160), "green": (30, 160, 30), "blue": (30, 30, 200), "yellow": (220, 220, 30)}


def a_photo(width: int = 100, height: int = 125) -> RGB:
    """Four coloured quarters, so that it shows which way up it is and whether it is mirrored."""
    picture = np.empty((height, width, 3), np.uint8)
    rows, columns = height // 2, width // 2
    picture[:rows, :columns], picture[:rows, columns:] = QUARTERS["pink"], QUARTERS["green"]
    picture[rows:, :columns], picture[rows:, columns:] = QUARTERS["blue"], QUARTERS["yellow"]
    return picture


def a_scene_with(photo: RGB, corners: Corners, width: int = 600, height: int = 400) -> Frame:
    """A grey scene with the photo's corners laid on these."""
    rows, columns = photo.shape[:2]
    source = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    scene = np.full((height, width, 3), 128, np.uint8)
    cv2.warpPerspective(photo, matrix, (width, height), dst=scene, borderMode=cv2.BORDER_TRANSPARENT)
    return Frame(0, scene, width, height)


def a_match(corners: Corners = UPRIGHT, **changes: Any) -> Match:  # noqa: ANN401 - the fields of a match
    verdicts = {OperatingPoint.REPORT: Verdict.REUSED, OperatingPoint.SOURCE: Verdict.UNSURE}
    reasons = Reasons(("64 details lie in the same spot.",))
    match = Match("p1", 0.9, verdicts, corners, mirrored=False, frame=0, stage=Stage.FEATURES, reasons=reasons)
    return replace(match, **changes)


def quarters_of(picture: RGB) -> list[str]:
    """Name the colours of the four quarters: top left, top right, bottom left, bottom right."""
    rows, columns = picture.shape[:2]
    pixels = [picture[rows * down // 4, columns * right // 4] for down in (1, 3) for right in (1, 3)]
    return [min(QUARTERS, key=lambda name: abs(np.array(QUARTERS[name]) - pixel).sum()) for pixel in pixels]


def pixels_like(page: RGB, colour: tuple[int, int, int]) -> int:
    return int((abs(page.astype(int) - colour).max(axis=2) < 12).sum())


@pytest.mark.parametrize(
    "corners",
    [
        UPRIGHT,
        ((300.0, 225.0), (200.0, 225.0), (200.0, 100.0), (300.0, 100.0)),  # upside down
        ((300.0, 100.0), (200.0, 100.0), (200.0, 225.0), (300.0, 225.0)),  # mirrored
        ((150.0, 60.0), (320.0, 110.0), (300.0, 290.0), (170.0, 330.0)),  # seen from the side
    ],
)
def test_the_region_is_straightened_to_the_way_the_photo_was_published(corners: Corners) -> None:
    frame = a_scene_with(a_photo(), corners)
    assert quarters_of(straightened(frame, a_match(corners), (80, 100))) == list(QUARTERS)


def test_corners_count_in_the_full_size_picture_also_when_the_frame_was_reduced() -> None:
    frame = replace(a_scene_with(a_photo(), UPRIGHT), width=6000, height=4000)
    corners = tuple((x * 10, y * 10) for x, y in UPRIGHT)
    assert quarters_of(straightened(frame, a_match(corners), (80, 100))) == list(QUARTERS)  # type: ignore[arg-type]


def test_what_lies_outside_the_picture_is_left_blank() -> None:
    corners: Corners = ((-100.0, 0.0), (100.0, 0.0), (100.0, 250.0), (-100.0, 250.0))
    cut = straightened(a_scene_with(a_photo(), UPRIGHT), a_match(corners), (80, 100))
    assert np.ptp(cut[:, :36], axis=(0, 1)).max() == 0


def test_the_page_holds_the_scene_the_photo_and_the_straightened_region() -> None:
    page = annotate(a_scene_with(a_photo(), UPRIGHT), a_match(), a_photo())
    assert page.dtype == np.uint8
    assert page.shape[1] == WIDTH_PX
    assert pixels_like(page, QUARTERS["green"]) > 3 * 2500


@pytest.mark.parametrize(("at", "verdict"), [("report", Verdict.REUSED), ("source", Verdict.UNSURE)])
def test_the_colour_is_that_of_the_verdict_at_the_operating_point(at: str, verdict: Verdict) -> None:
    page = annotate(a_scene_with(a_photo(), UPRIGHT), a_match(), a_photo(), at=OperatingPoint(at))
    found = {name: pixels_like(page, colour) for name, colour in COLOURS.items()}
    assert max(found, key=lambda name: found[name]) is verdict


def test_another_match_in_the_scene_is_outlined_thinly() -> None:
    frame = a_scene_with(a_photo(), UPRIGHT)
    other = a_match(((400.0, 100.0), (500.0, 100.0), (500.0, 225.0), (400.0, 225.0)))
    alone, together = (annotate(frame, a_match(), a_photo(), others=others) for others in ((), (other,)))
    changed = np.argwhere((alone != together).any(axis=2))
    assert 500 < len(changed) < 8000


@pytest.mark.parametrize("size", [(40, 30), (600, 400), (200, 2000), (4096, 300), (1, 1)])
def test_scenes_of_every_shape_fit_on_the_page(size: tuple[int, int]) -> None:
    frame = Frame(0, np.full((size[1], size[0], 3), 90, np.uint8), *size)
    page = annotate(frame, a_match(((0.0, 0.0), (20.0, 0.0), (20.0, 25.0), (0.0, 25.0))), a_photo())
    assert page.shape[1] == WIDTH_PX
    assert page.shape[0] < 2000


@pytest.mark.parametrize("size", [(600, 40), (40, 600), (3, 3)])
def test_photos_of_every_shape_fit_on_the_page(size: tuple[int, int]) -> None:
    assert annotate(a_scene_with(a_photo(), UPRIGHT), a_match(), a_photo(*size)).shape[1] == WIDTH_PX


def test_corners_far_outside_the_picture_do_no_harm() -> None:
    corners: Corners = ((-9e6, -9e6), (9e6, -9e6), (9e6, 9e6), (-9e6, 9e6))
    assert annotate(a_scene_with(a_photo(), UPRIGHT), a_match(corners), a_photo()).shape[1] == WIDTH_PX


def test_corners_that_fall_into_one_point_do_no_harm() -> None:
    corners: Corners = ((9.0, 9.0), (9.0, 9.0), (9.0, 9.0), (9.0, 9.0))
    assert annotate(a_scene_with(a_photo(), UPRIGHT), a_match(corners), a_photo()).shape[1] == WIDTH_PX


def test_neither_scene_nor_photo_is_written_on() -> None:
    frame, photo = a_scene_with(a_photo(), UPRIGHT), a_photo()
    frame.pixels.flags.writeable = photo.flags.writeable = False
    annotate(frame, a_match(), photo, others=[a_match()])


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("12 \u2013 13 \u2014 14", "12 - 13 - 14"),
        ("\u00a3500", "GBP 500"),
        ("Zo\u00eb \u0141", "Zoe \\u0141"),
        ("\u201cquoted\u201d \u00b7 1.5\u00b0", "\u201cquoted\u201d \u00b7 1.5\u00b0"),
        ("\u0416\n", "\\u0416 "),
    ],
)
def test_what_the_font_does_not_have_is_put_in_other_words(text: str, drawn: str) -> None:
    assert _drawable(text) == drawn


def test_long_words_are_broken_and_nothing_is_lost() -> None:
    text = f"id {'x' * 300} end"
    lines = [block.text for block in _wrapped(text, 20, (0, 0, 0), 200, above=0)]
    assert len(lines) > 10
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
