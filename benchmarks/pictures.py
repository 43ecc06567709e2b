"""The benchmark's test pictures, made one by one from seeds: reuse of enrolled photos, and everything that is none.

People and scenes of the test are nobody's and nowhere's of the calibration: people by `benchmarks.data.split`, scenes
by every second one of their order. Each picture leaves here as the bytes of a JPEG file, as a user's would.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import cv2
import numpy as np

from benchmarks.data import split
from benchmarks.drawn import draw_portrait
from benchmarks.layers import Corners, chance, covering
from benchmarks.misuse import KINDS, another_frame, make
from benchmarks.toning import toned
from detector.values import RGB

T = TypeVar("T")
SEED = 20_240
DRAWN_SITTERS = 20
"""Drawn people who are enrolled, so that another pose of theirs can be shown."""

FIRST_SITTER, FIRST_FILL_UP = 5_000, 6_000  # seeds of drawn people, far from those that `data` draws
MILD = ("re-encoded", "cropped", "meme", "poster", "screenshot", "photographed near")
"""What is done to another frame of an enrolled person."""

SCENE_KINDS = ("scene", "scene cropped", "scene toned", "scene turned", "poster of a scene")
MIX = (*KINDS, *SCENE_KINDS)
"""Unrelated pictures go through these in turn: of 24, 19 show a stranger, one in each kind, and 5 nobody enrolled."""

_QUALITY = 92


class Group(StrEnum):
    """What a picture shows, and so what is right to say of it."""

    REUSE = "reuse"
    STRANGER = "stranger"
    SCENE = "scene"
    OTHER_FRAME = "another frame"
    OTHER_POSE = "another pose"


@dataclass(frozen=True, slots=True)
class Sample:
    """One test picture.

    data: a JPEG file. photo: the enrolled photo reused in it, or, for another frame or pose, of the person in it; else
    None. corners: where that photo's corners are, (4, 2) pixels; only for reuse.
    """

    name: str
    group: Group
    kind: str
    data: bytes
    photo: str | None = None
    corners: Corners | None = None
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and what the pictures are made of; portraits and scenes (H, W, 3).

    enrolled, strangers: the test's people, half and half. sitters: drawn people, enrolled, by their seed. others:
    people of the other parts, to fill the gallery; never in a picture.
    """

    enrolled: Mapping[str, RGB]
    strangers: Mapping[str, RGB]
    sitters: Mapping[str, int]
    others: Mapping[str, RGB]
    scenes: Sequence[RGB]


def cast(portraits: Mapping[str, RGB], scenes: Mapping[str, RGB]) -> Cast:
    """Deal portraits, id to (H, W, 3), to their parts, and take every second scene, from the second one on.

    Raises ValueError when that leaves nobody to enrol, no stranger, or no scene.
    """
    test = split(portraits).test
    if len(test) < 2 or len(scenes) < 2:
        raise ValueError(f"{len(portraits)} portraits and {len(scenes)} scenes are too few for a test")
    rest = set(portraits) - set(test)
    return Cast(
        enrolled={photo: portraits[photo] for photo in test[::2]},
        strangers={photo: portraits[photo] for photo in test[1::2]},
        sitters={f"sitter{number:02}": FIRST_SITTER + number for number in range(DRAWN_SITTERS)},
        others={photo: portraits[photo] for photo in portraits if photo in rest},
        scenes=tuple(scenes.values())[1::2],
    )


def gallery(people: Cast, count: int) -> dict[str, RGB]:
    """Return `count` photos to enrol, (H, W, 3): the test's own first, then people of the other parts, then drawn ones.

    Raises ValueError when the test's own are more than `count`.
    """
    photos = dict(people.enrolled) | {photo: draw_portrait(seed) for photo, seed in people.sitters.items()}
    if len(photos) > count:
        raise ValueError(f"{len(photos)} photos must be enrolled, more than {count}")
    room = count - len(photos)
    photos |= dict(list(people.others.items())[:room])
    drawn = count - len(photos)
    return photos | {f"filler{number:04}": draw_portrait(FIRST_FILL_UP + number) for number in range(drawn)}


def reuses(people: Cast, per_kind: int, seed: int = SEED) -> Iterator[Sample]:
    """Make `per_kind` pictures of each kind, the enrolled people in turn."""
    photos = list(people.enrolled)
    for number in range(per_kind * len(KINDS)):
        kind = list(KINDS)[number % len(KINDS)]
        photo = photos[number % len(photos)]
        rng = dice(seed, 0, number)
        made = make(kind, people.enrolled[photo], picked(people.scenes, rng), rng, _extras(people, rng))
        data = encoded(made.picture)
        yield Sample(f"reuse-{number:05}", Group.REUSE, kind, data, photo, made.corners, made.mirrored)


def unrelated(people: Cast, count: int, seed: int = SEED) -> Iterator[Sample]:
    """Make pictures in which no enrolled person is, through MIX in turn."""
    for number in range(count):
        kind, rng = MIX[number % len(MIX)], dice(seed, 1, number)
        if kind in KINDS:
            portrait = picked(list(people.strangers.values()), rng)
            picture = make(kind, portrait, picked(people.scenes, rng), rng, _extras(people, rng)).picture
        else:
            picture = scene_picture(kind, people.scenes, rng)
        group = Group.STRANGER if kind in KINDS else Group.SCENE
        yield Sample(f"unrelated-{number:05}", group, kind, encoded(picture))


def other_frames(people: Cast, count: int, seed: int = SEED) -> Iterator[Sample]:
    """Make pictures of other photographs of enrolled people, mildly treated: of every three one is a drawn new pose."""
    photos, sitters = list(people.enrolled), list(people.sitters)
    for number in range(count):
        rng = dice(seed, 2, number)
        if number % 3 < 2:
            group, photo = Group.OTHER_FRAME, photos[number % len(photos)]
            portrait = another_frame(people.enrolled[photo], rng)
        else:
            group, photo = Group.OTHER_POSE, sitters[number % len(sitters)]
            portrait = draw_portrait(people.sitters[photo], pose=1 + number)
        kind = MILD[number // 3 % len(MILD)]
        picture = make(kind, portrait, picked(people.scenes, rng), rng, _extras(people, rng)).picture
        yield Sample(f"frame-{number:05}", group, kind, encoded(picture), photo)


def scene_picture(kind: str, scenes: Sequence[RGB], rng: np.random.Generator) -> RGB:
    """Make a picture, (H, W, 3), without any portrait of ours from scenes, (H, W, 3). Raises KeyError for its kind."""
    scene = picked(scenes, rng)
    if kind == "scene":
        return _cropped(scene, rng, 0.8)
    if kind == "scene cropped":
        return _cropped(scene, rng, 0.25)
    if kind == "scene toned":
        return toned(_cropped(scene, rng, 0.6), rng)
    if kind == "scene turned":
        turned = np.rot90(_cropped(scene, rng, 0.6), int(rng.integers(4)))
        return np.ascontiguousarray(turned[:, ::-1] if chance(rng, 0.5) else turned)
    if kind == "poster of a scene":
        piece = covering(_cropped(scene, rng, 0.25), 225, 275)
        return make(picked([k for k in KINDS if k.startswith("p")], rng), piece, picked(scenes, rng), rng).picture
    raise KeyError(kind)


def encoded(picture: RGB) -> bytes:
    """Return a picture, (H, W, 3), as a JPEG file."""
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(picture[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return data.tobytes()


def dice(seed: int, group: int, number: int) -> np.random.Generator:
    """Return the dice of one picture: they depend on nothing but its own number."""
    return np.random.default_rng([seed, group, number])


def picked(choices: Sequence[T], rng: np.random.Generator) -> T:
    """Return one of the choices."""
    return choices[int(rng.integers(len(choices)))]


def _extras(people: Cast, rng: np.random.Generator) -> list[RGB]:
    """Return portraits of strangers for collages and side bars, (H, W, 3) each."""
    strangers = list(people.strangers.values())
    return [strangers[row] for row in rng.permutation(len(strangers))[:8]]


def _cropped(scene: RGB, rng: np.random.Generator, least: float) -> RGB:
    """Cut a piece out of a scene, (H, W, 3): each side `least` (0..1) of the whole or more."""
    height, width = (round(side * rng.uniform(least, 1)) for side in scene.shape[:2])
    top, left = int(rng.integers(scene.shape[0] - height + 1)), int(rng.integers(scene.shape[1] - width + 1))
    return np.ascontiguousarray(scene[top : top + height, left : left + width])
