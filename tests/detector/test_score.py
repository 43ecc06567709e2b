import math

import pytest

from detector import OperatingPoint, Verdict
from detector.compare import measures
from detector.register import Scene
from detector.score import Model, model
from tests.detector.drawn_people import a_portrait, a_print, a_turn, gray_of

LINES = {OperatingPoint.REPORT: 0.6, OperatingPoint.SOURCE: 0.8}


def a_model(**weights: float) -> Model:
    return Model(weights=weights, intercept=-1.0, thresholds=LINES, unsure=0.3)


def fully_alike() -> dict[str, float]:
    """The measures of a portrait laid on itself."""
    return measures(Scene.of(gray_of(a_portrait(0))), a_print(0).patch, a_turn(0, 275 / 192, 0, 0))


def plainly_other() -> dict[str, float]:
    """The measures of a portrait laid on a stranger's."""
    return measures(Scene.of(gray_of(a_portrait(100))), a_print(0).patch, a_turn(0, 275 / 192, 0, 0))


@pytest.mark.parametrize(("share", "score"), [(0.0, 0.268941), (0.5, 0.5), (1.0, 0.731059)])
def test_the_score_is_the_logistic_of_the_weighted_measures(share: float, score: float) -> None:
    assert a_model(share=2.0).score({"share": share}) == pytest.approx(score, abs=1e-6)


def test_a_weight_may_be_for_a_product_of_measures() -> None:
    assert a_model(**{"share*still": 4.0}).score({"share": 0.5, "still": 0.5}) == 0.5


def test_measures_without_a_weight_do_not_count() -> None:
    assert a_model(share=2.0).score({"share": 0.5, "other": 99.0}) == 0.5


@pytest.mark.parametrize("extreme", [-1e6, 1e6])
def test_extreme_measures_overflow_nothing(extreme: float) -> None:
    score = a_model(share=1.0).score({"share": extreme})
    assert 0 <= score <= 1
    assert math.isclose(score, extreme > 0, abs_tol=1e-9)


def test_a_measure_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        a_model(share=1.0).score({})


@pytest.mark.parametrize(
    ("score", "at_report", "at_source"),
    [
        (0.5, Verdict.UNSURE, Verdict.UNSURE),
        (0.6, Verdict.REUSED, Verdict.UNSURE),
        (0.79, Verdict.REUSED, Verdict.UNSURE),
        (0.8, Verdict.REUSED, Verdict.REUSED),
    ],
)
def test_each_operating_point_has_its_own_line(score: float, at_report: Verdict, at_source: Verdict) -> None:
    assert a_model().verdicts(score) == {OperatingPoint.REPORT: at_report, OperatingPoint.SOURCE: at_source}


def test_the_shipped_lines_rise_from_unsure_to_report_to_source() -> None:
    lines = model().thresholds
    assert 0 < model().unsure < lines[OperatingPoint.REPORT] <= lines[OperatingPoint.SOURCE] < 1


def test_the_shipped_lines_are_for_every_operating_point() -> None:
    assert set(model().thresholds) == set(OperatingPoint)


def test_the_shipped_weights_are_of_measures_that_exist() -> None:
    assert {part for term in model().weights for part in term.split("*")} <= set(fully_alike())


def test_the_shipped_score_calls_a_photo_laid_on_itself_reused() -> None:
    score = model().score(fully_alike())
    assert set(model().verdicts(score).values()) == {Verdict.REUSED}


def test_the_shipped_score_does_not_show_a_stranger() -> None:
    assert model().score(plainly_other()) < model().unsure
