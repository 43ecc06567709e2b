from hypothesis import given, settings
from hypothesis import strategies as st

from detector.manifest import Entry
from detector.packing import DELTA_PHOTOS, FULL_PHOTOS, MOST_MIDDLING, parted, planned
from tests.detector.drawn_fingerprints import a_fingerprint

sizes = st.lists(st.integers(1, FULL_PHOTOS), max_size=20)


def files(*photos: int) -> dict[Entry, int]:
    """Files that hold so many photos, and lose none."""
    return {Entry(f"{number:064x}", 1, count): count for number, count in enumerate(photos)}


def test_an_addition_joins_the_small_file_and_leaves_the_others_alone() -> None:
    large, small = files(DELTA_PHOTOS, DELTA_PHOTOS - 1)
    plan = planned({large: large.photos, small: small.photos}, adding=True)
    assert (plan.kept, plan.groups) == ([large], [[small]])


def test_a_file_that_loses_a_photo_is_written_anew_by_itself() -> None:
    first, second = files(DELTA_PHOTOS + 1, DELTA_PHOTOS + 1)
    plan = planned({first: first.photos, second: second.photos - 1}, adding=False)
    assert (plan.kept, plan.groups) == ([first], [[], [second]])


def test_a_change_of_nothing_writes_nothing() -> None:
    left = files(3, DELTA_PHOTOS)
    plan = planned(left, adding=False)
    assert sorted(plan.kept, key=left.__getitem__) == list(left)
    assert not any(plan.groups)


@given(sizes, st.data(), st.booleans())
def test_every_file_is_kept_or_written_anew_once(photos: list[int], data: st.DataObject, adding: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    left = {entry: data.draw(st.integers(0, entry.photos)) for entry in files(*photos)}
    plan = planned(left, adding=adding)
    placed = plan.kept + [entry for group in plan.groups for entry in group]
    assert sorted(placed, key=lambda entry: entry.sha256) == list(left)
    assert all(left[entry] == entry.photos for entry in plan.kept)


def test_photos_added_one_by_one_end_up_in_few_files() -> None:
    photos: list[int] = []
    most = 0
    for _ in range(3 * FULL_PHOTOS):
        plan = planned(files(*photos), adding=True)
        joined = 1 + sum(entry.photos for entry in plan.groups[0])
        photos = [entry.photos for entry in plan.kept] + [joined]
        most = max(most, sum(count < FULL_PHOTOS // 2 for count in photos))
    assert sum(photos) == 3 * FULL_PHOTOS
    assert most <= MOST_MIDDLING + 1


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 3 * FULL_PHOTOS))
def test_parts_are_even_and_none_is_too_full(count: int) -> None:
    parts = parted(dict.fromkeys(map(str, range(count)), a_fingerprint(1)))
    lengths = [len(part) for part in parts]
    assert sum(lengths) == count
    assert max(lengths) <= FULL_PHOTOS
    assert max(lengths) - min(lengths) <= 1


def test_no_photos_need_no_file() -> None:
    assert parted({}) == []
