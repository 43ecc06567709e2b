import json
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from benchmarks.drawn import draw_scene
from tests.posterwatch.drawn_folders import a_portrait, a_poster_of, photos_of, posterwatch, save

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "scan-output.schema.json").read_text(encoding="utf-8"))
KEYS = ["format", "picture", "sha256", "width", "height", "outcome", "error", "matches", "words", "milliseconds"]


@pytest.fixture(name="photos", scope="module")
def a_folder_of_photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photos_of(tmp_path_factory.mktemp("published") / "photos")


@pytest.fixture(name="pictures", scope="module")
def a_folder_of_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A poster of p1, a stranger, and something that is no picture."""
    folder = tmp_path_factory.mktemp("pictures")
    save(a_poster_of(1), folder / "1 poster.png")
    (folder / "2 notes.txt").write_text("no picture")
    save(a_portrait(51), folder / "deeper" / "stranger.png")
    return folder


def lines_of(*arguments: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in posterwatch("scan", *arguments, "--json").stdout.splitlines()]


def started(*arguments: str | Path, **options: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - Popen's own options
    """The command in a process of its own."""
    command = [sys.executable, "-m", "posterwatch", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def test_the_table_names_the_photo_that_a_poster_reuses(photos: Path, pictures: Path) -> None:
    done = posterwatch("scan", pictures / "1 poster.png", "--photos", photos)
    assert done.exit_code == 0
    assert "matched" in done.stdout
    assert "p1" in done.stdout
    assert "1 picture looked at for 3 published photos, at report: 1 matched" in done.stdout


def test_a_stranger_matches_nobody(photos: Path, pictures: Path) -> None:
    done = posterwatch("scan", pictures / "deeper", "--photos", photos)
    assert done.exit_code == 0
    assert "1 no match" in done.stdout


def test_what_cannot_be_read_gives_exit_code_1_and_the_rest_is_done(photos: Path, pictures: Path) -> None:
    done = posterwatch("scan", pictures, "--photos", photos)
    assert done.exit_code == 1
    assert "1 matched, 1 no match, 1 undecodable" in done.stdout


def test_json_lines_have_the_published_keys_in_the_order_of_the_input(photos: Path, pictures: Path) -> None:
    lines = lines_of(pictures / "deeper", pictures / "1 poster.png", "--photos", photos)
    assert [Path(line["picture"]).name for line in lines] == ["stranger.png", "1 poster.png"]
    assert all(list(line) == KEYS for line in lines)


def test_real_output_is_as_the_schema_says(photos: Path, pictures: Path) -> None:
    check = jsonschema.Draft202012Validator(SCHEMA)
    lines = lines_of(pictures, "--photos", photos, "--words")
    assert {line["outcome"] for line in lines} == {"matched", "no match", "undecodable"}
    for line in lines:
        check.validate(line)


def test_the_schema_refuses_a_line_that_contradicts_itself(photos: Path, pictures: Path) -> None:
    [line] = lines_of(pictures / "deeper", "--photos", photos)
    check = jsonschema.Draft202012Validator(SCHEMA)
    assert not check.is_valid(line | {"outcome": "matched"})
    assert not check.is_valid(line | {"error": "but it was seen"})
    assert not check.is_valid(line | {"more": 1})


def test_words_are_read_only_when_asked_and_only_when_something_was_found(photos: Path, pictures: Path) -> None:
    seen = pictures / "1 poster.png", pictures / "deeper", "--photos", photos
    assert [line["words"] for line in lines_of(*seen)] == [[], []]
    poster, stranger = (line["words"] for line in lines_of(*seen, "--words"))
    assert poster
    assert stranger == []


def test_reading_words_leaves_no_identifier_of_the_machine_behind(photos: Path, pictures: Path, tmp_path: Path) -> None:
    surroundings = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    surroundings.pop("ORT_DISABLE_TELEMETRY")
    process = started("scan", pictures / "1 poster.png", "--photos", photos, "--words", env=surroundings)
    process.communicate(timeout=120)
    assert process.returncode == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["posterwatch"]


def test_each_match_is_drawn_into_the_folder_named(photos: Path, pictures: Path, tmp_path: Path) -> None:
    done = posterwatch("scan", pictures, "--photos", photos, "--annotate", tmp_path / "new" / "drawings")
    [drawing] = (tmp_path / "new" / "drawings").iterdir()
    assert drawing.name.startswith("1_poster-")
    assert "1 annotated picture in" in done.stdout


def test_an_index_can_be_built_once_and_used_without_the_photos(photos: Path, pictures: Path, tmp_path: Path) -> None:
    built = posterwatch("index", photos, "--index", tmp_path / "index")
    assert "3 published photos in" in built.stdout
    [line] = lines_of(pictures / "1 poster.png", "--index", tmp_path / "index")
    assert [match["photo"] for match in line["matches"] if match["verdict"] == "reused"] == ["p1"]


def test_two_processes_say_the_same_as_one_in_the_same_order(photos: Path, pictures: Path) -> None:
    one, two = (lines_of(pictures, "--photos", photos, "--jobs", count) for count in ("1", "2"))
    assert [line | {"milliseconds": 0} for line in one] == [line | {"milliseconds": 0} for line in two]


def test_an_exact_copy_is_found_by_its_bytes(photos: Path) -> None:
    [line] = lines_of(photos / "p2.png", "--photos", photos)
    assert [(match["photo"], match["stage"]) for match in line["matches"]] == [("p2", "exact")]


def test_the_size_is_that_of_the_whole_picture(photos: Path, tmp_path: Path) -> None:
    [line] = lines_of(save(draw_scene(3, (5000, 900)), tmp_path / "wide.png"), "--photos", photos)
    assert (line["width"], line["height"]) == (5000, 900)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["scan", "nowhere", "--photos", "photos"], "there is no file or folder nowhere"),
        (["scan", "photos"], "name the published photos with --photos"),
        (["scan", "photos", "--photos", "nowhere"], "there is no folder nowhere"),
        (["scan", "photos", "--photos", "empty"], "it holds no files"),
        (["scan", "photos", "--photos", "unusable"], "none of its 1 files can be used"),
        (["scan", "photos", "--index", "empty"], "there is no index in empty"),
        (["scan", "photos", "--photos", "photos", "--index", "photos"], "is the folder of photos itself"),
        (["scan", "photos", "--photos", "photos", "--index", "unusable"], "holds other files"),
        (["scan", "photos", "--photos", "photos", "--annotate", "unusable/note.txt"], "cannot write to"),
        (["scan", "photos", "--photos", "photos", "--at", "home"], "'home' is not one of"),
        (["scan", "photos", "--photos", "photos", "--jobs", "0"], "greater than or equal to 1"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_with_exit_code_2(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos_of(tmp_path / "photos", [1])
    (tmp_path / "empty").mkdir()
    (tmp_path / "unusable").mkdir()
    (tmp_path / "unusable" / "note.txt").write_text("no picture")
    monkeypatch.chdir(tmp_path)
    done = posterwatch(*arguments)
    assert done.exit_code == 2
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.output


def test_two_photos_with_one_stem_are_an_error_that_names_both(tmp_path: Path) -> None:
    photos = photos_of(tmp_path / "photos", [1])
    save(a_portrait(2), photos / "p1.jpg")
    done = posterwatch("scan", photos, "--photos", photos)
    assert done.exit_code == 2
    assert "p1.jpg and" in done.stderr
    assert "p1.png" in done.stderr


def test_a_photo_that_cannot_be_used_is_named_and_the_rest_goes_on(tmp_path: Path, pictures: Path) -> None:
    photos = photos_of(tmp_path / "photos", [1])
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff no more")
    done = posterwatch("scan", pictures / "1 poster.png", "--photos", photos)
    assert done.exit_code == 0
    assert "broken.jpg is not used" in done.stderr
    assert "1 matched" in done.stdout


def test_an_index_with_a_photo_left_out_gives_exit_code_1(tmp_path: Path) -> None:
    photos = photos_of(tmp_path / "photos", [1])
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff no more")
    assert posterwatch("index", photos, "--index", tmp_path / "index").exit_code == 1


def test_a_hostile_file_name_does_not_reach_the_terminal(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "[bold]\x1b[31m\n.jpg").write_text("no picture")
    done = posterwatch("scan", tmp_path, "--photos", photos)
    assert "\x1b" not in done.stdout
    assert r"[bold]\x1b[31m\n.jpg" in done.stdout.replace(" \n", "")


def test_a_file_name_that_is_no_text_survives_in_json(photos: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff\xfe.jpg")
    (tmp_path / name).write_text("no picture")
    assert [Path(line["picture"]).name for line in lines_of(tmp_path, "--photos", photos)] == [name]


def test_the_version_is_that_of_the_distribution() -> None:
    assert posterwatch("--version").stdout == f"posterwatch {version('posterwatch')}\n"


def test_help_answers_at_once() -> None:
    before = time.monotonic()
    started("--help").communicate(timeout=60)
    assert time.monotonic() - before < 3  # 0.2 s on a machine that does nothing else


def test_a_closed_pipe_ends_the_command_quietly(photos: Path) -> None:
    process = started("scan", *[photos] * 20, "--photos", photos, "--json")
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline().startswith("{")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait(timeout=60)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_control_c_ends_the_command_and_all_its_processes(photos: Path, pictures: Path, jobs: str) -> None:
    posters = [pictures / "1 poster.png"] * 200
    process = started("scan", *posters, "--photos", photos, "--json", "--jobs", jobs, start_new_session=True)
    assert process.stdout
    assert process.stdout.readline().startswith("{")
    children = descendants(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")
    assert children
    assert not [pid for pid in children if still_runs(pid)]


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have started."""
    tasks = (Path("/proc") / str(pid) / "task").glob("*/children")
    children = [int(child) for task in tasks for child in task.read_text().split()]
    return children + [deeper for child in children for deeper in descendants(child)]


def still_runs(pid: int, patience_seconds: float = 5.0) -> bool:
    """Tell whether a process is still there after a while; what waits to be buried by init is not."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        try:
            state = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True
