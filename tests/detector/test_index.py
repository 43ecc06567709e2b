from detector.index import Index
from detector.segment import build
from tests.detector.drawn_fingerprints import a_fingerprint, content, fingerprints


def an_index_of_two_segments() -> Index:
    return Index((build(fingerprints("bd")), build(fingerprints("ac"))))


def test_an_index_of_nothing_is_empty() -> None:
    assert len(Index.of({})) == 0
    assert Index(()).photos == ()


def test_rows_count_through_all_segments() -> None:
    index = an_index_of_two_segments()
    assert index.photos == ("b", "d", "a", "c")
    assert [index.photo(row) for row in range(len(index))] == ["b", "d", "a", "c"]


def test_a_row_is_located_in_the_segment_that_holds_it() -> None:
    index = an_index_of_two_segments()
    located = [index.located(row) for row in range(4)]
    assert [index.segments.index(segment) for segment, _ in located] == [0, 0, 1, 1]
    assert [segment.photos[row] for segment, row in located] == ["b", "d", "a", "c"]


def test_empty_segments_between_others_hold_no_row() -> None:
    index = Index((build({}), build(fingerprints("b")), build({}), build(fingerprints("a"))))
    assert [index.located(row)[0].photos for row in range(2)] == [("b",), ("a",)]


def test_an_index_knows_which_photos_it_holds() -> None:
    index = an_index_of_two_segments()
    assert "a" in index
    assert "x" not in index


def test_digests_are_those_of_the_photos_files() -> None:
    prints = {"a": a_fingerprint(1), "b": a_fingerprint(2)}
    assert Index.of(prints).digests() == {"a": prints["a"].sha256, "b": prints["b"].sha256}


def test_the_order_of_insertion_leaves_no_trace_in_memory() -> None:
    forwards, backwards = Index.of(fingerprints("abcd")), Index.of(fingerprints("dcba"))
    assert content(forwards.segments[0]) == content(backwards.segments[0])
