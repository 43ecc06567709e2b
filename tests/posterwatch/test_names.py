from pathlib import Path

import pytest

from posterwatch.names import drawing_name, plain, shown

SHA256 = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a\x1b[31m", r"a\x1b[31m"),
        ("a\nb", r"a\nb"),
        ("Zo\u00eb \u20ac", "Zo\u00eb \u20ac"),
        ("\udcff", r"\udcff"),
        ("\u202e", r"\u202e"),
    ],
)
def test_a_name_is_shown_without_what_could_steer_a_terminal(name: str, safe: str) -> None:
    assert shown(name) == safe


@pytest.mark.parametrize("text", ["../../etc/passwd", "..", "", "a/b", "x" * 300, "\u0416", "-rf \x00"])
def test_a_part_of_a_file_name_stays_in_its_folder(text: str) -> None:
    assert 1 <= len(plain(text)) <= 40
    assert set(plain(text)).isdisjoint("/.\x00 ")


def test_drawings_of_pictures_with_like_names_have_names_of_their_own() -> None:
    names = {
        drawing_name(Path("a/poster.jpg"), SHA256, 1, "p\u00e9"),
        drawing_name(Path("a/poster.jpg"), SHA256, 2, "p\u00e8"),
        drawing_name(Path("b/poster.jpg"), SHA256[::-1], 1, "p\u00e9"),
    }
    assert len(names) == 3
