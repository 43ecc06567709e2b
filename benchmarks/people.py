"""Who the drawn portraits show, and how they sit: numbers drawn by lot, and nothing drawn yet."""

from dataclasses import dataclass

import numpy as np

from benchmarks.layers import Colour, chance

SKINS: tuple[Colour, ...] = (
    (244, 210, 188), (235, 192, 165), (224, 176, 142), (205, 152, 115), (176, 124, 88), (140, 94, 66),
    (105, 68, 48), (84, 55, 42),
)  # fmt: skip
HAIRS: tuple[Colour, ...] = (
    (22, 18, 16),
    (48, 32, 22),
    (84, 54, 32),
    (128, 88, 50),
    (186, 146, 92),
    (150, 70, 36),
    (150, 150, 150),
    (222, 220, 214),
)
STYLES = ("short", "short", "parted", "parted", "swept", "bald", "receding", "long", "long", "bob", "curly", "bun")
CLOTHES = ("suit", "suit", "uniform", "uniform", "shirt", "vest", "blouse")
WEAVES = ("plain", "pinstripe", "check", "herringbone", "rough")


@dataclass(frozen=True, slots=True)
class Person:
    """One drawn person and what they wear; lengths are pixels of the 450 x 550 drawing, shares are 0..1."""

    skin: Colour
    hair: Colour
    style: str
    clothes: str
    cloth: Colour
    weave: str
    half_width: float
    half_height: float
    jaw: float
    eye_gap: float
    eye_size: float
    eye: Colour
    brow: float
    brow_tilt: float
    nose_long: float
    nose_wide: float
    mouth_wide: float
    lips: float
    volume: float
    parting: float
    age: float
    beard: float
    freckles: int
    glasses: bool
    cap: bool
    number: int  # seeds the fine texture of skin, hair and cloth


@dataclass(frozen=True, slots=True)
class Stance:
    """How the person sits in one frame: degrees, pixels of the 450 x 550 drawing, shares."""

    across: float = 0.0
    down: float = 0.0
    tilt: float = 0.0
    turn: float = 0.0  # -1..1, the nose's part of the head's half width
    smile: float = 0.3
    open_eyes: float = 1.0
    gaze: float = 0.0
    brows_up: float = 0.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    zoom: float = 1.0


def _near(rng: np.random.Generator, colour: Colour, spread: float) -> Colour:
    red, green, blue = (int(v) for v in np.clip(np.array(colour) + rng.normal(0, spread, 3), 0, 255))
    return red, green, blue


def a_person(seed: int) -> Person:
    """Return the person of a seed."""
    rng = np.random.default_rng([seed, 1])
    age, clothes = float(rng.random()), CLOTHES[rng.integers(len(CLOTHES))]
    dark = clothes == "uniform" or (clothes == "suit" and chance(rng, 0.6))
    return Person(
        skin=_near(rng, SKINS[rng.integers(len(SKINS))], 7),
        hair=_near(rng, HAIRS[rng.integers(6, 8)] if age > 0.75 else HAIRS[rng.integers(7)], 9),
        style=STYLES[rng.integers(len(STYLES))],
        clothes=clothes,
        cloth=_near(rng, (30, 33, 48) if dark else (int(rng.integers(50, 235)),) * 3, 24),
        weave=WEAVES[rng.integers(len(WEAVES))],
        half_width=rng.uniform(92, 114), half_height=rng.uniform(124, 148), jaw=rng.uniform(0.05, 0.5),
        eye_gap=rng.uniform(0.34, 0.46), eye_size=rng.uniform(16, 25),
        eye=((70, 110, 150), (90, 62, 38), (60, 40, 26), (88, 112, 78))[rng.integers(4)],
        brow=rng.uniform(3, 10), brow_tilt=rng.normal(0, 5),
        nose_long=rng.uniform(0.24, 0.38), nose_wide=rng.uniform(17, 34),
        mouth_wide=rng.uniform(30, 52), lips=rng.uniform(4, 12),
        volume=rng.uniform(0.05, 0.3), parting=rng.uniform(-0.7, 0.7),
        age=age, beard=rng.uniform(0.2, 1) if chance(rng, 0.28) else 0.0,
        freckles=int(rng.integers(15, 160)), glasses=chance(rng, 0.25), cap=clothes == "uniform" and chance(rng, 0.4),
        number=int(rng.integers(2**31)),
    )  # fmt: skip


def a_stance(seed: int, pose: int) -> Stance:
    """Return how the person of a seed sits in a frame; 0 is the published one, every other moves head and face."""
    rng = np.random.default_rng([seed, 2, pose])
    smile = float(np.random.default_rng([seed, 3]).uniform(0, 1))
    if pose == 0:
        return Stance(
            smile=smile, turn=float(rng.normal(0, 0.12)), tilt=float(rng.normal(0, 2.5)), across=float(rng.normal(0, 6))
        )
    sign = rng.choice([-1, 1], 4)
    return Stance(
        across=sign[0] * rng.uniform(14, 34), down=rng.normal(0, 9), tilt=sign[1] * rng.uniform(4, 10),
        turn=sign[2] * rng.uniform(0.25, 0.5), smile=float(np.clip(1 - smile + rng.normal(0, 0.2), 0, 1)),
        open_eyes=rng.uniform(0.55, 1.15), gaze=sign[3] * rng.uniform(0.1, 0.5), brows_up=rng.uniform(-3, 9),
        shift_x=rng.normal(0, 9), shift_y=rng.normal(0, 7), zoom=rng.normal(1, 0.03),
    )  # fmt: skip
