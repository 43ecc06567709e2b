"""Folders of drawn published photos and of pictures that reuse them, or do not; and the command run on them."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from typer.testing import CliRunner, Result

from benchmarks.drawn import draw_portrait, draw_scene
from benchmarks.misuse import make
from detector import RGB, Decoder, Match, OperatingPoint, Reasons, Stage, Verdict
from posterwatch.cli import app
from posterwatch.enrolment import Enrolment, enrol


@cache
def a_portrait(seed: int) -> RGB:
    return draw_portrait(seed)


@cache
def a_poster_of(seed: int) -> RGB:
    """A poster with the portrait of a seed on it."""
    return make("poster", a_portrait(seed), draw_scene(seed, (700, 500)), np.random.default_rng(seed)).picture


def save(picture: RGB, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(file)
    return file


def photos_of(folder: Path, seeds: Iterable[int] = (0, 1, 2)) -> Path:
    """A folder of published photos, named p0, p1 and so on."""
    for seed in seeds:
        save(a_portrait(seed), folder / f"p{seed}.png")
    return folder


def enrolled(photos: Path, index: Path) -> Enrolment:
    with Decoder() as decoder:
        return enrol(photos, index, decoder=decoder)


def posterwatch(*arguments: str | Path) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def a_match(photo: str = "p0", score: float = 0.9, **changes: object) -> Match:
    """A match that counts as reused for reports and as unsure for sources."""
    values: dict[str, object] = {
        "verdicts": {OperatingPoint.REPORT: Verdict.REUSED, OperatingPoint.SOURCE: Verdict.UNSURE},
        "corners": ((10.0, 20.0), (110.0, 20.0), (110.0, 150.0), (10.0, 150.0)),
        "mirrored": False,
        "frame": 0,
        "stage": Stage.FEATURES,
        "reasons": Reasons(("64 details lie in the same spot.",), {"details": 64.0}),
    }
    return Match(photo, score, **(values | changes))  # type: ignore[arg-type]
