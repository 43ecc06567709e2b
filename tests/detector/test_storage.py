import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.index import Index
from detector.manifest import MANIFEST
from detector.packing import DELTA_PHOTOS
from detector.segment_rows import fingerprints as taken_out
from detector.storage import LOCK, IndexFolder
from detector.storage_errors import IndexBusyError, MissingIndexError, UnknownPhotoError
from tests.detector.drawn_fingerprints import (
    a_drawn_fingerprint,
    a_fingerprint,
    an_index_folder,
    fingerprints,
    same,
    segment_files,
)

ROOT = str(Path(__file__).parents[2])


def many(count: int) -> dict[str, Any]:
    """So many photos, which differ in their file's digest only."""
    return {f"p{n:04}": replace(a_drawn_fingerprint(), sha256=f"{n:064x}") for n in range(count)}


def held(folder: IndexFolder) -> str:
    """The ids that a reader who has just come finds."""
    return "".join(sorted(IndexFolder(folder.path).index().photos))


def prints_in(index: Index) -> dict[str, Any]:
    return {photo: fingerprint for segment in index.segments for photo, fingerprint in taken_out(segment)}


def impatient(folder: IndexFolder) -> IndexFolder:
    """The same folder, for a writer in no mood to wait."""
    return IndexFolder(folder.path, wait_seconds=0.01)


def test_a_new_index_holds_nothing(tmp_path: Path) -> None:
    assert len(an_index_folder(tmp_path).index()) == 0


def test_creating_an_index_again_leaves_it_as_it_is(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    assert folder.create().index().photos == ("a", "b")


def test_a_folder_without_an_index_says_how_to_build_one(tmp_path: Path) -> None:
    for act in (IndexFolder(tmp_path).index, IndexFolder(tmp_path).update, IndexFolder(tmp_path / "none").verify):
        with pytest.raises(MissingIndexError, match="posterwatch index PHOTOS --index"):
            act()


def test_what_goes_in_comes_out_in_another_reader(tmp_path: Path) -> None:
    prints = fingerprints("ab")
    an_index_folder(tmp_path).update(prints)
    back = prints_in(IndexFolder(tmp_path / "index").index())
    assert back.keys() == prints.keys()
    assert all((np.sort(back[photo].cells) == np.sort(prints[photo].cells)).all() for photo in prints)
    assert all((back[photo].patch == prints[photo].patch).all() for photo in prints)


def test_arrays_of_an_opened_index_are_read_only_views_of_the_file(tmp_path: Path) -> None:
    [segment] = an_index_folder(tmp_path, "ab").index().segments
    for array in segment.arrays.values():
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        assert isinstance(owner, np.memmap)
        assert not array.flags.writeable


def test_the_index_does_not_tell_in_which_order_photos_came(tmp_path: Path) -> None:
    forwards, backwards = an_index_folder(tmp_path / "1"), an_index_folder(tmp_path / "2")
    for photo in "abc":
        forwards.update(fingerprints(photo))
    for photo in "cba":
        backwards.update(fingerprints(photo))
    assert (forwards.path / MANIFEST).read_bytes() == (backwards.path / MANIFEST).read_bytes()
    assert [file.name for file in segment_files(forwards)] == [file.name for file in segment_files(backwards)]


def test_a_photo_added_again_is_replaced(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    index = folder.update({"a": a_fingerprint(77)})
    assert index.photos == ("a", "b")
    assert index.digests()["a"] == a_fingerprint(77).sha256


def test_photos_go_in_and_out_in_one_change(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    folder.update(fingerprints("cd"), remove=["a"])
    assert held(folder) == "bcd"


def test_removing_what_is_not_there_changes_nothing(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    with pytest.raises(UnknownPhotoError, match=r"'x', 'y', 'z' and 1 more; check the ids") as caught:
        folder.update(fingerprints("c"), remove=["a", "z", "y", "x", "zz"])
    assert caught.value.photos == ("x", "y", "z", "zz")
    assert held(folder) == "ab"


def test_removing_all_photos_leaves_an_empty_index_and_no_file(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    assert len(folder.update(remove=["a", "b"])) == 0
    assert segment_files(folder) == []


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sets(st.sampled_from("abcde")), st.sets(st.sampled_from("abcde"))), max_size=5))
def test_after_any_changes_the_folder_holds_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[set[str], set[str]]]
) -> None:
    folder = an_index_folder(tmp_path_factory.mktemp("changes"))
    expected: dict[str, Any] = {}
    for number, (add, remove) in enumerate(changes):
        added = {photo: a_fingerprint(number * 10 + ord(photo)) for photo in add}
        gone = remove & expected.keys()
        folder.update(added, remove=gone)
        expected = {photo: old for photo, old in expected.items() if photo not in gone} | added
    assert folder.index().digests() == {photo: fingerprint.sha256 for photo, fingerprint in expected.items()}
    folder.verify()


@pytest.mark.parametrize("others", ["b", ""])
def test_a_removed_photo_leaves_no_bytes_in_any_file(tmp_path: Path, others: str) -> None:
    erased = a_fingerprint(5, features=40)
    folder = an_index_folder(tmp_path, others)
    folder.update({"the erased photo": erased})
    needles = [erased.patch.tobytes(), erased.patch[20].tobytes(), b"the erased photo", bytes.fromhex(erased.sha256)]
    needles += [row.tobytes() for row in (*erased.signatures, *erased.points)]
    before = b"".join(file.read_bytes() for file in folder.path.iterdir())
    folder.update(remove=["the erased photo"])
    after = b"".join(file.read_bytes() for file in folder.path.iterdir())
    assert all(needle in before for needle in needles)
    assert not any(needle in after for needle in needles)


def test_a_replaced_photo_leaves_no_bytes_of_the_old_one(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    folder.update({"a": a_fingerprint(1000)})
    old = fingerprints("a")["a"].patch.tobytes()
    assert not any(old in file.read_bytes() for file in folder.path.iterdir())


def test_a_photo_taken_out_of_a_full_file_is_gone_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path)
    prints = many(DELTA_PHOTOS + 1)
    folder.update(prints)
    folder.update({"new": a_fingerprint(1)})
    index = folder.update(remove=["p0007"])
    assert [len(segment.photos) for segment in index.segments] == [1, DELTA_PHOTOS]
    assert "p0007" not in index
    back = prints_in(index)["p0008"]
    assert same(replace(back, sha256="0" * 64), prints_in(Index.of({"": a_drawn_fingerprint()}))[""])


def test_a_full_file_is_left_alone_when_photos_are_added(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path)
    folder.update(many(DELTA_PHOTOS))
    [full] = segment_files(folder)
    for photo in "ab":
        folder.update(fingerprints(photo))
    assert full in segment_files(folder)
    assert len(segment_files(folder)) == 2


def test_files_that_a_change_does_not_touch_are_not_opened_again(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path)
    before = folder.update(many(DELTA_PHOTOS))
    after = folder.update(fingerprints("a"))
    assert any(segment is before.segments[0] for segment in after.segments)


def test_an_unchanged_folder_gives_the_same_index_object(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    assert folder.index() is folder.index()


def test_a_reader_sees_a_change_at_its_next_call_and_keeps_its_old_view_until_then(tmp_path: Path) -> None:
    writer = an_index_folder(tmp_path, "ab")
    reader = IndexFolder(writer.path)
    old = reader.index()
    writer.update(fingerprints("c"), remove=["a"])
    assert old.photos == ("a", "b")
    assert (prints_in(old)["a"].patch == fingerprints("a")["a"].patch).all()
    assert reader.index().photos == ("b", "c")


def test_a_reader_in_another_process_sees_a_change_at_its_next_call(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    code = (
        "import sys; from pathlib import Path; from detector.storage import IndexFolder\n"
        f"folder = IndexFolder(Path({str(folder.path)!r}))\n"
        "for _ in sys.stdin: print(*folder.index().photos, flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        seen = []
        for photo in "cd":
            print(file=child.stdin, flush=True)
            seen.append(child.stdout.readline().split())
            folder.update(fingerprints(photo), remove=["a"] if photo == "c" else [])
        child.stdin.close()
    assert seen == [["a", "b"], ["b", "c"]]


def test_a_reader_that_meets_a_change_half_way_reads_the_new_manifest(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    reader = LateReader(folder.path, lambda: folder.update(fingerprints("c"), remove=["a"]))
    assert reader.index().photos == ("b", "c")


class LateReader(IndexFolder):
    """A reader to whom something happens just after it has read the manifest for the first time."""

    def __init__(self, path: Path, happens: Callable[[], object]) -> None:
        super().__init__(path)
        self.happens: Callable[[], object] | None = happens

    def _manifest(self) -> bytes:
        manifest = super()._manifest()
        if self.happens:
            happens, self.happens = self.happens, None
            happens()
        return manifest


def test_writers_at_the_same_time_take_turns(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda photo: IndexFolder(folder.path).update(fingerprints(photo)), "abcdefgh"))
    assert held(folder) == "abcdefgh"


def test_a_writer_that_waits_in_vain_is_told_that_the_index_is_busy(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "a")
    with (folder.path / LOCK).open("rb") as other:
        flock(other, LOCK_EX)
        with pytest.raises(IndexBusyError, match=r"waited 0\.01 seconds: try again later"):
            impatient(folder).update(fingerprints("b"))
        assert held(folder) == "a"
    impatient(folder).update(fingerprints("b"))


def test_ids_may_be_any_strings(tmp_path: Path) -> None:
    ids = ["", "Zoë/..", "\udcff", "a\nb", "0" * 500]
    assert set(an_index_folder(tmp_path).update(fingerprints(ids)).photos) == set(ids)
    assert set(IndexFolder(tmp_path / "index").index().photos) == set(ids)


def test_five_hundred_photos_open_in_a_tenth_of_a_second(tmp_path: Path) -> None:
    an_index_folder(tmp_path).update(many(500))
    start = time.perf_counter()
    assert len(IndexFolder(tmp_path / "index").index()) == 500
    assert time.perf_counter() - start < 0.1


def test_five_hundred_portraits_take_less_than_60_kilobytes_each(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path)
    folder.update(many(500))
    assert sum(file.stat().st_size for file in folder.path.iterdir()) < 500 * 60_000


def test_files_that_are_not_ours_are_left_alone(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    (folder.path / "notes.txt").write_text("ours to keep")
    folder.update(remove=["a"])
    assert (folder.path / "notes.txt").exists()
