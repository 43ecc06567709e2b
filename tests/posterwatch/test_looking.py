from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from PIL import Image

from detector import DecodeLimits, Outcome
from posterwatch import looking
from posterwatch.looking import Instructions, Looker
from tests.posterwatch.drawn_folders import enrolled, photos_of


@pytest.fixture(name="photos", scope="module")
def photos_with_an_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    photos = photos_of(tmp_path_factory.mktemp("published") / "photos", [0])
    enrolled(photos, photos.parent / "index")
    return photos


@pytest.fixture(name="looker", scope="module")
def a_looker(photos: Path) -> Iterator[Looker]:
    with Looker(Instructions(photos.parent / "index")) as looker:
        yield looker


def test_a_file_that_is_gone_is_undecodable_and_says_so(looker: Looker, tmp_path: Path) -> None:
    look = looker.look(tmp_path / "gone.jpg")
    assert (look.outcome, look.sha256) == (Outcome.UNDECODABLE, None)
    assert look.error == "the file cannot be opened (No such file or directory)"


def test_a_file_that_is_too_large_is_known_by_its_digest(looker: Looker, tmp_path: Path) -> None:
    with (tmp_path / "large.jpg").open("wb") as file:
        file.truncate(DecodeLimits().file_bytes + 1)
    look = looker.look(tmp_path / "large.jpg")
    assert look.outcome is Outcome.UNDECODABLE
    assert look.sha256
    assert "too large" in str(look.error)


def test_a_defect_of_the_search_is_reported_and_costs_one_picture(
    looker: Looker, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise cv2.error("assertion failed")

    with monkeypatch.context() as patch:
        patch.setattr(looking, "find", broken)
        assert "the detector failed at this picture (error: assertion failed)" in str(
            looker.look(photos / "p0.png").error
        )
    assert looker.look(photos / "p0.png").outcome is Outcome.MATCHED


@pytest.mark.parametrize("size", [(1, 1), (1, 2000), (4000, 3), (16, 16)])
def test_a_picture_of_an_odd_size_can_be_looked_at(looker: Looker, tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, (200, 30, 30)).save(tmp_path / "odd.png")
    assert looker.look(tmp_path / "odd.png").outcome is Outcome.NO_MATCH
