import numpy as np
import pytest

from detector import Stage
from detector.proposals import Proposal
from detector.reasons import exact, explained

CLEAR = {"share_soft": 0.92, "still": 0.876, "covered": 1.0, "scale": 0.4, "moved": 0.0}

SMALL = "It is small in the picture, so there is less to compare."
MIRRORED = "The photo is mirrored left to right."
MOVED = "Parts of it have moved against one another: it may be another photograph of the same person."


def a_proposal(stage: Stage = Stage.FEATURES, *, mirrored: bool = False) -> Proposal:
    return Proposal(0, mirrored, np.eye(3), stage, support=17 if stage is Stage.FEATURES else 0)


def sentences(proposal: Proposal | None = None, **changes: float) -> tuple[str, ...]:
    return explained(CLEAR | changes, proposal or a_proposal(), 0.97).sentences


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        (Stage.HASH, "The whole picture looks like the published photo."),
        (Stage.FEATURES, "17 details lie where they lie in the published photo."),
        (Stage.REGION, "A small part of the picture looks like the published photo."),
    ],
)
def test_the_first_sentence_says_how_the_match_was_found(stage: Stage, sentence: str) -> None:
    assert sentences(a_proposal(stage))[0] == sentence


def test_the_second_sentence_says_how_well_it_fits() -> None:
    assert sentences()[1] == (
        "Laid over one another, 92% of the photo's parts agree, and 88% of its points lie in the same spot."
    )


def test_a_clear_match_raises_no_doubts() -> None:
    assert len(sentences()) == 2


def test_a_mirrored_match_says_that_it_is_mirrored() -> None:
    assert sentences(a_proposal(mirrored=True))[2:] == (MIRRORED,)


@pytest.mark.parametrize(("scale", "doubts"), [(-1.5, (SMALL,)), (-0.9, ())])
def test_a_small_match_says_that_there_is_less_to_compare(scale: float, doubts: tuple[str, ...]) -> None:
    assert sentences(scale=scale)[2:] == doubts


@pytest.mark.parametrize(
    ("covered", "doubts"), [(0.634, ("Only 63% of the photo is inside the picture.",)), (0.95, ())]
)
def test_a_partly_covered_match_says_how_much_is_inside(covered: float, doubts: tuple[str, ...]) -> None:
    assert sentences(covered=covered)[2:] == doubts


@pytest.mark.parametrize(("moved", "doubts"), [(0.3, (MOVED,)), (0.05, ())])
def test_parts_that_have_moved_raise_a_doubt(moved: float, doubts: tuple[str, ...]) -> None:
    assert sentences(moved=moved)[2:] == doubts


def test_several_doubts_are_all_named() -> None:
    found = sentences(a_proposal(mirrored=True), covered=0.5, scale=-2, moved=0.4)
    assert found[2:] == (MIRRORED, "Only 50% of the photo is inside the picture.", SMALL, MOVED)


def test_the_numbers_behind_the_sentences_are_handed_on() -> None:
    found = explained({**CLEAR, "still": 0.123456}, a_proposal(), 0.12345678).measures
    assert found == {**CLEAR, "still": 0.1235, "support": 17.0, "score": 0.123457}


def test_an_exact_match_needs_one_sentence_and_no_numbers() -> None:
    assert exact().sentences == ("The file is the published photo, byte for byte.",)
    assert exact().measures == {}
