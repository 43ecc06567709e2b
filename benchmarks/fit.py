"""Fit the score, on people and scenes that are in no test picture; writes detector/data/score.json.

    python -m benchmarks.fit [--per-kind 16] [--unrelated 800] [--frames 240]

Every comparison that the cascade makes, never stopping early, is one row; the reused photo's rows are right, all others
wrong, those of another frame of the same sitting among them. Comparisons of the right photo laid wrongly are left out.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, combinations_with_replacement
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.data import load_portraits, load_scenes, split
from benchmarks.enrolment import enrolled
from benchmarks.pictures import FIRST_SITTER, Cast, Group, Sample, gallery, other_frames, reuses, unrelated
from benchmarks.trial import ticked
from detector.cascade import comparisons, overlap
from detector.decoding import decode
from detector.index import Index
from detector.values import RGB

SEED = 7_700
OTHER_PHOTOGRAPHS = frozenset({Group.OTHER_FRAME, Group.OTHER_POSE})
MEASURES = (
    "scale", "covered", "whole_fine", "whole_soft", "share_soft", "quarter_soft", "centre_median_fine",
    "tracked", "still", "motion", "motion_most", "moved",
)  # fmt: skip
PAIRS = tuple(combinations_with_replacement(range(len(MEASURES)), 2))
"""Products of two measures are terms too: motion means little where hardly anything correlates."""

STRENGTH = 0.1
"""Inverse regularisation of the regression; of 0.02, 0.1, 0.3 and 1 the best held out."""

FRAME_WEIGHT = 5.0
"""How much a comparison in a picture of another frame counts: they are few here, and must never pass."""

TARGET = Path(__file__).resolve().parents[1] / "detector" / "data" / "score.json"
_RIGHT_OVERLAP = 0.3
_FOLDS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. right: of the reused photo, well laid. frame: of the photo of whom another frame is shown."""

    sample: str
    group: Group
    kind: str
    person: str
    right: bool
    frame: bool
    measures: dict[str, float]


def fitting_cast(portraits: Mapping[str, RGB], scenes: Mapping[str, RGB]) -> Cast:
    """Deal the people, (H, W, 3) each, that are not the test's, and every second scene from the first on."""
    parts = split(portraits)
    people = [*parts.development, *parts.calibration]
    return Cast(
        enrolled={photo: portraits[photo] for photo in people[::2]},
        strangers={photo: portraits[photo] for photo in people[1::2]},
        sitters={f"sitter{number:02}": FIRST_SITTER + 500 + number for number in range(20)},
        others={},
        scenes=tuple(scenes.values())[::2],
    )


def rows_of(sample: Sample, index: Index) -> list[Row]:
    """Return the comparisons that a sample leads to."""
    found = []
    for judged in comparisons(decode(sample.data), index):
        photo = index.photo(judged.proposal.photo)
        own = photo == sample.photo
        laid = (
            sample.corners is not None and overlap(judged.corners, sample.corners.astype(np.float64)) > _RIGHT_OVERLAP
        )
        right = own and sample.group is Group.REUSE and laid
        if own and sample.group is Group.REUSE and not laid:
            continue
        frame = own and sample.group in OTHER_PHOTOGRAPHS
        person = sample.photo or photo
        found.append(Row(sample.name, sample.group, sample.kind, person, right, frame, judged.measures))
    return found


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression on standardised measures and their products.

    mean, deviation: (M,), of the measures. weights: (M + pairs,). intercept: what no term adds.
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    weights: NDArray[np.float64]
    intercept: float

    def log_odds(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds of each row of measures, (N, M): (N,)."""
        return np.asarray(_terms((table - self.mean) / self.deviation) @ self.weights + self.intercept, np.float64)

    def by_term(self) -> tuple[dict[str, float], float]:
        """Return the same as weights of plain measures and products, by name, and the intercept."""
        linear = self.weights[: len(MEASURES)] / self.deviation
        constant = self.intercept - float(linear @ self.mean)
        products = {}
        for (one, other), weight in zip(PAIRS, self.weights[len(MEASURES) :], strict=True):
            plain = weight / (self.deviation[one] * self.deviation[other])
            products[f"{MEASURES[one]}*{MEASURES[other]}"] = float(plain)
            linear[one] -= plain * self.mean[other]
            linear[other] -= plain * self.mean[one]
            constant += float(plain * self.mean[one] * self.mean[other])
        return dict(zip(MEASURES, linear.tolist(), strict=True)) | products, constant


def fitted(rows: list[Row]) -> Fit:
    """Fit the regression; comparisons in pictures of another frame count more."""
    table = _table(rows)
    mean, deviation = table.mean(axis=0), table.std(axis=0)
    weights = [FRAME_WEIGHT if row.group in OTHER_PHOTOGRAPHS else 1.0 for row in rows]
    regression = LogisticRegression(C=STRENGTH, max_iter=5_000)
    regression.fit(_terms((table - mean) / deviation), [row.right for row in rows], sample_weight=weights)
    return Fit(mean, deviation, regression.coef_[0], float(regression.intercept_[0]))


def held_out(rows: list[Row]) -> NDArray[np.float64]:
    """Return the log-odds of each row, (N,), by a regression that saw nobody of its picture."""
    table, values = _table(rows), np.zeros(len(rows))
    people = [row.person for row in rows]
    for seen, unseen in GroupKFold(_FOLDS).split(table, groups=people):
        values[unseen] = fitted([rows[number] for number in seen]).log_odds(table[unseen])
    return values


def _table(rows: Iterable[Row]) -> NDArray[np.float64]:
    return np.array([[row.measures[name] for name in MEASURES] for row in rows])


def _terms(standardised: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return measures, (N, M), and the product of each pair of them: (N, M + pairs)."""
    first, second = (list(part) for part in zip(*PAIRS, strict=True))
    return np.column_stack([standardised, standardised[:, first] * standardised[:, second]])


def best_by_sample(rows: list[Row], values: NDArray[np.float64], *, right: bool) -> dict[str, float]:
    """Return the highest log-odds of each picture, over its right or its wrong rows."""
    best: dict[str, float] = {}
    for row, value in zip(rows, values, strict=True):
        if row.right is right:
            best[row.sample] = max(value, best.get(row.sample, -np.inf))
    return best


_index: Index | None = None


def _start(index: Index) -> None:
    global _index  # noqa: PLW0603 - each worker process has one index, handed over once
    _index = index
    cv2.setNumThreads(1)


def _work(sample: Sample) -> list[Row]:
    assert _index is not None, "the pool starts each worker with _start"  # noqa: S101
    return rows_of(sample, _index)


def collected(samples: Iterable[Sample], count: int, index: Index, processes: int) -> Iterator[Row]:
    """Yield the comparisons of all samples, several processes at work, with a progress line."""
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_start, initargs=(index,))
    with pool:
        for rows in ticked(pool.map(_work, samples, chunksize=4), count, "comparing"):
            yield from rows


def thresholds(rows: list[Row], values: NDArray[np.float64]) -> dict[str, float]:
    """Return where the lines are drawn, in log-odds, from pictures that the regression that scored them did not see.

    report: 0.7 above every unrelated picture and above all but 1 in 100 other frames; source: half a step
    above every wrong row there was; unsure: above all but 2 in 100 unrelated pictures.
    """
    wrong = best_by_sample(rows, values, right=False)
    frames = {row.sample for row in rows if row.group in OTHER_PHOTOGRAPHS}
    unrelated_best = [value for name, value in wrong.items() if name not in frames]
    frames_best = [value for name, value in wrong.items() if name in frames]
    report = max(float(np.max(unrelated_best)) + 0.7, float(np.quantile(frames_best, 0.99)))
    source = max(report, *frames_best) + 0.5
    return {"report": report, "source": source, "unsure": min(report - 0.5, float(np.quantile(unrelated_best, 0.98)))}


def main() -> None:
    """Make the pictures, fit, and write the score."""
    options = _options()
    people = fitting_cast(load_portraits(), load_scenes())
    index = Index.of(enrolled(gallery(people, 320))[0])
    counts = (options.per_kind * 19, options.unrelated, options.frames)
    samples = chain(
        reuses(people, options.per_kind, SEED),
        unrelated(people, counts[1], SEED),
        other_frames(people, counts[2], SEED),
    )
    rows = list(collected(samples, sum(counts), index, options.processes))
    values = held_out(rows)
    lines = thresholds(rows, values)
    _write(*fitted(rows).by_term(), lines)
    _summarise(rows, values, lines, counts[0])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-kind", type=int, default=16)
    parser.add_argument("--unrelated", type=int, default=800)
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def _write(weights: Mapping[str, float], intercept: float, lines: Mapping[str, float]) -> None:
    scores = {name: round(1 / (1 + float(np.exp(-value))), 6) for name, value in lines.items()}
    stored = {
        "weights": {name: round(weight, 6) for name, weight in weights.items()},
        "intercept": round(intercept, 6),
        "thresholds": {"report": scores["report"], "source": scores["source"]},
        "unsure": scores["unsure"],
    }
    TARGET.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def _summarise(rows: list[Row], values: NDArray[np.float64], lines: Mapping[str, float], reused: int) -> None:
    """Print what the held-out scores mean: recall by kind at each line."""
    right = best_by_sample(rows, values, right=True)
    print(f"lines {dict(lines)}; candidates {len(right) / reused:.3f} of {reused}")
    for name, line in lines.items():
        print(f"recall at {name}: {sum(value >= line for value in right.values()) / reused:.4f}")
    wrong = sorted(
        ((value, row.group, row.kind) for row, value in zip(rows, values, strict=True) if not row.right), reverse=True
    )
    for value, group, kind in wrong[:12]:
        print(f"  wrong {value:6.2f} {group} {kind}")


if __name__ == "__main__":
    main()
