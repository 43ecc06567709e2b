from functools import cache

import numpy as np
import pytest

from benchmarks.drawn import draw_portrait, draw_scene
from benchmarks.layers import jpeg
from benchmarks.misuse import make
from benchmarks.peers import PDQ8, CropResistant, Peer, WholePHash
from benchmarks.peers_sift import SiftRansac
from detector.values import RGB

HASHES = (WholePHash, PDQ8, CropResistant)


@cache
def portraits() -> dict[str, RGB]:
    return {f"p{seed}": draw_portrait(seed) for seed in range(8)}


@cache
def an_enrolled(kind: type[Peer]) -> Peer:
    peer = kind()
    peer.enrol(portraits())
    return peer


@cache
def a_poster() -> RGB:
    return make("poster", portraits()["p5"], draw_scene(2, (900, 650)), np.random.default_rng(3)).picture


@pytest.mark.parametrize("kind", [*HASHES, SiftRansac])
def test_a_peer_finds_a_copy_saved_again(kind: type[Peer]) -> None:
    peer = an_enrolled(kind)
    photo, score = peer.look(jpeg(portraits()["p3"], 60))
    assert photo == "p3"
    assert score >= peer.threshold


@pytest.mark.parametrize("kind", [WholePHash, PDQ8])
def test_a_hash_of_the_whole_picture_finds_no_poster(kind: type[Peer]) -> None:
    peer = an_enrolled(kind)
    photo, score = peer.look(a_poster())
    assert photo != "p5" or score < peer.threshold


def test_features_find_a_poster() -> None:
    peer = an_enrolled(SiftRansac)
    photo, score = peer.look(a_poster())
    assert photo == "p5"
    assert score > 2 * peer.threshold


@pytest.mark.parametrize("kind", [PDQ8, SiftRansac])
def test_mirrored_and_turned_pictures_are_found(kind: type[Peer]) -> None:
    turned = np.ascontiguousarray(np.rot90(portraits()["p2"][:, ::-1]))
    peer = an_enrolled(kind)
    photo, score = peer.look(turned)
    assert photo == "p2"
    assert score >= peer.threshold


@pytest.mark.parametrize("kind", [*HASHES, SiftRansac])
def test_a_peer_without_photos_finds_nothing(kind: type[Peer]) -> None:
    assert kind().look(portraits()["p1"]) == (None, 0.0)


def test_features_find_nothing_in_an_even_picture() -> None:
    assert an_enrolled(SiftRansac).look(np.full((300, 300, 3), 90, np.uint8)) == (None, 0.0)
