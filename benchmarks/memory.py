"""Peak memory of the process that searches, on 12-megapixel pictures, measured in a fresh interpreter."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from benchmarks.pictures import Sample, encoded
from detector.cascade import find
from detector.decoder_process import Decoder
from detector.decoding import decode
from detector.fingerprints import Fingerprint
from detector.storage import IndexFolder
from detector.values import RGB

LARGE_PX = (4000, 3000)
"""Width and height of what a phone takes: 12 megapixels."""


def measured(prints: Mapping[str, Fingerprint], samples: Iterable[Sample]) -> dict[str, float]:
    """Store the fingerprints as an index, enlarge the samples to 12 megapixels, and let a new process search them.

    Returns megabytes (resident, at peak): `started`, after the imports and one small picture; `peak`, at the end.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        IndexFolder(folder / "index").create().update(prints)
        for sample in samples:
            (folder / f"{sample.name}.jpg").write_bytes(encoded(enlarged(decode(sample.data).frames[0].pixels)))
        command = [sys.executable, "-m", "benchmarks.memory", name]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return {key: float(value) for key, value in json.loads(done.stdout).items()}


def enlarged(picture: RGB) -> RGB:
    """Return a picture, (H, W, 3), as a 12-megapixel photo of it, grain included."""
    width, height = LARGE_PX if picture.shape[1] > picture.shape[0] else LARGE_PX[::-1]
    large = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    grain = np.random.default_rng(1).integers(-6, 7, (height, width, 1), np.int16)
    return np.asarray(np.clip(large + grain, 0, 255), np.uint8)


def peak_mb() -> float:
    """Return the most memory that this process ever had resident, megabytes.

    From Linux's own count where there is one: what `getrusage` says starts, after a fork, at the parent's peak.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def search_all(folder: Path) -> dict[str, float]:
    """Search every picture of a folder in the index beside them, as the command line does."""
    cv2.setNumThreads(1)
    index = IndexFolder(folder / "index").index()
    with Decoder() as decoder:
        small = encoded(np.full((64, 64, 3), 128, np.uint8))
        find(decoder.decode(small), index)
        started = peak_mb()
        for path in sorted(folder.glob("*.jpg")):
            find(decoder.decode(path.read_bytes()), index)
    return {"started": started, "peak": peak_mb()}


if __name__ == "__main__":
    print(json.dumps(search_all(Path(sys.argv[1]))))
