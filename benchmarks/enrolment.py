"""Published photos as the benchmark enrols them: as files, decoded and fingerprinted like anybody's."""

import time
from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.pictures import encoded
from benchmarks.trial import ticked
from detector.decoding import decode
from detector.fingerprints import Fingerprint, fingerprint
from detector.values import RGB


def enrolled(portraits: Mapping[str, RGB]) -> tuple[dict[str, Fingerprint], Sequence[float]]:
    """Return the fingerprint of each portrait, (H, W, 3), and the milliseconds that each took from file to code."""
    prints, milliseconds = {}, []
    for photo, portrait in ticked(portraits.items(), len(portraits), "enrolling"):
        data = encoded(portrait)
        start = time.perf_counter()
        prints[photo] = fingerprint(decode(data))
        milliseconds.append(1000 * (time.perf_counter() - start))
    return prints, milliseconds


def quantiles(values: Sequence[float]) -> dict[str, float]:
    """Return median, mean and 95th percentile of some numbers; zeros for none."""
    if not values:
        return {"median": 0.0, "mean": 0.0, "p95": 0.0}
    return {
        "median": float(np.median(values)),
        "mean": float(np.mean(values)),
        "p95": float(np.quantile(values, 0.95)),
    }
