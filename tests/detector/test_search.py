import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.drawn import draw_scene
from detector import RGB
from detector.cascade import overlap
from detector.features import Features
from detector.fingerprints import FRAME_SIDE
from detector.index import Index
from detector.register import corners
from detector.search import Agreement, _is_sane, agreements
from tests.detector.drawn_people import (
    ENROLLED,
    a_name,
    a_portrait,
    a_print,
    a_scene,
    a_turn,
    an_index_in_parts,
    features_of,
    laid,
    mirror_image,
    pasted,
    the_index,
)

SPLIT_UP = [[[5, 4, 3, 2, 1, 0]], [[3], [0, 5], [1, 2, 4]], [[seed] for seed in (2, 4, 0, 1, 5, 3)]]


def agreed(pixels: RGB, index: Index | None = None, most: int = 8) -> list[Agreement]:
    return agreements(features_of(pixels), the_index() if index is None else index, most=most)


def tiles(side: int, colours: int) -> RGB:
    """A wall of equal tiles, 640 x 480 pixels, each with the same ornament."""
    tile = np.random.default_rng(colours).integers(0, 256, (side // 4, side // 4, 3), np.uint8)
    tile = np.repeat(np.repeat(tile, 4, axis=0), 4, axis=1)
    return np.tile(tile, (480 // side + 1, 640 // side + 1, 1))[:480, :640]


def stretched(across: float, down: float) -> NDArray[np.float64]:
    return np.array([[across, 0, 5.0], [0, down, 7.0]])


@pytest.mark.parametrize("seed", range(4))
def test_a_portrait_pasted_in_a_scene_is_the_strongest_agreement(seed: int) -> None:
    best = agreed(pasted(a_scene(), a_portrait(seed), 240, 110))[0]
    assert (the_index().photo(best.photo), best.mirrored) == (a_name(seed), False)


@pytest.mark.parametrize("seed", range(4))
def test_a_mirrored_portrait_is_the_strongest_agreement_and_called_mirrored(seed: int) -> None:
    best = agreed(pasted(a_scene(), mirror_image(a_portrait(seed)), 240, 110))[0]
    assert (the_index().photo(best.photo), best.mirrored) == (a_name(seed), True)


@pytest.mark.parametrize("degrees", [0, 40, 90, 180, 250])
def test_a_turned_portrait_is_the_strongest_agreement(degrees: float) -> None:
    scene = laid(a_portrait(2), a_turn(degrees, 1.2, 350, 250) @ a_turn(0, 1, -79, -96), a_scene())
    assert the_index().photo(agreed(scene)[0].photo) == a_name(2)


def test_the_transform_says_where_the_portrait_lies() -> None:
    [best] = agreed(pasted(a_scene(), a_portrait(1), 240, 110), most=1)
    height, width = the_index().frames[best.photo]
    found = corners(np.vstack([best.transform, [0, 0, 1]]), (int(height), int(width)))
    assert overlap(found, np.array([[240, 110], [465, 110], [465, 385], [240, 385]], np.float64)) > 0.75


def test_the_transform_of_a_mirrored_portrait_is_from_the_mirrored_frame() -> None:
    [best] = agreed(pasted(a_scene(), mirror_image(a_portrait(1)), 240, 110), most=1)
    assert best.transform[0, 0] == pytest.approx(275 / FRAME_SIDE, rel=0.15)
    assert best.transform[:, 2] == pytest.approx([240, 110], abs=20)


@pytest.mark.parametrize("parts", SPLIT_UP)
def test_agreements_do_not_depend_on_how_photos_are_split_into_segments(parts: list[list[int]]) -> None:
    scene = pasted(pasted(a_scene(), a_portrait(1), 20, 110), mirror_image(a_portrait(4)), 400, 60)
    index = an_index_in_parts(parts)
    ours, theirs = agreed(scene), agreed(scene, index)
    assert [(the_index().photo(it.photo), it.mirrored, it.support) for it in ours] == [
        (index.photo(it.photo), it.mirrored, it.support) for it in theirs
    ]


@pytest.mark.parametrize("parts", SPLIT_UP)
def test_transforms_do_not_depend_on_how_photos_are_split_into_segments(parts: list[list[int]]) -> None:
    scene = pasted(a_scene(), a_portrait(1), 20, 110)
    for ours, theirs in zip(agreed(scene), agreed(scene, an_index_in_parts(parts)), strict=True):
        assert theirs.transform == pytest.approx(ours.transform, rel=1e-6, abs=1e-6)
        assert theirs.strength == pytest.approx(ours.strength)


def test_agreements_do_not_depend_on_the_order_of_insertion() -> None:
    scene = pasted(a_scene(), a_portrait(1), 20, 110)
    backwards = Index.of({a_name(seed): a_print(seed) for seed in reversed(ENROLLED)})
    assert [it.photo for it in agreed(scene)] == [it.photo for it in agreed(scene, backwards)]


@pytest.mark.parametrize("side", [16, 24, 40])
def test_repeating_textures_agree_with_nobody_strongly(side: int) -> None:
    portrait = agreed(pasted(a_scene(), a_portrait(1), 240, 110))[0]
    assert all(it.strength < portrait.strength / 4 for it in agreed(tiles(side, colours=side)))


@pytest.mark.parametrize("seed", range(10, 14))
def test_whatever_agrees_with_a_scene_without_people_is_weak(seed: int) -> None:
    portrait = agreed(pasted(a_scene(), a_portrait(1), 240, 110))[0]
    assert all(it.strength < portrait.strength / 3 for it in agreed(draw_scene(seed, (700, 500))))


def test_no_more_agreements_come_back_than_asked_for() -> None:
    assert len(agreed(pasted(a_scene(), a_portrait(1), 240, 110), most=1)) == 1


def test_a_scene_without_features_agrees_with_nobody() -> None:
    nothing = Features(np.zeros((0, 4), np.float32), np.zeros((0, 128), np.float32))
    assert agreements(nothing, the_index(), most=8) == []


def test_a_single_feature_agrees_with_nobody() -> None:
    portrait = features_of(a_portrait(0))
    assert agreements(Features(portrait.points[:1], portrait.descriptors[:1]), the_index(), most=8) == []


@pytest.mark.parametrize(("across", "down"), [(1, 1), (3, 2), (0.4, 1)])
def test_a_transform_like_a_cameras_is_sane(across: float, down: float) -> None:
    assert _is_sane(stretched(across, down))


@pytest.mark.parametrize(("across", "down"), [(-1, 1), (1, 0.1), (0, 0)])
def test_a_transform_that_flips_or_squeezes_is_not_sane(across: float, down: float) -> None:
    assert not _is_sane(stretched(across, down))
