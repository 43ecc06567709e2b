from typing import Any

from benchmarks.demo import faults_of

EXPECTED = {"poster.jpg": "p1", "stranger.jpg": None}


def a_line(picture: str, *reused: str, unsure: tuple[str, ...] = ()) -> dict[str, Any]:
    matches = [{"photo": photo, "verdict": "reused"} for photo in reused]
    return {"picture": picture, "matches": matches + [{"photo": photo, "verdict": "unsure"} for photo in unsure]}


def test_the_demonstration_is_content_when_each_misuse_is_found_and_nothing_else() -> None:
    lines = [a_line("poster.jpg", "p1", unsure=("p2",)), a_line("stranger.jpg", unsure=("p3",))]
    assert list(faults_of(lines, EXPECTED)) == []


def test_a_misuse_that_is_only_unsure_is_a_fault() -> None:
    lines = [a_line("poster.jpg", unsure=("p1",)), a_line("stranger.jpg")]
    assert list(faults_of(lines, EXPECTED)) == ["p1 was not found in poster.jpg"]


def test_a_stranger_called_reused_is_a_fault() -> None:
    lines = [a_line("poster.jpg", "p1"), a_line("stranger.jpg", "p2")]
    assert list(faults_of(lines, EXPECTED)) == ["p2 was called reused in stranger.jpg"]


def test_a_second_photo_called_reused_is_a_fault() -> None:
    lines = [a_line("poster.jpg", "p1", "p2"), a_line("stranger.jpg")]
    assert list(faults_of(lines, EXPECTED)) == ["p2 was called reused in poster.jpg"]


def test_a_picture_that_was_not_looked_at_is_a_fault() -> None:
    assert list(faults_of([a_line("poster.jpg", "p1")], EXPECTED)) == ["2 pictures were drawn and 1 looked at"]
