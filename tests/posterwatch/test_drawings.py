from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detector import Decoder, OperatingPoint
from detector.storage import IndexFolder
from posterwatch.drawings import Drawings
from posterwatch.errors import CannotWriteError
from tests.posterwatch.drawn_folders import a_match, a_portrait, enrolled, photos_of


@pytest.fixture(name="photos")
def photos_with_an_index(tmp_path: Path) -> Path:
    photos = photos_of(tmp_path / "photos", [0])
    enrolled(photos, tmp_path / "index")
    return photos


def drawings_into(folder: Path, photos: Path, decoder: Decoder) -> Drawings:
    index = photos.parent / "index"
    return Drawings(folder, index, IndexFolder(index).index(), decoder, OperatingPoint.REPORT)


def test_the_photo_is_shown_from_its_file(photos: Path, tmp_path: Path) -> None:
    with Decoder() as decoder:
        photo = drawings_into(tmp_path, photos, decoder)._photo("p0")
    assert np.array_equal(photo, a_portrait(0))


@pytest.mark.parametrize("change", [Path.unlink, lambda file: file.write_bytes(b"something else")])
def test_a_photo_whose_file_has_gone_or_changed_is_shown_in_grey(change: object, photos: Path, tmp_path: Path) -> None:
    assert callable(change)
    change(photos / "p0.png")
    with Decoder() as decoder:
        photo = drawings_into(tmp_path, photos, decoder)._photo("p0")
    assert photo.shape == (192, 157, 3)
    assert np.array_equal(photo[:, :, 0], photo[:, :, 2])


def test_two_matches_in_a_picture_are_drawn_apart(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "found").mkdir()
    with Decoder() as decoder:
        picture = decoder.decode((photos / "p0.png").read_bytes())
        drawn = drawings_into(tmp_path / "found", photos, decoder).draw(
            photos / "p0.png", picture, (a_match(), a_match())
        )
    files = sorted((tmp_path / "found").iterdir())
    assert (drawn, len(files)) == (2, 2)
    with Image.open(files[0]) as page:
        assert (page.format, page.width) == ("JPEG", 1600)


def test_a_folder_that_is_gone_is_an_error_that_names_the_option(photos: Path, tmp_path: Path) -> None:
    with Decoder() as decoder:
        picture = decoder.decode((photos / "p0.png").read_bytes())
        drawings = drawings_into(tmp_path / "gone", photos, decoder)
        with pytest.raises(CannotWriteError, match="--annotate"):
            drawings.draw(photos / "p0.png", picture, (a_match(),))
