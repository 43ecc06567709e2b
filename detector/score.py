"""Score: what the measures of a comparison amount to, and where the lines are drawn.

A logistic regression over the measures, fitted by benchmarks/fit.py on people who are not in the test pictures. The
numbers are data: detector/data/score.json, with the counts that they were fitted on.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from detector.values import OperatingPoint, Verdict


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted score.

    weights: by term, a measure or a product of measures, "still*whole_fine" say. intercept: what no term adds.
    thresholds: the score from which on a match is called reused, by operating point.
    unsure: the score from which on a match is shown at all.
    """

    weights: dict[str, float]
    intercept: float
    thresholds: dict[OperatingPoint, float]
    unsure: float

    def score(self, measures: dict[str, float]) -> float:
        """Return the score of a comparison, 0 to 1."""
        total = self.intercept + sum(weight * term(measures, name) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def verdicts(self, score: float) -> dict[OperatingPoint, Verdict]:
        """Return the verdict of a score at each operating point."""
        return {
            point: Verdict.REUSED if score >= threshold else Verdict.UNSURE
            for point, threshold in self.thresholds.items()
        }


def term(measures: dict[str, float], name: str) -> float:
    """Return the value of a term: a measure, or several joined by "*", multiplied."""
    return math.prod(measures[part] for part in name.split("*"))


@cache
def model() -> Model:
    """Load the score that ships with the detector."""
    stored = json.loads((Path(__file__).parent / "data" / "score.json").read_text(encoding="utf-8"))
    thresholds = {OperatingPoint(name): float(value) for name, value in stored["thresholds"].items()}
    return Model(stored["weights"], float(stored["intercept"]), thresholds, float(stored["unsure"]))
