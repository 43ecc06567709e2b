"""Pictures that misuse a portrait, in nineteen kinds, each with the portrait's corners in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks import copies
from benchmarks.defacing import defaced
from benchmarks.frames import another_frame
from benchmarks.layers import Corners, Layer, chance, flipped, saved, scaled
from benchmarks.pages import collage, screenshot
from benchmarks.photography import Shot, photographed
from benchmarks.posters import Prepare, meme, plain, poster
from benchmarks.toning import hard_print, toned
from detector.values import RGB

__all__ = ["KINDS", "Material", "Misuse", "another_frame", "make"]


@dataclass(frozen=True, slots=True)
class Misuse:
    """A picture, (H, W, 3), that reuses a portrait.

    corners: (4, 2) float32, where the portrait's top-left, top-right, bottom-right and bottom-left corner landed, in
    pixels, x before y, perhaps outside the picture. mirrored: the portrait is seen as in a mirror.
    """

    kind: str
    picture: RGB
    corners: Corners
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Material:
    """What a misuse is made of: the portrait, a scene behind it, other portraits, all (H, W, 3), and dice."""

    portrait: RGB
    scene: RGB
    rng: np.random.Generator
    others: tuple[RGB, ...] = ()


Maker = Callable[[Material], Layer]


def make(kind: str, portrait: RGB, scene: RGB, rng: np.random.Generator, others: Sequence[RGB] = ()) -> Misuse:
    """Make one picture of a kind; the same dice give the same picture. All pictures are (H, W, 3).

    others: portraits of other people, for collages and side bars. Raises KeyError for an unknown kind.
    """
    layer = KINDS[kind](Material(portrait, scene, rng, tuple(others)))
    return Misuse(kind, np.ascontiguousarray(layer.picture), layer.corners.astype(np.float32), layer.mirrored)


def _toned(it: Material) -> Layer:
    layer = copies.moderately_scaled(it.portrait, it.rng)
    return saved(layer.showing(toned(layer.picture, it.rng)), it.rng)


def _defaced(it: Material) -> Layer:
    layer = copies.moderately_scaled(it.portrait, it.rng)
    return saved(layer.showing(defaced(layer.picture, it.rng)), it.rng)


def _mirrored(it: Material) -> Layer:
    return copies.re_encoded(flipped(copies.moderately_scaled(it.portrait, it.rng)), it.rng)


def _meme(it: Material) -> Layer:
    treat: tuple[Prepare, ...] = (plain, plain, plain, toned, defaced)
    layer = meme(it.portrait, it.scene, it.rng, treat[it.rng.integers(len(treat))])
    if chance(it.rng, 0.5):
        layer = scaled(layer, it.rng.uniform(0.4, 0.95), it.rng)
    return saved(layer, it.rng)


def _poster_of(it: Material, prepare: Prepare, portrait: RGB | None = None) -> Layer:
    """Make a digital poster 500 to 1,500 pixels high, the portrait at 0.7 to 3 times its size."""
    source = it.portrait if portrait is None else portrait
    scale = float(np.clip(it.rng.lognormal(0.45, 0.35), 0.7, 3.0)) * 225 / source.shape[1]
    return poster(source, it.scene, it.rng, prepare, scale)


def _poster(it: Material) -> Layer:
    return saved(_poster_of(it, plain), it.rng)


def _poster_toned(it: Material) -> Layer:
    layer = _poster_of(it, plain if (late := chance(it.rng, 0.3)) else toned)
    return saved(layer.showing(toned(layer.picture, it.rng)) if late else layer, it.rng)


def _poster_defaced(it: Material) -> Layer:
    return saved(_poster_of(it, defaced), it.rng)


def _poster_mirrored(it: Material) -> Layer:
    if chance(it.rng, 0.4):
        return saved(flipped(_poster_of(it, plain)), it.rng)
    layer = _poster_of(it, plain, np.ascontiguousarray(it.portrait[:, ::-1]))
    turned_over = layer.corners[[1, 0, 3, 2]]
    return saved(Layer(layer.picture, turned_over, mirrored=True), it.rng)


def _poster_small(it: Material) -> Layer:
    layer = _poster_of(it, plain)
    wide = float(np.linalg.norm(layer.corners[1] - layer.corners[0]))
    return saved(scaled(layer, it.rng.uniform(65, 150) / wide, it.rng), it.rng, 40)


def _treatment(rng: np.random.Generator) -> Prepare:
    pool: tuple[Prepare, ...] = (plain, plain, plain, plain, plain, toned, defaced)
    return pool[rng.integers(len(pool))]


def _format(rng: np.random.Generator, longest: int) -> tuple[int, int]:
    """Pick a photo's width and height: 4:3, 3:2 or 16:9, either way up."""
    short = int(longest / rng.choice([4 / 3, 1.5, 16 / 9]))
    return (longest, short) if chance(rng, 0.5) else (short, longest)


def _photo(it: Material, prepare: Prepare, shot: Shot) -> Layer:
    layer = photographed(_poster_of(it, prepare), it.scene, shot, it.rng)
    return flipped(layer) if chance(it.rng, 0.02) else layer


def _near(it: Material) -> Layer:
    rng = it.rng
    width, height = _format(rng, int(rng.integers(800, 1500)))
    yaw, pitch, roll = rng.normal(0, (8, 8, 5))
    wide = rng.uniform(0.22, 0.6) * min(width, height)
    return _photo(it, _treatment(rng), Shot(width, height, wide, yaw, pitch, roll, rng.uniform(0.1, 0.8)))


def _tilted(it: Material) -> Layer:
    rng = it.rng
    width, height = _format(rng, int(rng.integers(900, 1500)))
    yaw, pitch = rng.uniform(20, 48) * rng.choice([-1, 1]), rng.normal(0, 14)
    if chance(rng, 0.4):
        yaw, pitch = rng.normal(0, 14), rng.uniform(18, 44) * rng.choice([-1, 1])
    wide = rng.uniform(0.22, 0.5) * min(width, height)
    return _photo(it, _treatment(rng), Shot(width, height, wide, yaw, pitch, rng.normal(0, 10), rng.uniform(0.1, 0.8)))


def _halftone(it: Material) -> Layer:
    rng = it.rng
    width, height = _format(rng, int(rng.integers(900, 1500)))
    yaw, pitch, roll = rng.normal(0, (10, 8, 5))
    wide = rng.uniform(0.2, 0.55) * min(width, height)
    return _photo(it, hard_print, Shot(width, height, wide, yaw, pitch, roll, rng.uniform(0.1, 0.7)))


def _far(it: Material) -> Layer:
    rng = it.rng
    width, height = _format(rng, int(rng.integers(1400, 2001)))
    yaw, pitch, roll = rng.normal(0, (13, 7, 4))
    return _photo(
        it, _treatment(rng), Shot(width, height, rng.uniform(60, 150), yaw, pitch, roll, rng.uniform(0.05, 0.5))
    )


def _on_the_copier(it: Material) -> Layer:
    """Return what lies on the copier: the portrait itself, enlarged, or a poster."""
    if chance(it.rng, 0.35):
        return copies.moderately_scaled(it.portrait, it.rng, 1.2)
    return _poster_of(it, plain)


KINDS: dict[str, Maker] = {
    "re-encoded": lambda it: copies.re_encoded(copies.moderately_scaled(it.portrait, it.rng), it.rng),
    "cropped": lambda it: copies.cropped(it.portrait, it.rng),
    "toned": _toned,
    "defaced": _defaced,
    "mirrored": _mirrored,
    "rotated": lambda it: copies.rotated(it.portrait, it.scene, it.rng),
    "meme": _meme,
    "poster": _poster,
    "poster toned": _poster_toned,
    "poster defaced": _poster_defaced,
    "poster mirrored": _poster_mirrored,
    "poster small": _poster_small,
    "photographed near": _near,
    "photographed tilted": _tilted,
    "photographed halftone": _halftone,
    "photographed far": _far,
    "screenshot": lambda it: saved(screenshot(it.portrait, it.scene, it.rng, it.others), it.rng, 35),
    "collage": lambda it: saved(collage(it.portrait, it.scene, it.rng, it.others), it.rng),
    "photocopy": lambda it: copies.photocopied(_on_the_copier(it), it.rng),
}
