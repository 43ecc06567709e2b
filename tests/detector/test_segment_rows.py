from hypothesis import given, settings
from hypothesis import strategies as st

from detector.segment import ARRAYS, build
from detector.segment_rows import fingerprints as taken_out
from tests.detector.drawn_fingerprints import a_drawn_fingerprint, a_fingerprint, content, same

few_prints = st.dictionaries(
    st.text(max_size=3), st.builds(a_fingerprint, st.integers(0, 99), st.integers(0, 6)), max_size=5
)


def test_a_segment_gives_its_fingerprints_back() -> None:
    prints = {"a": a_fingerprint(1, features=1), "b": a_fingerprint(2, features=0)}
    back = dict(taken_out(build(prints)))
    assert back.keys() == prints.keys()
    assert all(same(back[photo], prints[photo]) for photo in prints)


def test_the_features_of_a_real_fingerprint_come_back_sorted_by_cell() -> None:
    real = a_drawn_fingerprint()
    [(_, back)] = taken_out(build({"a": real}))
    order = real.cells.argsort(kind="stable")
    assert len(real.cells) > 50
    assert (back.cells == real.cells[order]).all()
    assert (back.signatures == real.signatures[order]).all()


@settings(max_examples=30, deadline=None)
@given(few_prints, st.sets(st.text(max_size=3)))
def test_a_segment_rebuilt_from_its_rows_is_the_one_built_afresh(prints: dict, gone: set[str]) -> None:  # type: ignore[type-arg]
    remaining = {photo: fingerprint for photo, fingerprint in prints.items() if photo not in gone}
    rebuilt = build({photo: taken for photo, taken in taken_out(build(prints)) if photo not in gone})
    assert content(rebuilt) == content(build(remaining))


def test_a_segment_has_the_arrays_that_a_file_holds_in_their_order() -> None:
    segment = build({"a": a_fingerprint(1)})
    assert {name: array.dtype.str[1:] for name, array in segment.arrays.items()} == dict(ARRAYS)
    assert list(segment.arrays) == list(ARRAYS)
