import json
from dataclasses import asdict
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.peers_sift import SiftRansac
from benchmarks.pictures import Group
from benchmarks.plots import draw_all
from benchmarks.report import BEGIN, END, print_report, write_report
from benchmarks.results import Results, Setup
from benchmarks.scaling import Size
from benchmarks.trial import DEFAULT, OURS, Answer, Record

SETUP = Setup("drawn", "drawn", 5, 5, 10, 4, 50, 30, 2, 3, 1, 1, "a processor")
TIMES = {"median": 9.0, "mean": 9.0, "p95": 9.0}


def ours(right: float, wrong: float = 0.0) -> Answer:
    """What we say of a picture; from 0.5 on a photo is reused."""
    right_at, wrong_at = (("report",) if score >= 0.5 else () for score in (right, wrong))
    iou = 0.9 if right else None
    return Answer(right, wrong, right_at, wrong_at, False, 20.0, iou, 0.02, {"decode": 2.0})


def sifts(right: float, wrong: float = 0.0) -> Answer:
    right_at, wrong_at = ((DEFAULT,) if score >= 8 else () for score in (right, wrong))
    return Answer(right, wrong, right_at, wrong_at, False, 100.0)


def a_record(group: Group, kind: str, said: Answer, peer: Answer | None = None) -> Record:
    photo = None if group in {Group.STRANGER, Group.SCENE} else "p1"
    answers = {OURS: said} | ({SiftRansac.name: peer} if peer else {})
    return Record(f"{group}-{kind}", group, kind, photo, 400, 300, 90.0, answers)


@pytest.fixture
def results() -> Results:
    records = (
        a_record(Group.REUSE, "poster", ours(0.9), sifts(30)),
        a_record(Group.REUSE, "poster", ours(0.6), sifts(9)),
        a_record(Group.REUSE, "meme", ours(0.2, wrong=0.1), sifts(0, wrong=12)),
        a_record(Group.OTHER_FRAME, "meme", ours(0.3), sifts(40)),
        a_record(Group.STRANGER, "poster", ours(0, wrong=0.4), sifts(0, wrong=5)),
        a_record(Group.SCENE, "scene", ours(0, wrong=0.7)),
    )
    sizes = tuple(Size(photos, 400 * photos, photos / 20, TIMES) for photos in (100, 500))
    return Results(SETUP, records, {SiftRansac.name: 8.0}, TIMES, sizes, {"started": 90.0, "peak": 400.0}, 3.0)


def test_peers_are_compared_over_the_pictures_that_all_saw(results: Results) -> None:
    assert results.recall_at_zero(OURS).count == 2
    assert results.recall_at_zero(OURS, shared=False).count == 1
    assert results.recall_at_zero(SiftRansac.name).count == 1


def test_a_wrong_photo_counts_against_recall_at_zero_false_alarms(results: Results) -> None:
    assert results.zero_line(SiftRansac.name, shared=True) == 12


def test_false_alarms_are_counted_on_unrelated_pictures_only(results: Results) -> None:
    found = results.false_alarms(OURS, "report")
    assert (found.count, found.total) == (1, 2)


def test_misses_are_the_pictures_not_called_reused(results: Results) -> None:
    assert [record.kind for record in results.missed("report")] == ["meme"]


def test_the_generated_part_of_the_page_is_replaced_and_the_prose_stays(results: Results, tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n\n{BEGIN}\nlast year\n{END}\n\nafter\n")
    write_report(results, page, ())
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "last year" not in text
    assert "## Recall by kind" in text


def test_writing_a_page_twice_changes_nothing(results: Results, tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    write_report(results, page, ())
    first = page.read_text()
    write_report(results, page, ())
    assert page.read_text() == first


def test_plots_are_drawn_and_shown_in_their_sections(results: Results, tmp_path: Path) -> None:
    plots = draw_all(results, tmp_path / "images")
    write_report(results, tmp_path / "page.md", plots)
    text = (tmp_path / "page.md").read_text()
    assert all(f"]({plot.file})" in text and (tmp_path / plot.file).exists() for plot in plots)


def test_everything_counted_can_be_stored_as_json(results: Results) -> None:
    assert json.loads(json.dumps(asdict(results), allow_nan=False))["setup"]["gallery"] == 50


def test_the_tables_are_printed(results: Results) -> None:
    console = Console(file=StringIO(), width=160)
    print_report(results, console)
    assert isinstance(console.file, StringIO)
    assert "Beside the peers" in console.file.getvalue()
