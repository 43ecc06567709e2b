import pytest
from rich.console import Console

from detector import OperatingPoint, Outcome, Word
from posterwatch.looks import Look
from posterwatch.tables import summary, table_of
from tests.posterwatch.drawn_folders import a_match

BOX = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def printed(*looks: Look) -> str:
    console = Console(width=160)
    with console.capture() as capture:
        console.print(table_of(looks, OperatingPoint.REPORT))
    return capture.get()


def a_look(**changes: object) -> Look:
    return Look("wall.jpg", "0" * 64, **{"outcome": Outcome.MATCHED, "matches": (a_match(),), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["wall.jpg", "matched", "p0", "reused 0.900", "10, 20 to 110, 150", "64 details"])
def test_a_row_says_which_photo_how_surely_where_and_why(part: str) -> None:
    assert part in printed(a_look())


def test_a_second_match_in_a_picture_has_a_row_of_its_own() -> None:
    text = printed(a_look(matches=(a_match("p0"), a_match("p1", mirrored=True, frame=2))))
    assert text.count("wall.jpg") == 1
    assert "p1" in text
    assert "mirrored, frame 3" in text


def test_names_are_never_taken_for_markup() -> None:
    assert "[red]x[/]" in printed(a_look(matches=(a_match("[red]x[/]"),)))


def test_words_are_shown_by_kind_and_once_each() -> None:
    words = tuple(
        Word(text, text, kind, 1.0, BOX)
        for text, kind in [("WANTED", "threat"), ("wanted", "threat"), ("REWARD", "reward")]
    )
    assert "Words of threat: WANTED; of reward: REWARD" in printed(a_look(words=words))


def test_what_could_not_be_read_says_why() -> None:
    look = Look("x.txt", None, Outcome.UNDECODABLE, error="the file cannot be opened")
    assert "the file cannot be opened" in printed(look)


def test_the_summary_counts_outcomes() -> None:
    looks = [a_look(), a_look(outcome=Outcome.NO_MATCH, matches=()), a_look(outcome=Outcome.NO_MATCH, matches=())]
    assert str(summary(looks, 500, OperatingPoint.SOURCE)) == (
        "3 pictures looked at for 500 published photos, at source: 1 matched, 2 no match"
    )
