import hashlib
import os
from pathlib import Path

import pytest

from posterwatch.errors import NoSuchPathError
from posterwatch.files import pictures_at, read_up_to


def touched(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def test_a_folder_gives_every_file_below_it_by_name_whatever_its_suffix(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a", "b/c.txt", "b/d/e.jpg", "f.JPG")]
    touched(*reversed(files))
    assert pictures_at([tmp_path]) == files


def test_paths_keep_the_order_in_which_they_are_given(tmp_path: Path) -> None:
    touched(tmp_path / "a", tmp_path / "b")
    assert pictures_at([tmp_path / "b", tmp_path / "a"]) == [tmp_path / "b", tmp_path / "a"]


def test_links_that_lead_round_in_a_circle_are_followed_once(tmp_path: Path) -> None:
    touched(tmp_path / "folder" / "a")
    (tmp_path / "folder" / "round").symlink_to(tmp_path)
    (tmp_path / "other").symlink_to(tmp_path / "folder")
    assert [file.name for file in pictures_at([tmp_path])] == ["a"]


def test_pipes_and_broken_links_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    assert pictures_at([tmp_path]) == []


def test_a_pipe_given_as_a_path_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NoSuchPathError):
        pictures_at([tmp_path / "pipe"])


def test_a_folder_that_cannot_be_listed_counts_as_one_that_was_not_seen(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0)
    if os.access(locked, os.R_OK):
        pytest.skip("this user may read everything")
    assert pictures_at([tmp_path]) == [locked]


@pytest.mark.parametrize("length", [0, 9, 10])
def test_a_file_within_the_limit_is_read_whole(tmp_path: Path, length: int) -> None:
    (tmp_path / "file").write_bytes(b"x" * length)
    assert read_up_to(tmp_path / "file", 10) == (b"x" * length, hashlib.sha256(b"x" * length).hexdigest(), length)


def test_a_file_beyond_the_limit_is_known_by_its_digest_only(tmp_path: Path) -> None:
    data = b"x" * 3_000_000
    (tmp_path / "file").write_bytes(data)
    assert read_up_to(tmp_path / "file", 10) == (None, hashlib.sha256(data).hexdigest(), len(data))
