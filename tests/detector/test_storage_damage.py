import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from detector.errors import DetectorError
from detector.manifest import MANIFEST
from detector.storage import IndexFolder
from detector.storage_errors import (
    BrokenIndexError,
    IndexBusyError,
    MissingIndexError,
    OtherVersionError,
    UnknownPhotoError,
)
from tests.detector.drawn_fingerprints import an_index_folder, fingerprints, segment_files


def test_a_sound_index_is_verified_in_silence(tmp_path: Path) -> None:
    an_index_folder(tmp_path, "abc").verify()


def flip_last_byte(file: Path) -> None:
    """Write another byte where the last signature ends."""
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def test_one_changed_byte_is_found_by_verification(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "abc")
    flip_last_byte(segment_files(folder)[0])
    with pytest.raises(
        BrokenIndexError, match=r"its content has changed\): delete the index folder and build it again"
    ):
        folder.verify()


def test_damage_is_not_written_anew_under_a_fitting_digest(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "abc")
    flip_last_byte(segment_files(folder)[0])
    with pytest.raises(BrokenIndexError, match="its content has changed"):
        folder.update(remove=["a"])


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-64]), "its length has changed"),
        (lambda file: file.write_bytes(b""), "its length has changed"),
        (lambda file: file.write_bytes(b"x" * file.stat().st_size), "no file of ours"),
        (lambda file: file.write_bytes(file.read_bytes().replace(b'["a","b"]', b'["a"    ]')), "does not hold"),
        (lambda file: file.write_bytes(file.read_bytes().replace(b'"segment"', b'"bananas"')), "holds no segment"),
        (lambda file: file.unlink(), "it is gone"),
    ],
)
def test_a_damaged_segment_file_is_refused(tmp_path: Path, damage: Callable[[Path], object], complaint: str) -> None:
    folder = an_index_folder(tmp_path, "ab")
    [file] = segment_files(folder)
    damage(file)
    with pytest.raises(BrokenIndexError, match=complaint) as caught:
        IndexFolder(folder.path).index()
    assert caught.value.file == str(file)


def test_an_open_index_whose_file_is_deleted_fails_verification(tmp_path: Path) -> None:
    folder = an_index_folder(tmp_path, "ab")
    segment_files(folder)[0].unlink()
    with pytest.raises(BrokenIndexError, match="it is gone"):
        folder.verify()


@pytest.mark.parametrize("manifest", [b"", b"no manifest", b'{"format": 99}'])
def test_an_index_in_any_state_can_be_rebuilt(tmp_path: Path, manifest: bytes) -> None:
    folder = an_index_folder(tmp_path, "abc")
    (folder.path / MANIFEST).write_bytes(manifest)
    with pytest.raises((BrokenIndexError, OtherVersionError)):
        folder.index()
    assert folder.rebuild(fingerprints("cd")).photos == ("c", "d")
    assert len(segment_files(folder)) == 1
    folder.verify()


def test_an_index_can_be_built_where_there_was_none(tmp_path: Path) -> None:
    assert IndexFolder(tmp_path / "new" / "index").rebuild(fingerprints("a")).photos == ("a",)


@pytest.mark.parametrize(
    "error",
    [
        MissingIndexError("/index"),
        BrokenIndexError("/index/a.segment", "it is cut off"),
        OtherVersionError("/index", "format"),
        IndexBusyError("/index", 2.0),
        UnknownPhotoError(["b", "a"]),
    ],
)
def test_errors_survive_the_way_between_processes(error: DetectorError) -> None:
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(back), str(back), back.args) == (type(error), str(error), error.args)
