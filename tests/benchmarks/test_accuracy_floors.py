from functools import cache

import pytest

from benchmarks.floors import FLOORS, KIND_GROUPS, Standing, measured
from benchmarks.misuse import KINDS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@cache
def standing() -> Standing:
    return measured()


def test_every_kind_of_misuse_has_a_floor() -> None:
    assert sorted(kind for kinds in KIND_GROUPS.values() for kind in kinds) == sorted(KINDS)
    assert set(FLOORS) == set(KIND_GROUPS)


@pytest.mark.parametrize("group", KIND_GROUPS)
def test_recall_stays_above_its_floor(group: str) -> None:
    assert standing().recall[group].share >= FLOORS[group]


def test_nobody_but_the_reused_photo_is_called_reused() -> None:
    assert standing().false_alarms == ()
