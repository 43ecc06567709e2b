import json
import os
from pathlib import Path

import pytest

from detector import Decoder, Picture
from detector.fingerprints import Fingerprint, fingerprint
from detector.manifest import MANIFEST
from detector.storage import IndexFolder
from posterwatch import enrolment
from posterwatch.enrolment import cache_folder, enrol
from posterwatch.errors import NotOurIndexError, SameStemError
from posterwatch.ledger import NAME
from tests.posterwatch.drawn_folders import a_portrait, enrolled, photos_of, save

LONG_AGO = 1_000_000_000


class CountingDecoder(Decoder):
    """A decoder that counts the photos that it is asked for."""

    asked = 0

    def decode(self, data: bytes, *, longest_side_px: int = 4096) -> Picture:
        self.asked += 1
        return super().decode(data, longest_side_px=longest_side_px)


@pytest.fixture(name="photos")
def a_folder_of_settled_photos(tmp_path: Path) -> Path:
    """Photos that nobody has changed for years."""
    photos = photos_of(tmp_path / "photos")
    for file in photos.iterdir():
        os.utime(file, (LONG_AGO, LONG_AGO))
    return photos


def decoded_again(photos: Path, index: Path) -> int:
    with CountingDecoder() as decoder:
        enrol(photos, index, decoder=decoder)
    return decoder.asked


def held(index: Path) -> set[str]:
    return set(IndexFolder(index).index().digests())


def test_photos_are_enrolled_by_the_stems_of_their_files(photos: Path, tmp_path: Path) -> None:
    assert enrolled(photos, tmp_path / "index").added == 3
    assert held(tmp_path / "index") == {"p0", "p1", "p2"}


def test_photos_in_folders_below_are_enrolled_too(photos: Path, tmp_path: Path) -> None:
    save(a_portrait(5), photos / "plymouth" / "p5.png")
    enrolled(photos, tmp_path / "index")
    assert "p5" in held(tmp_path / "index")


def test_a_second_run_decodes_nothing_and_writes_nothing(photos: Path, tmp_path: Path) -> None:
    enrolled(photos, tmp_path / "index")
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "index").glob("*.json")}
    assert decoded_again(photos, tmp_path / "index") == 0
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_a_photo_that_was_only_touched_is_not_decoded_again(photos: Path, tmp_path: Path) -> None:
    enrolled(photos, tmp_path / "index")
    os.utime(photos / "p1.png")
    assert decoded_again(photos, tmp_path / "index") == 0


def test_only_the_photo_that_changed_is_decoded_again(photos: Path, tmp_path: Path) -> None:
    enrolled(photos, tmp_path / "index")
    before = IndexFolder(tmp_path / "index").index().digests()
    save(a_portrait(9), photos / "p1.png")
    assert decoded_again(photos, tmp_path / "index") == 1
    after = IndexFolder(tmp_path / "index").index().digests()
    assert [photo for photo in after if after[photo] != before[photo]] == ["p1"]


def test_a_change_within_the_grain_of_the_clock_is_seen(tmp_path: Path) -> None:
    photos = photos_of(tmp_path / "photos", [0])
    enrolled(photos, tmp_path / "index")
    status = (photos / "p0.png").stat()
    data = bytearray((photos / "p0.png").read_bytes())
    data[-1] ^= 1  # of the same length
    (photos / "p0.png").write_bytes(data)
    os.utime(photos / "p0.png", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert decoded_again(photos, tmp_path / "index") == 1


def test_a_photo_that_is_gone_is_removed(photos: Path, tmp_path: Path) -> None:
    enrolled(photos, tmp_path / "index")
    (photos / "p1.png").unlink()
    assert enrolled(photos, tmp_path / "index").removed == 1
    assert held(tmp_path / "index") == {"p0", "p2"}


def test_an_unusable_photo_is_named_with_its_reason(photos: Path, tmp_path: Path) -> None:
    (photos / "p7.jpg").write_text("no picture")
    [(file, reason)] = enrolled(photos, tmp_path / "index").unusable.items()
    assert file.endswith("p7.jpg")
    assert "no picture that we can read" in reason


def test_a_photo_at_which_the_detector_fails_is_named_and_the_rest_is_enrolled(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(picture: Picture) -> Fingerprint:
        if picture.frames[0].width == 9:
            raise ValueError("nine")
        return fingerprint(picture)

    monkeypatch.setattr(enrolment, "fingerprint", failing)
    save(a_portrait(0)[:, :9], photos / "p9.png")
    [(file, reason)] = enrolled(photos, tmp_path / "index").unusable.items()
    assert file.endswith("p9.png")
    assert "the detector failed at this picture (ValueError: nine)" in reason
    assert held(tmp_path / "index") == {"p0", "p1", "p2"}


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3000, 2)])
def test_a_photo_of_an_odd_size_disturbs_nobody(photos: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    save(a_portrait(0)[: size[1], :1].repeat(size[0], axis=1), photos / "odd.png")
    enrolled(photos, tmp_path / "index")
    assert {"p0", "p1", "p2"} <= held(tmp_path / "index")


def test_hidden_files_are_no_photos(photos: Path, tmp_path: Path) -> None:
    (photos / ".DS_Store").write_text("of a file browser")
    assert not enrolled(photos, tmp_path / "index").unusable


def test_an_index_within_the_folder_of_photos_is_no_photo(photos: Path) -> None:
    enrolled(photos, photos / "index")
    assert not enrolled(photos, photos / "index").unusable


def test_photos_with_one_stem_in_two_folders_are_refused(photos: Path, tmp_path: Path) -> None:
    save(a_portrait(5), photos / "new" / "p1.png")
    with pytest.raises(SameStemError, match=r"p1\.png and"):
        enrolled(photos, tmp_path / "index")


@pytest.mark.parametrize("damage", ["", "not JSON", "[]", '{"format": 1, "folder": "", "photos": {"p0": {}}}'])
def test_a_damaged_ledger_costs_time_but_no_photo(photos: Path, tmp_path: Path, damage: str) -> None:
    enrolled(photos, tmp_path / "index")
    (tmp_path / "index" / NAME).write_text(damage)
    assert enrolled(photos, tmp_path / "index").nothing_new
    assert len(held(tmp_path / "index")) == 3


def test_a_damaged_index_is_built_again(photos: Path, tmp_path: Path) -> None:
    enrolled(photos, tmp_path / "index")
    next((tmp_path / "index").glob("*.segment")).write_bytes(b"damaged")
    assert enrolled(photos, tmp_path / "index").photos == 3
    assert len(held(tmp_path / "index")) == 3


def test_an_index_of_another_version_is_built_again(photos: Path, tmp_path: Path) -> None:
    enrolled(photos, tmp_path / "index")
    manifest = tmp_path / "index" / MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"fingerprint version": -1}))
    assert enrolled(photos, tmp_path / "index").added == 3


def test_an_index_that_was_not_made_from_a_folder_is_left_alone(photos: Path, tmp_path: Path) -> None:
    IndexFolder(tmp_path / "watchlist").create()
    with pytest.raises(NotOurIndexError, match="was not made from a folder"):
        enrolled(photos, tmp_path / "watchlist")


def test_a_folder_of_other_files_is_left_alone(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter.txt").write_text("dear all")
    with pytest.raises(NotOurIndexError, match="holds other files"):
        enrolled(photos, tmp_path / "letters")


def test_one_folder_has_one_cache_however_it_is_named(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.chdir(photos.parent)
    assert cache_folder(Path("photos")) == cache_folder(photos)
    assert cache_folder(photos).parent == Path("/caches/posterwatch")
