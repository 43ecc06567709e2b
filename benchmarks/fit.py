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
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from benchmarks.data import load_portraits, load_scenes, split
from benchmarks.enrolment import enrolled
from benchmarks.pictures import FIRST_SITTER, Cast, Group, Sample, gallery, other_frames, reuses, unrelated
from benchmarks.trial import ticked
from detector.cascade import comparisons, overlap
from detector.decoding import decode
from detector.index import Index
from detector.values import RGB

SEED = 7_700
MEASURES = (
    "scale", "covered", "whole_fine", "middle_fine", "median_fine", "quarter_fine", "share_fine", "centre_median_fine",
    "whole_soft", "middle_soft", "median_soft", "quarter_soft", "share_soft", "centre_median_soft", "tracked", "still",
    "motion", "motion_most", "moved",
)  # fmt: skip
STRENGTH = 0.3
"""Inverse regularisation of the regression, chosen once by cross-validation over 0.03 to 3."""

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
        frame = own and sample.group in {Group.OTHER_FRAME, Group.OTHER_POSE}
        person = sample.photo or photo
        found.append(Row(sample.name, sample.group, sample.kind, person, right, frame, judged.measures))
    return found


def fitted(rows: list[Row]) -> tuple[NDArray[np.float64], float]:
    """Return the weights, (M,), and the intercept of the regression on the measures."""
    table = _table(rows)
    scaler = StandardScaler().fit(table)
    regression = LogisticRegression(C=STRENGTH, max_iter=5_000).fit(
        scaler.transform(table), [row.right for row in rows]
    )
    weights = regression.coef_[0] / scaler.scale_
    return weights, float(regression.intercept_[0] - weights @ scaler.mean_)


def held_out(rows: list[Row]) -> NDArray[np.float64]:
    """Return the log-odds of each row, (N,), by a regression that saw nobody of its picture."""
    table, values = _table(rows), np.zeros(len(rows))
    people = [row.person for row in rows]
    for seen, unseen in GroupKFold(_FOLDS).split(table, groups=people):
        weights, intercept = fitted([rows[number] for number in seen])
        values[unseen] = table[unseen] @ weights + intercept
    return values


def _table(rows: Iterable[Row]) -> NDArray[np.float64]:
    return np.array([[row.measures[name] for name in MEASURES] for row in rows])


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
    """Return where the lines are drawn, in log-odds, from pictures that nobody of the fit is in.

    report: above all but 1 in 1,000 unrelated pictures and all but 1 in 100 other frames; source: above every wrong row
    there was, with a margin of 1; unsure: above all but 2 in 100 unrelated pictures.
    """
    wrong = best_by_sample(rows, values, right=False)
    frames = {row.sample for row in rows if row.group in {Group.OTHER_FRAME, Group.OTHER_POSE}}
    unrelated_best = [value for name, value in wrong.items() if name not in frames]
    frames_best = [value for name, value in wrong.items() if name in frames]
    report = max(float(np.quantile(unrelated_best, 0.999)), float(np.quantile(frames_best, 0.99)))
    source = max(*unrelated_best, *frames_best) + 1.0
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
    weights, intercept = fitted(rows)
    _write(weights, intercept, lines)
    _summarise(rows, values, lines, counts[0])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-kind", type=int, default=16)
    parser.add_argument("--unrelated", type=int, default=800)
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def _write(weights: NDArray[np.float64], intercept: float, lines: Mapping[str, float]) -> None:
    odds = {name: round(1 / (1 + float(np.exp(-value))), 6) for name, value in lines.items()}
    stored = {
        "weights": {name: round(float(weight), 5) for name, weight in zip(MEASURES, weights, strict=True)},
        "intercept": round(intercept, 5),
        "thresholds": {"report": odds["report"], "source": odds["source"]},
        "unsure": odds["unsure"],
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
