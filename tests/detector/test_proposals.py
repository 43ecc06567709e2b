from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from detector import RGB, Stage
from detector.cascade import overlap
from detector.fingerprints import Fingerprint
from detector.hashes import Dihedral, orientations, oriented
from detector.index import Index
from detector.proposals import Proposal, by_features, by_hash, by_regions
from detector.regions import VECTOR_LENGTH, Region, propose
from detector.register import Scene, corners
from tests.detector.drawn_people import (
    a_name,
    a_portrait,
    a_print,
    a_scene,
    an_index_in_parts,
    gray_of,
    mirror_image,
    pasted,
    the_index,
)

Quad = NDArray[np.float64]
PASTED: Quad = np.array([[240, 110], [464, 110], [464, 384], [240, 384]], np.float64)
"""Where a portrait lies that is pasted at 240, 110."""


def laid_as(orientation: Dihedral, pixels: RGB) -> RGB:
    return np.ascontiguousarray(oriented(pixels, orientation), np.uint8)


def corners_of(proposal: Proposal) -> Quad:
    """Where the photo's own corners are, mirrored back."""
    height, width = the_index().frames[proposal.photo]
    quad = corners(proposal.transform, (int(height), int(width)))
    return quad[[1, 0, 3, 2]] if proposal.mirrored else quad


def corners_after(orientation: Dihedral, pixels: RGB) -> list[tuple[int, int]]:
    """Where the corners of a picture go, top-left, top-right, bottom-right, bottom-left: each pixel is followed."""
    height, width = pixels.shape[:2]
    numbers = oriented(np.arange(height * width).reshape(height, width), orientation)
    places = [np.argwhere(numbers == number)[0] for number in (0, width - 1, height * width - 1, (height - 1) * width)]
    return [(int(x), int(y)) for y, x in places]


def faceless() -> Fingerprint:
    """A fingerprint in which no region was found."""
    return replace(a_print(0), alignment=np.full((2, 3), np.nan, np.float32), waves=np.zeros(VECTOR_LENGTH, np.int8))


def copies_of_one_photo() -> tuple[Index, Index]:
    """One photo under six ids, a segment each, in either order."""
    copies = [Index.of({name: a_print(0)}).segments[0] for name in "abcdef"]
    return Index(tuple(copies)), Index(tuple(reversed(copies)))


def hashed(pixels: RGB, index: Index | None = None) -> list[Proposal]:
    return by_hash(pixels, gray_of(pixels), the_index() if index is None else index)


def places_in(pixels: RGB) -> tuple[Region, ...]:
    return propose(pixels, side=640, most=8)


@pytest.mark.parametrize("orientation", orientations())
def test_a_whole_photo_is_proposed_however_it_is_laid(orientation: Dihedral) -> None:
    best = hashed(laid_as(orientation, a_portrait(2)))[0]
    assert (the_index().photo(best.photo), best.mirrored, best.stage) == (a_name(2), orientation[1], Stage.HASH)


@pytest.mark.parametrize("orientation", orientations())
def test_the_corners_of_a_whole_photo_follow_its_orientation(orientation: Dihedral) -> None:
    best = hashed(laid_as(orientation, a_portrait(2)))[0]
    expected = corners_after(orientation, a_portrait(2))
    assert corners_of(best) == pytest.approx(np.array(expected, np.float64), abs=1e-3)


def test_a_scene_is_no_whole_photo() -> None:
    assert hashed(a_scene()) == []


def test_a_strangers_portrait_is_no_whole_photo() -> None:
    assert all(the_index().photo(it.photo) != a_name(0) for it in hashed(a_portrait(100)))


@pytest.mark.parametrize("parts", [[[0, 1], [2]], [[2], [1], [0]], [[], [1, 2], [0]]])
def test_whole_photos_are_proposed_from_every_segment(parts: list[list[int]]) -> None:
    index = an_index_in_parts(parts)
    assert [index.photo(hashed(a_portrait(seed), index)[0].photo) for seed in range(3)] == [a_name(s) for s in range(3)]


def test_which_copies_of_a_whole_photo_are_proposed_does_not_hang_on_their_rows() -> None:
    forwards, backwards = copies_of_one_photo()
    assert {forwards.photo(it.photo) for it in hashed(a_portrait(0), forwards)} == {
        backwards.photo(it.photo) for it in hashed(a_portrait(0), backwards)
    }


def test_which_copies_a_place_proposes_does_not_hang_on_their_rows() -> None:
    scene, places = Scene.of(gray_of(a_portrait(0))), places_in(a_portrait(0))[:1]
    forwards, backwards = copies_of_one_photo()
    assert {forwards.photo(it.photo) for it in by_regions(scene, places, forwards)} == {
        backwards.photo(it.photo) for it in by_regions(scene, places, backwards)
    }


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_features_of_the_whole_scene_propose_the_photo_where_it_lies(is_mirrored: bool) -> None:  # noqa: FBT001
    portrait = mirror_image(a_portrait(1)) if is_mirrored else a_portrait(1)
    best = by_features(gray_of(pasted(a_scene(), portrait, 240, 110)), (), the_index(), whole=True)[0]
    assert (the_index().photo(best.photo), best.mirrored, best.stage) == (a_name(1), is_mirrored, Stage.FEATURES)
    assert overlap(corners_of(best), PASTED) > 0.75


def test_features_of_places_alone_propose_the_photo_too() -> None:
    scene = pasted(a_scene(), a_portrait(1), 240, 110)
    best = by_features(gray_of(scene), places_in(scene), the_index(), whole=False)[0]
    assert the_index().photo(best.photo) == a_name(1)


def test_neither_whole_nor_places_propose_nothing() -> None:
    assert by_features(gray_of(a_portrait(0)), (), the_index(), whole=False) == []


@pytest.mark.parametrize("box", [(-500.0, -500.0, 20.0, 20.0), (690.0, 490.0, 60.0, 60.0), (10.0, 10.0, 0.0, 0.0)])
def test_places_at_the_edge_and_outside_the_scene_do_no_harm(box: tuple[float, float, float, float]) -> None:
    place = Region(box, np.eye(2, 3))
    assert isinstance(by_features(gray_of(a_scene()), (place,), the_index(), whole=False), list)


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_a_place_proposes_the_photo_that_looks_like_it_first(is_mirrored: bool) -> None:  # noqa: FBT001
    portrait = mirror_image(a_portrait(1)) if is_mirrored else a_portrait(1)
    scene = pasted(a_scene(), portrait, 240, 110)
    place = min(places_in(scene), key=lambda it: abs(it.box[0] + it.box[2] / 2 - 352))
    best = by_regions(Scene.of(gray_of(scene)), [place], the_index())[0]
    assert (the_index().photo(best.photo), best.mirrored, best.stage) == (a_name(1), is_mirrored, Stage.REGION)
    assert overlap(corners_of(best), PASTED) > 0.75


def test_a_place_proposes_no_photo_that_has_no_region() -> None:
    assert by_regions(Scene.of(gray_of(a_portrait(0))), places_in(a_portrait(0)), Index.of({"f": faceless()})) == []
