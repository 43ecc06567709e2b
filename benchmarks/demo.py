"""`make demo`: draws officers and pictures that misuse their photos, runs the real command, and checks what it found.

Everything is drawn by code; no face in it is anybody's. Ends with exit code 0 only when every misuse was found with the
right photo, and nothing else was called reused.
"""

import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.drawn import draw_portrait, draw_scene
from benchmarks.misuse import make
from detector.values import RGB

OUTPUT = Path("demo-output")
PHOTOS, PICTURES, FOUND, INDEX = (OUTPUT / name for name in ("photos", "pictures", "found", "index"))
COMMAND = Path(sys.executable).with_name("posterwatch")
OFFICERS = 12
STRANGER = 100
"""Seeds from here on are people who are not enrolled."""

SCENE_SIZE = (1200, 800)
MISUSES = (
    "poster",
    "poster toned",
    "poster defaced",
    "poster mirrored",
    "poster small",
    "photographed near",
    "photographed tilted",
    "photographed far",
    "meme",
    "screenshot",
    "collage",
    "photocopy",
    "rotated",
    "cropped",
)
STRANGERS = ("poster", "photographed near", "screenshot", "meme")
OTHER_POSES = ("poster", "photographed near", "re-encoded")


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture of the demonstration. photo: the id of the photo that it reuses; None when it reuses none."""

    name: str
    picture: RGB
    photo: str | None = None


def main() -> int:
    """Draw, run, check; return the exit code."""
    for folder in (PHOTOS, PICTURES, FOUND, INDEX):
        shutil.rmtree(folder, ignore_errors=True)
    print("Drawing the published photos of 12 officers who do not exist, and pictures found on streets and screens ...")
    expected = draw_all()
    shown = scan("--annotate", str(FOUND), "--words")
    seen = scan("--json", quiet=True)
    faults = list(faults_of([json.loads(line) for line in seen.stdout.splitlines()], expected))
    if shown.returncode or seen.returncode:
        faults.append(f"the command ended with exit codes {shown.returncode} and {seen.returncode}")
    print(verdict_on(faults, expected))
    return 1 if faults else 0


def draw_all() -> dict[str, str | None]:
    """Write photos and pictures; return, by picture, the photo that should be found in it."""
    PHOTOS.mkdir(parents=True)
    PICTURES.mkdir(parents=True)
    for seed in range(OFFICERS):
        Image.fromarray(draw_portrait(seed)).save(PHOTOS / f"{officer(seed)}.png")
    expected = {}
    for sample in (*misuses(), *innocents()):
        file = PICTURES / f"{sample.name}.jpg"
        Image.fromarray(sample.picture).save(file, quality=90)
        expected[str(file)] = sample.photo
    return expected


def officer(seed: int) -> str:
    """Name the photo of a seed."""
    return f"officer-{seed + 1:02}"


def misuses() -> Iterator[Sample]:
    """Draw one picture of each kind, going round the officers."""
    for number, kind in enumerate(MISUSES):
        seed = number % OFFICERS
        yield Sample(f"misuse {number + 1:02} {kind}", misused(kind, draw_portrait(seed), number), officer(seed))


def innocents() -> Iterator[Sample]:
    """Draw what must not be called reused: strangers treated the same way, other photos of officers, bare scenes."""
    for number, kind in enumerate(STRANGERS):
        yield Sample(f"stranger {number + 1} {kind}", misused(kind, draw_portrait(STRANGER + number), number))
    for number, kind in enumerate(OTHER_POSES):
        other_photo = draw_portrait(number, pose=1)
        yield Sample(f"another photo {number + 1} {kind}", misused(kind, other_photo, 50 + number))
    for number in range(2):
        yield Sample(f"scene {number + 1}", draw_scene(70 + number, SCENE_SIZE))


def misused(kind: str, portrait: RGB, seed: int) -> RGB:
    """Make one picture of a kind, (H, W, 3), with strangers beside the portrait where the kind shows several."""
    others = [draw_portrait(STRANGER + 20 + seed * 5 + number) for number in range(5)]
    return make(kind, portrait, draw_scene(seed, SCENE_SIZE), np.random.default_rng([seed, 8]), others).picture


def scan(*options: str, quiet: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the command as anybody would; quiet: keep what it prints for us."""
    command = [str(COMMAND), "scan", str(PICTURES), "--photos", str(PHOTOS), "--index", str(INDEX), "--jobs", "2"]
    command += options
    if not quiet:
        print(f"\n$ posterwatch {shlex.join(command[1:])}\n", flush=True)
    return subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE if quiet else None)


def faults_of(lines: list[dict[str, Any]], expected: Mapping[str, str | None]) -> Iterator[str]:
    """Yield a sentence for each thing that is not as it should be."""
    found = {
        line["picture"]: {match["photo"] for match in line["matches"] if match["verdict"] == "reused"} for line in lines
    }
    if found.keys() != expected.keys():
        yield f"{len(expected)} pictures were drawn and {len(found)} looked at"
    for picture, photo in expected.items():
        wrong = found.get(picture, set()) - {photo}
        if photo and photo not in found.get(picture, set()):
            yield f"{photo} was not found in {picture}"
        if wrong:
            yield f"{', '.join(sorted(wrong))} was called reused in {picture}"


def verdict_on(faults: list[str], expected: Mapping[str, str | None]) -> str:
    """Say how it ended, and where to look."""
    reused = sum(photo is not None for photo in expected.values())
    where = f"\nLook at the annotated pictures in {FOUND.resolve()}"
    if faults:
        return "\n".join(["", "NOT RIGHT:", *(f"  {fault}" for fault in faults), where])
    innocent = len(expected) - reused
    return (
        f"\nRIGHT: all {reused} misuses were found, each with the right photo; in {innocent} pictures of strangers,\n"
        f"of bare scenes and of other photos of the same officers nothing was called reused.{where}"
    )


if __name__ == "__main__":
    sys.exit(main())
