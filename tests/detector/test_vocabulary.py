import pickle
from pathlib import Path

import pytest

from detector import DetectorError
from detector.lines import Line
from detector.vocabulary import Vocabulary, VocabularyError, fold, load_vocabulary
from detector.words import find_words

ASKED_FOR = {"threat", "reward", "address", "phone", "vehicle", "child", "school", "family", "insult"}


def a_file(folder: Path, content: str) -> Path:
    path = folder / "own.toml"
    path.write_text(content, encoding="utf-8")
    return path


def problem_with(folder: Path, content: str) -> str:
    """What the error says of a file with this content."""
    with pytest.raises(VocabularyError) as caught:
        load_vocabulary(a_file(folder, content))
    return str(caught.value)


def terms_in(text: str, vocabulary: Vocabulary) -> list[str]:
    line = Line(text, 1.0, ((0, 0), (100, 0), (100, 20), (0, 20)))
    return [word.term for word in find_words([line], vocabulary)]


def test_the_vocabulary_that_comes_along_has_every_kind() -> None:
    assert {term.kind for term in load_vocabulary().terms} >= ASKED_FOR


def test_every_term_that_comes_along_is_found_as_it_is_written() -> None:
    vocabulary = load_vocabulary()
    assert [term.text for term in vocabulary.terms if term.text not in terms_in(term.text, vocabulary)] == []


def test_every_term_that_comes_along_is_found_in_capitals_without_spaces() -> None:
    vocabulary = load_vocabulary()
    squashed = [(term.text, term.text.upper().replace(" ", "")) for term in vocabulary.terms]
    assert [text for text, read in squashed if text not in terms_in(read, vocabulary)] == []


def test_no_real_word_is_also_a_term() -> None:
    vocabulary = load_vocabulary()
    assert vocabulary.real_words.isdisjoint(vocabulary.by_letters)


def test_an_own_file_replaces_the_one_that_comes_along(tmp_path: Path) -> None:
    vocabulary = load_vocabulary(a_file(tmp_path, 'format = 1\n[kinds.threat]\nterms = ["gesucht"]'))
    assert terms_in("GESUCHT wanted", vocabulary) == ["gesucht"]


def test_an_own_file_may_name_own_kinds(tmp_path: Path) -> None:
    path = a_file(tmp_path, "format = 1\n[kinds.dates.patterns]\n\"a year\" = '\\b20\\d\\d\\b'")
    [word] = find_words([Line("in 2026", 1.0, ((0, 0), (70, 0), (70, 20), (0, 20)))], load_vocabulary(path))
    assert (word.term, word.kind, word.text) == ("a year", "dates", "2026")


def test_own_real_words_are_not_taken_for_terms(tmp_path: Path) -> None:
    kinds = '[kinds.threat]\nterms = ["planted"]'
    open_to_it = load_vocabulary(a_file(tmp_path, f"format = 1\n{kinds}"))
    assert terms_in("slanted", open_to_it) == ["planted"]
    warned = load_vocabulary(a_file(tmp_path, f'format = 1\nreal_words = ["slanted"]\n{kinds}'))
    assert terms_in("slanted", warned) == []


def test_own_joining_words_let_terms_be_cut_out(tmp_path: Path) -> None:
    kinds = '[kinds.threat]\nterms = ["hunt"]'
    vocabulary = load_vocabulary(a_file(tmp_path, f'format = 1\njoining_words = ["everyone"]\n{kinds}'))
    assert terms_in("HUNTEVERYONE", vocabulary) == ["hunt"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("format = ", "it is not TOML"),
        ("format = 2\n[kinds.threat]", "it must say format = 1"),
        ("[kinds.threat]", "it must say format = 1"),
        ("format = 1", "kinds is not a table"),
        ("format = 1\n[kinds]", "it names no kinds"),
        ("format = 1\nwords = []\n[kinds.threat]", "the file has unknown entries: words"),
        ("format = 1\nreal_words = [1]\n[kinds.threat]", "real_words is not a list of texts"),
        ('format = 1\njoining_words = "a"\n[kinds.threat]', "joining_words is not a list of texts"),
        ("format = 1\n[kinds]\nthreat = 1", "kinds.threat is not a table"),
        ("format = 1\n[kinds.Threat]", "the kind 'Threat' is not a lower-case word"),
        ("format = 1\n[kinds.threat]\nterm = []", "kinds.threat has unknown entries: term"),
        ('format = 1\n[kinds.threat]\nterms = "kill"', "kinds.threat.terms is not a list of texts"),
        ('format = 1\n[kinds.threat]\nterms = ["?"]', "the term '?' has fewer than two letters"),
        ('format = 1\n[kinds.threat]\nterms = ["kill", "KILL"]', "the terms 'kill' and 'KILL' read alike"),
        ("format = 1\n[kinds.a]\npatterns = []", "kinds.a.patterns is not a table"),
        ("format = 1\n[kinds.a.patterns]\np = 1", "the pattern 'p' of kinds.a is not text"),
        ("format = 1\n[kinds.a.patterns]\np = '('", "the pattern 'p' of kinds.a is no regular expression"),
        ("format = 1\n[kinds.a.patterns]\np = 'x*'", "the pattern 'p' of kinds.a matches where nothing stands"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path: Path, content: str, problem: str) -> None:
    assert problem in problem_with(tmp_path, content)


def test_the_error_names_the_file(tmp_path: Path) -> None:
    assert str(tmp_path / "own.toml") in problem_with(tmp_path, "format = 2")


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match=r"none\.toml cannot be used: it cannot be opened \(No such file"):
        load_vocabulary(tmp_path / "none.toml")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_bytes(b"format = 1 # \xff")
    with pytest.raises(VocabularyError, match="not UTF-8"):
        load_vocabulary(tmp_path / "own.toml")


def test_the_error_belongs_to_the_detector_and_survives_pickling() -> None:
    error = VocabularyError("own.toml", "it is empty")
    assert isinstance(error, DetectorError)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301  # our own bytes


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("KILL", "klll"),
        ("K1ll", "klll"),
        ("Café", "cafe"),
        ("we're", "were"),
        ("1312", "1312"),
        ("SCH00L", "school"),
        ("!?", ""),
    ],
)
def test_folding_makes_look_alikes_one(text: str, folded: str) -> None:
    assert fold(text) == folded
