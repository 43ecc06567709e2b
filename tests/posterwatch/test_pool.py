from pathlib import Path

import pytest

from detector import Outcome
from detector.storage_errors import MissingIndexError
from posterwatch.looking import Instructions
from posterwatch.pool import DIED, _Worker, look_at_all
from tests.posterwatch.drawn_folders import enrolled, photos_of


@pytest.fixture(name="photos", scope="module")
def photos_with_an_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    photos = photos_of(tmp_path_factory.mktemp("published") / "photos", [0, 1])
    enrolled(photos, photos.parent / "index")
    return photos


@pytest.mark.parametrize("jobs", [1, 2])
def test_looks_come_in_the_order_of_the_pictures(photos: Path, jobs: int) -> None:
    pictures = [photos / "p1.png", photos / "p0.png", photos / "gone.png"]
    looks = list(look_at_all(pictures, Instructions(photos.parent / "index"), jobs))
    assert [look.picture for look in looks] == [str(picture) for picture in pictures]
    assert [look.outcome for look in looks] == [Outcome.MATCHED, Outcome.MATCHED, Outcome.UNDECODABLE]


def test_a_worker_that_dies_costs_one_picture_and_is_replaced(photos: Path) -> None:
    worker = _Worker(Instructions(photos.parent / "index"))
    try:
        worker._process.kill()
        worker.give(0, photos / "p0.png")
        assert worker.answer(photos / "p0.png").error == DIED
        worker.give(1, photos / "p1.png")
        assert worker.answer(photos / "p1.png").outcome is Outcome.MATCHED
    finally:
        worker.end()


def test_what_goes_wrong_in_every_worker_is_raised_here(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingIndexError):
        list(look_at_all([photos, photos], Instructions(tmp_path), 2))
