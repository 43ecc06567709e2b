"""What a writer leaves that crashes, at whatever step."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from detector.packing import DELTA_PHOTOS
from detector.storage import LOCK, TEMPORARY, IndexFolder
from detector.storage_errors import UnknownPhotoError
from tests.detector.drawn_fingerprints import an_index_folder, fingerprints

ROOT = str(Path(__file__).parents[2])
OLD, NEW = {"a", "b"}, {"b", "c"}

# A writer that the machine kills at its n-th renaming.
VICTIM = """
import os, signal, sys
from pathlib import Path
from detector.segment_rows import fingerprints
from detector.storage import IndexFolder

renamings, rename = [], Path.replace
def replace(self, target):
    renamings.append(target)
    if len(renamings) == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
Path.replace = replace

folder = IndexFolder(Path(sys.argv[1]))
prints = dict(fingerprints(folder.index().segments[0]))
folder.update({"c": prints["b"]}, remove=["a"])
"""


class CrashError(BaseException):
    """The end of a writer, which no `except` of its own may stop."""


class Crashes:
    """Lets every step that reaches the disk happen until a given one, which fails, as do all after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
        self.left = step
        for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink")):
            monkeypatch.setattr(owner, name, self._counted(getattr(owner, name)))

    def _counted(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: object) -> object:
            self.left -= 1
            if self.left < 0:
                raise CrashError
            return act(*args)

        return step


def crashed(folder: IndexFolder, step: int) -> bool:
    """Change the old state into the new one, and crash at this step; False when there are fewer steps."""
    with pytest.MonkeyPatch.context() as patched:
        Crashes(patched, step)
        try:
            folder.update(fingerprints("c"), remove=["a"])
        except CrashError:
            return True
    return False


def test_a_crash_at_any_step_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    seen = []
    for step in count():
        folder = an_index_folder(tmp_path / str(step), "ab")
        if not crashed(folder, step):
            break
        seen.append(set(IndexFolder(folder.path).index().photos))
        IndexFolder(folder.path).verify()
    assert len(seen) >= 8
    assert seen == [OLD] * seen.count(OLD) + [NEW] * seen.count(NEW)
    assert seen[-1] == NEW


def test_after_a_crash_at_any_step_the_next_change_works_and_clears_away(tmp_path: Path) -> None:
    for step in count():
        folder = an_index_folder(tmp_path / str(step), "ab")
        if not crashed(folder, step):
            break
        index = IndexFolder(folder.path).update(fingerprints("bcd"))
        assert {"b", "c", "d"} <= set(index.photos)
        names = {file.name for file in folder.path.iterdir()}
        assert len(names) == 2 + len(index.segments)
        assert TEMPORARY not in names


def test_an_erasure_tried_again_after_a_crash_ends_with_no_bytes_left(tmp_path: Path) -> None:
    erased = fingerprints("a")["a"].patch.tobytes()
    for step in count():
        folder = an_index_folder(tmp_path / str(step), "ab")
        if not crashed(folder, step):
            break
        try:
            folder.update(remove=["a"])
        except UnknownPhotoError:
            assert set(IndexFolder(folder.path).index().photos) == NEW
        assert not any(erased in file.read_bytes() for file in folder.path.iterdir())


def test_a_crash_while_an_index_is_created_does_not_hinder_the_next_try(tmp_path: Path) -> None:
    for step in range(3):
        with pytest.MonkeyPatch.context() as patched:
            Crashes(patched, step)
            with pytest.raises(CrashError):
                IndexFolder(tmp_path / str(step)).create()
        assert len(IndexFolder(tmp_path / str(step)).create().index()) == 0


@pytest.mark.parametrize("renaming", [1, 2])
def test_a_killed_writer_leaves_the_old_state_and_gives_the_lock_back(tmp_path: Path, renaming: int) -> None:
    folder = an_index_folder(tmp_path, "ab")
    end = subprocess.run([sys.executable, "-c", VICTIM, str(folder.path), str(renaming)], cwd=ROOT, check=False)
    assert end.returncode == -signal.SIGKILL
    assert set(IndexFolder(folder.path).index().photos) == OLD
    assert set(IndexFolder(folder.path, wait_seconds=0.0).update(remove=["b"]).photos) == {"a"}
    assert len(list(folder.path.iterdir())) == 3


def test_a_change_of_several_files_is_one_change(tmp_path: Path) -> None:
    folder = IndexFolder(tmp_path / "index").create()
    full = dict.fromkeys((f"p{n}" for n in range(DELTA_PHOTOS + 1)), fingerprints("a")["a"])
    folder.update(full)
    folder.update(fingerprints("a"))
    for step in range(7):
        with pytest.MonkeyPatch.context() as patched:
            Crashes(patched, step)
            with pytest.raises(CrashError):
                folder.update(fingerprints("b"), remove=["a", "p3"])
        assert {"a", "p3", "b"} & set(IndexFolder(folder.path).index().photos) in ({"a", "p3"}, {"b"})


def test_the_lock_file_stays_for_the_next_writer(tmp_path: Path) -> None:
    assert (an_index_folder(tmp_path, "ab").path / LOCK).exists()


def test_each_step_is_on_disk_before_the_next_one_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = an_index_folder(tmp_path, "ab")
    steps: list[str] = []
    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink")):
        monkeypatch.setattr(owner, name, recorded(steps, name, getattr(owner, name)))
    folder.update(remove=["a"])
    segment, manifest, clearing = ["fsync", "replace", "fsync"], ["fsync", "replace", "fsync"], ["unlink", "fsync"]
    assert steps == segment + manifest + clearing


def recorded(steps: list[str], name: str, act: Callable[..., Any]) -> Callable[..., Any]:
    """The same act, noting its name in `steps`."""

    def noting(*args: object) -> object:
        steps.append(name)
        return act(*args)

    return noting
