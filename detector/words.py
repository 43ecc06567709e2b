"""Which terms of a vocabulary stand in the lines that were read. It names words and kinds, and judges no harm.

Readers lose spaces, take O for 0 and l for I, and misread a letter now and then; posters break words over lines. So
terms are compared by their letters alone, but only ever from the start of a word to the end of one: no kill in skill.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from detector.lines import Box, Line, around, chains, part_of
from detector.reader import Reader
from detector.values import Frame, Word
from detector.vocabulary import Pattern, Term, Vocabulary, fold

__all__ = ["Box", "Line", "Reader", "find_words", "words_in"]

FUZZY_LETTERS = 6  # shorter terms have too many neighbours among English words
TWO_SLIPS_LETTERS = 12  # from here two misread letters are allowed
CROWDED_LETTERS = 9  # shortest run of letters that may be several words: KILLTHEPIG
LONG_TERM_LETTERS = 10  # terms that mean themselves even in the middle of a run of letters, or as misread phrases
LONGEST_WORD = 24  # letters; a longer run is several words
SURE_WORD_LETTERS = 4  # shorter words of a phrase must be read right

SPELLED = re.compile(
    r"[^\W\d_]{1,2}[!|$]+[^\W_]+"  # a sign put for a letter, K!LL, but not WANTED!DEAD
    r"|[^\W_]+(?:['\u2019][^\W_]+)*",
)
STUCK_NUMBER = re.compile(r"(?<=[^\W\d_]{3})(?=\d+[.,]\d|\d\d+(?![^\W_]))|(?<=\d\d)(?=[^\W\d_]{3})")


@dataclass(frozen=True, slots=True)
class Token:
    """One word as read: its folded letters, and where it stands in which line."""

    letters: str
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a term or pattern was found.

    likeness: 0..1, of text and term. weight: letters that speak for it, less those against. spans: (line, start, end).
    """

    term: str
    kind: str
    likeness: float
    weight: int
    spans: tuple[tuple[int, int, int], ...]

    def meets(self, other: "Hit") -> bool:
        """Tell whether both claim a character for the same kind."""
        return self.kind == other.kind and any(
            line == its_line and start < its_end and its_start < end
            for line, start, end in self.spans
            for its_line, its_start, its_end in other.spans
        )


def words_in(frame: Frame, vocabulary: Vocabulary, *, reader: Reader, near: Sequence[Box] = ()) -> tuple[Word, ...]:
    """Read a frame and find the vocabulary in it; boxes, also of `near`, in pixels of the full-size picture.

    near: corners of the portraits found, so that small posters are read from closer. Raises OcrUnavailableError.
    """
    return find_words(reader.read_frame(frame, near), vocabulary)


def find_words(lines: Sequence[Line], vocabulary: Vocabulary) -> tuple[Word, ...]:
    """Find every term and pattern in the lines and across lines that go on in one another.

    Where two hits of one kind overlap the longer stays. Words come in the order of the lines.
    """
    search = _Search(vocabulary)
    tokens = [list(search.tokens(line.text, index)) for index, line in enumerate(lines)]
    hits = [hit for index, line in enumerate(lines) for hit in _patterns(vocabulary.patterns, ((index, line.text),))]
    hits += [hit for own in tokens for hit in search.terms(own)]
    for chain in chains(lines):
        hits += search.terms([token for index in chain for token in tokens[index]], across=len(chain))
        if len(chain) == 2:
            texts = tuple((index, lines[index].text) for index in chain)
            hits += (hit for hit in _patterns(vocabulary.patterns, texts) if len(hit.spans) == 2)
    return tuple(_word(hit, lines) for hit in sorted(_longest(hits), key=lambda hit: hit.spans))


class _Search:
    """Looks for the terms of one vocabulary; remembers what it was asked, as chains of lines repeat themselves."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._fuzzy = [letters for letters in vocabulary.by_letters if len(letters) >= FUZZY_LETTERS]
        self._long = [letters for letters in self._fuzzy if len(letters) >= LONG_TERM_LETTERS]
        self._longest = max(map(len, vocabulary.by_letters), default=0)
        self._known: dict[str, list[tuple[str, int]]] = {}

    def tokens(self, text: str, line: int) -> Iterator[Token]:
        """Split a line into words, also where their spaces are lost."""
        cuts = [cut.start() for cut in STUCK_NUMBER.finditer(text)]
        for match in SPELLED.finditer(text):
            for start, end in pairwise([match.start(), *(c for c in cuts if c in range(*match.span())), match.end()]):
                token = Token(fold(text[start:end]), line, start, end)
                yield from self._uncrowded(token) if token.letters else ()

    def terms(self, tokens: Sequence[Token], across: int = 1) -> Iterator[Hit]:
        """Find terms in words that follow one another and stand on exactly `across` lines."""
        for first in range(len(tokens)):
            run: list[Token] = []
            letters = ""
            for token in tokens[first:]:
                run.append(token)
                letters += token.letters
                if len(letters) > self._longest + 2:
                    break
                if len({token.line for token in run}) == across:
                    yield from self._hits(letters, run)

    def _hits(self, letters: str, run: list[Token]) -> Iterator[Hit]:
        for found, slips in self._candidates(letters):
            for term in self.vocabulary.by_letters[found]:
                if self._fits(term, slips, run):
                    yield Hit(term.text, term.kind, 1 - slips / len(found), len(found) - 2 * slips, _spans(run))

    def _candidates(self, letters: str) -> list[tuple[str, int]]:
        """Name the terms that these letters may be, with the number of slips in each."""
        if letters not in self._known:
            exact = [(letters, 0)] if letters in self.vocabulary.by_letters else []
            self._known[letters] = exact or self._near(letters)
        return self._known[letters]

    def _near(self, letters: str) -> list[tuple[str, int]]:
        if len(letters) < FUZZY_LETTERS - 1:
            return []
        near = process.extract(letters, self._fuzzy, scorer=Levenshtein.distance, score_cutoff=2, limit=None)
        return [(found, int(slips)) for found, slips, _ in near if slips <= _slips_allowed(found)]

    def _fits(self, term: Term, slips: int, run: list[Token]) -> bool:
        """Refuse what is another English word, and words that only a false space makes."""
        if slips:
            return _may_be_misread(term, run) and not any(token.letters in self.vocabulary.real_words for token in run)
        needless = _gaps(run) - term.gaps
        spelled_out = len(run) > 2 and all(len(token.letters) == 1 for token in run)
        return not needless or len(term.letters) >= FUZZY_LETTERS or spelled_out

    def _uncrowded(self, token: Token) -> Iterator[Token]:
        """Cut a run of letters into the words it consists of, if it consists of nothing else, or around a long term."""
        letters = token.letters
        leave = len(letters) < CROWDED_LETTERS or letters in self.vocabulary.real_words
        if leave or letters in self.vocabulary.by_letters:
            yield token
        elif pieces := _cut(letters, self.vocabulary.pieces):
            yield from _split(token, pieces)
        else:
            yield from _split(token, self._around_long_term(letters))

    def _around_long_term(self, letters: str) -> list[str]:
        for term in self._long:
            if len(term) + 1 < len(letters):
                place = fuzz.partial_ratio_alignment(term, letters, score_cutoff=100 * (1 - 1.5 / len(term)))
                if place is not None:
                    parts = (letters[: place.dest_start], letters[place.dest_start : place.dest_end])
                    return [part for part in (*parts, letters[place.dest_end :]) if part]
        return [letters]


def _cut(letters: str, pieces: frozenset[str]) -> list[str]:
    """Cut letters into the fewest pieces; an empty list when they do not come out even."""
    ways: list[list[str] | None] = [[]]
    for end in range(1, len(letters) + 1):
        options = [
            [*before, letters[start:end]]
            for start in range(max(0, end - LONGEST_WORD), end)
            if (before := ways[start]) is not None and letters[start:end] in pieces
        ]
        ways.append(min(options, key=len, default=None))
    return ways[-1] or []


def _split(token: Token, pieces: Sequence[str]) -> Iterator[Token]:
    """Cut a token into pieces of its letters; exact places are kept where it has one character a letter."""
    width = (token.end - token.start) / len(token.letters)
    done = 0
    for piece in pieces:
        start, end = (token.start + round(count * width) for count in (done, done + len(piece)))
        yield Token(piece, token.line, start, end)
        done += len(piece)


def _may_be_misread(term: Term, run: Sequence[Token]) -> bool:
    """Tell whether words that differ from a term by a slip may still be meant for it.

    Phrases must be long, and their short words right: "of information" is not "for information", nor "in sight" "on
    sight". A false space beside the slip is one slip too many.
    """
    words = term.words
    if len(words) == 1 or len(run) > len(words):
        return len(run) == len(words)
    short = [word for word in words if len(word) < SURE_WORD_LETTERS]
    read = {token.letters for token in run}
    return len(term.letters) >= LONG_TERM_LETTERS and (len(run) < len(words) or read.issuperset(short))


def _slips_allowed(letters: str) -> int:
    return 2 if len(letters) >= TWO_SLIPS_LETTERS else 1


def _gaps(run: Sequence[Token]) -> set[int]:
    """Count after how many letters a space stands in the run."""
    return {sum(len(token.letters) for token in run[:count]) for count in range(1, len(run))}


def _spans(run: Iterable[Token]) -> tuple[tuple[int, int, int], ...]:
    """Join the tokens of each line to one span."""
    spans: dict[int, tuple[int, int]] = {}
    for token in run:
        start, end = spans.get(token.line, (token.start, token.end))
        spans[token.line] = (min(start, token.start), max(end, token.end))
    return tuple((line, start, end) for line, (start, end) in spans.items())


def _patterns(patterns: Iterable[Pattern], texts: tuple[tuple[int, str], ...]) -> Iterator[Hit]:
    """Find the patterns in one line, or in lines set one behind the other."""
    joined = " ".join(_plain(text) for _, text in texts)
    for pattern in patterns:
        for match in pattern.regex.finditer(joined):
            if weight := sum(map(str.isalnum, match.group())):
                yield Hit(pattern.name, pattern.kind, 1.0, weight, tuple(_shares(texts, match.start(), match.end())))


def _shares(texts: tuple[tuple[int, str], ...], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Tell which characters of which line lie between start and end of the joined text."""
    offset = 0
    for line, text in texts:
        low, high = max(start - offset, 0), min(end - offset, len(text))
        if low < high:
            yield line, low, high
        offset += len(text) + 1


def _plain(text: str) -> str:
    """Replace full-width and like characters by plain ones, one for one, so that places stay."""
    forms = (unicodedata.normalize("NFKC", character) for character in text)
    return "".join(form if len(form) == 1 else character for form, character in zip(forms, text, strict=True))


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.weight, len(hit.spans), hit.spans)):
        if not any(hit.meets(other) for other in kept):
            kept.append(hit)
    return kept


def _word(hit: Hit, lines: Sequence[Line]) -> Word:
    text = " ".join(lines[line].text[start:end] for line, start, end in hit.spans)
    box = around([part_of(lines[line], start, end) for line, start, end in hit.spans])
    confidence = min(lines[line].confidence for line, _, _ in hit.spans)
    return Word(text=text, term=hit.term, kind=hit.kind, score=hit.likeness * confidence, box=box)
