"""The benchmark's statistics, on plain numbers: recall, false alarms with their intervals, corners, reliability."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
PER = 10_000
"""False alarms are stated in this many unrelated pictures."""

_RASTER_PX = 1024


@dataclass(frozen=True, slots=True)
class Interval:
    """A share that was counted, and the 95 % confidence interval of the true one, all 0..1."""

    count: int
    total: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """What was counted; 0 of 0 is 0."""
        return self.count / self.total if self.total else 0.0

    def per_10_000(self) -> tuple[float, float, float]:
        """Return share, low and high in 10,000 pictures."""
        return self.share * PER, self.low * PER, self.high * PER


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose scores are alike: how sure they were on average, and how many of them were right."""

    expected: float
    observed: Interval


def interval(count: int, total: int, confidence: float = CONFIDENCE) -> Interval:
    """Return the exact interval of a share, two-sided; one-sided where nothing (or everything) was counted.

    With 0 of n the upper end is near 3 / n, the rule of three. Of 0 pictures anything can be true: 0 to 1.
    Source: Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.
    """
    if not total:
        return Interval(0, 0, 0.0, 1.0)
    tail = 1 - confidence if count in {0, total} else (1 - confidence) / 2
    low = 0.0 if count == 0 else _share_where(lambda p: 1 - _at_most(count - 1, total, p), tail, rising=True)
    high = 1.0 if count == total else _share_where(lambda p: _at_most(count, total, p), tail, rising=False)
    return Interval(count, total, low, high)


def _share_where(curve: Callable[[float], float], level: float, *, rising: bool) -> float:
    """Return the share, 0..1, at which a monotonic curve reaches a level, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if (curve(middle) < level) == rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most(count: int, total: int, share: float) -> float:
    """Return the binomial chance of at most `count` of `total`, each with chance `share`."""
    if share <= 0 or share >= 1:
        return float(share <= 0 or count >= total)
    log_odds = math.log(share) - math.log1p(-share)
    terms = [
        math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1) + k * log_odds
        for k in range(count + 1)
    ]
    return min(1.0, math.fsum(math.exp(term + total * math.log1p(-share)) for term in terms))


def threshold_over(wrong: ArrayLike) -> float:
    """Return the highest score of a wrong answer, (N,): at zero false alarms a score must lie above it; 0 for none."""
    scores = np.asarray(wrong, np.float64)
    return float(scores.max()) if scores.size else 0.0


def recall_over(right: ArrayLike, threshold: float) -> Interval:
    """Count the right answers, (N,), that score above a threshold."""
    scores = np.asarray(right, np.float64)
    return interval(int((scores > threshold).sum()), scores.size)


def quad_iou(one: ArrayLike, other: ArrayLike) -> float:
    """Return intersection over union, 0..1, of two quadrilaterals, (4, 2) pixels each, perhaps outside the picture.

    Both are drawn on one grid of some thousand pixels a side, so it is good to about 0.005; either may be mirrored or
    cross itself (then what lies inside is what an even-odd fill covers).
    """
    quads = np.array([one, other], np.float64)
    low = quads.min(axis=(0, 1))
    reach = float((quads.max(axis=(0, 1)) - low).max())
    if not np.isfinite(reach) or reach <= 0:
        return 0.0
    grid = (quads - low) * ((_RASTER_PX - 1) / reach)
    first, second = (_filled(quad) for quad in grid)
    union = int(np.count_nonzero(first | second))
    return float(np.count_nonzero(first & second)) / union if union else 0.0


def corner_error(found: ArrayLike, true: ArrayLike) -> float:
    """Return how far corners, (4, 2) pixels, lie from their own true ones on average, in shares of the true diagonal.

    A quadrilateral with the right outline and the wrong corner named first has an IoU of 1 and an error near 0.7.
    """
    here, there = np.asarray(found, np.float64), np.asarray(true, np.float64)
    diagonal = float(np.linalg.norm(there[2] - there[0]))
    return float(np.linalg.norm(here - there, axis=1).mean() / max(diagonal, 1e-9))


def reliability(scores: ArrayLike, right: ArrayLike, edges: Sequence[float]) -> tuple[Bin, ...]:
    """Sort answers by score, (N,), into bins between edges; right, (N,): which were right. Empty bins are left out."""
    values, truths = np.asarray(scores, np.float64), np.asarray(right, np.bool_)
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    bins = []
    for number in range(len(edges) - 1):
        inside = place == number
        if inside.any():
            observed = interval(int(truths[inside].sum()), int(inside.sum()))
            bins.append(Bin(float(values[inside].mean()), observed))
    return tuple(bins)


def _filled(quad: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the raster, (1024, 1024), that a quadrilateral, (4, 2) raster pixels, covers."""
    canvas = np.zeros((_RASTER_PX, _RASTER_PX), np.uint8)
    cv2.fillPoly(canvas, [np.round(quad * 16).astype(np.int32)], (1,), shift=4)
    return canvas > 0
