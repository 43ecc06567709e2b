"""Which words to look for in a picture, by kind: loaded from a file that people edit, see docs/vocabulary.md."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import accumulate
from pathlib import Path

from detector.errors import DetectorError

FORMAT = 1
LOOKALIKES = str.maketrans("0134568i|!$", "oleasgbllls")
"""Characters that readers, and people who evade filters, put for one another: each goes to one letter."""

KIND_NAME = re.compile(r"[a-z][a-z0-9_]*")


class VocabularyError(DetectorError):
    """A vocabulary file is not as docs/vocabulary.md says."""

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(source, problem)
        self.source, self.problem = source, problem

    def __str__(self) -> str:
        return f"the vocabulary {self.source} cannot be used: {self.problem}"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of one kind.

    text: as written in the file. words: folded.
    """

    text: str
    kind: str
    words: tuple[str, ...]

    @property
    def letters(self) -> str:
        """The folded words without spaces."""
        return "".join(self.words)

    @property
    def gaps(self) -> frozenset[int]:
        """After how many letters a space stands."""
        return frozenset(accumulate(map(len, self.words[:-1])))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shape of text of one kind, such as a postcode. Reads the text as it is: case and digits count."""

    name: str
    kind: str
    regex: re.Pattern[str]


@dataclass(frozen=True)
class Vocabulary:
    """What to look for. joining_words and real_words are folded, see docs/vocabulary.md for what they do."""

    terms: tuple[Term, ...]
    patterns: tuple[Pattern, ...]
    joining_words: frozenset[str] = frozenset()
    real_words: frozenset[str] = frozenset()

    @cached_property
    def by_letters(self) -> dict[str, tuple[Term, ...]]:
        """The terms by their letters; two kinds may hold one term."""
        found: dict[str, tuple[Term, ...]] = {}
        for term in self.terms:
            found[term.letters] = (*found.get(term.letters, ()), term)
        return found

    @cached_property
    def pieces(self) -> frozenset[str]:
        """The folded words that a run of letters without spaces may be cut into."""
        words = {word for term in self.terms for word in term.words}
        return frozenset(word for word in words if len(word) >= 3) | self.joining_words


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """Load a vocabulary file, or the one that comes with the detector. Raises VocabularyError."""
    source = str(path) if path else "that comes with the detector"
    try:
        text = (path or files("detector") / "data" / "vocabulary.toml").read_text(encoding="utf-8")
        return _vocabulary(tomllib.loads(text))
    except OSError as error:
        raise VocabularyError(source, f"it cannot be opened ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise VocabularyError(source, "it is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise VocabularyError(source, f"it is not TOML ({error})") from error
    except _WrongFileError as error:
        raise VocabularyError(source, str(error)) from error


def fold(text: str) -> str:
    """Reduce a word to lower-case letters without accents, look-alikes made one: K1LL and kill fold alike.

    Digits are read as letters only in a word that has at least as many letters. Drops what is neither.
    """
    plain = "".join(
        character for character in unicodedata.normalize("NFKD", text) if not unicodedata.combining(character)
    )
    digits, letters = sum(map(str.isdigit, plain)), sum(map(str.isalpha, plain))
    known = plain.casefold().translate(LOOKALIKES) if letters >= max(digits, 1) else plain
    return "".join(filter(str.isalnum, known))


class _WrongFileError(Exception):
    """What is wrong with the file's content, as the end of a sentence."""


def _vocabulary(content: dict[str, object]) -> Vocabulary:
    _only(content, {"format", "joining_words", "real_words", "kinds"}, "the file")
    if content.get("format") != FORMAT:
        raise _WrongFileError(f"it must say format = {FORMAT}")
    kinds = _table(content.get("kinds"), "kinds")
    if not kinds:
        raise _WrongFileError("it names no kinds")
    terms, patterns = [], []
    for name, kind in kinds.items():
        terms += _terms(name, _table(kind, f"kinds.{name}"))
        patterns += list(_patterns(name, _table(kind, f"kinds.{name}")))
    joining, real = (_texts(content.get(key, []), key) for key in ("joining_words", "real_words"))
    return Vocabulary(tuple(terms), tuple(patterns), frozenset(map(fold, joining)), frozenset(map(fold, real)))


def _terms(kind: str, table: dict[str, object]) -> list[Term]:
    if not KIND_NAME.fullmatch(kind):
        raise _WrongFileError(f"the kind {kind!r} is not a lower-case word")
    _only(table, {"terms", "patterns"}, f"kinds.{kind}")
    seen: dict[str, str] = {}
    terms = [_term(text, kind) for text in _texts(table.get("terms", []), f"kinds.{kind}.terms")]
    for term in terms:
        if term.letters in seen:
            raise _WrongFileError(f"in kinds.{kind} the terms {seen[term.letters]!r} and {term.text!r} read alike")
        seen[term.letters] = term.text
    return terms


def _term(text: str, kind: str) -> Term:
    words = tuple(folded for word in re.split(r"[\s/-]+", text) if (folded := fold(word)))
    if sum(map(len, words)) < 2:
        raise _WrongFileError(f"in kinds.{kind} the term {text!r} has fewer than two letters")
    return Term(text, kind, words)


def _patterns(kind: str, table: dict[str, object]) -> Iterator[Pattern]:
    for name, text in _table(table.get("patterns", {}), f"kinds.{kind}.patterns").items():
        if not isinstance(text, str):
            raise _WrongFileError(f"the pattern {name!r} of kinds.{kind} is not text")
        try:
            regex = re.compile(text)
        except re.error as error:
            raise _WrongFileError(f"the pattern {name!r} of kinds.{kind} is no regular expression ({error})") from error
        if regex.search("") is not None:
            raise _WrongFileError(f"the pattern {name!r} of kinds.{kind} matches where nothing stands")
        yield Pattern(name, kind, regex)


def _table(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise _WrongFileError(f"{where} is not a table")
    return value


def _texts(value: object, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise _WrongFileError(f"{where} is not a list of texts")
    return value


def _only(table: dict[str, object], allowed: set[str], where: str) -> None:
    if unknown := sorted(table.keys() - allowed):
        raise _WrongFileError(f"{where} has unknown entries: {', '.join(unknown)}")
