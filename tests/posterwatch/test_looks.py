import json
import math

import pytest

from detector import Match, OperatingPoint, Outcome, Reasons, Verdict
from posterwatch.looks import Look, outcome_of, to_json
from tests.posterwatch.drawn_folders import a_match

REPORT, SOURCE = OperatingPoint.REPORT, OperatingPoint.SOURCE


@pytest.mark.parametrize(
    ("matches", "at", "outcome"),
    [
        ((), REPORT, Outcome.NO_MATCH),
        ((a_match(),), REPORT, Outcome.MATCHED),
        ((a_match(),), SOURCE, Outcome.UNSURE),
        ((a_match("p1", verdicts=dict.fromkeys(OperatingPoint, Verdict.UNSURE)), a_match()), REPORT, Outcome.MATCHED),
    ],
)
def test_a_picture_is_matched_if_any_match_is_reused_and_else_unsure_if_any(
    matches: tuple[Match, ...], at: OperatingPoint, outcome: Outcome
) -> None:
    assert outcome_of(matches, at) is outcome


def test_the_verdict_in_json_is_that_of_the_operating_point_asked_for() -> None:
    look = Look("a.jpg", "0" * 64, Outcome.MATCHED, 1, 1, matches=(a_match(),))
    assert to_json(look, REPORT)["matches"][0]["verdict"] == "reused"
    assert to_json(look, SOURCE)["matches"][0]["verdict"] == "unsure"


def test_numbers_that_json_has_no_words_for_are_left_out() -> None:
    match = a_match(reasons=Reasons((), {"fine": 1.0, "odd": math.nan, "endless": math.inf}))
    look = Look("a.jpg", "0" * 64, Outcome.MATCHED, 1, 1, matches=(match,))
    line = json.loads(json.dumps(to_json(look, REPORT), allow_nan=False))
    assert line["matches"][0]["reasons"]["measures"] == {"fine": 1.0}
