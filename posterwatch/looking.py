"""Looks at pictures: file to bytes to picture to matches, and, when asked, words and annotated pictures."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Self

import cv2

from detector import (
    DecodeError,
    Decoder,
    IndexFolder,
    Match,
    OperatingPoint,
    Outcome,
    Picture,
    PictureTooLargeError,
    Vocabulary,
    Word,
    find,
    load_vocabulary,
)
from detector.words import Reader, words_in
from posterwatch.drawings import Drawings
from posterwatch.errors import DetectorFailedError
from posterwatch.files import read_up_to
from posterwatch.looks import Look, outcome_of


@dataclass(frozen=True, slots=True)
class Instructions:
    """What to do with each picture. index: the folder. drawings: where annotated pictures go, if they are wanted."""

    index: Path
    at: OperatingPoint = OperatingPoint.REPORT
    words: bool = False
    drawings: Path | None = None


class Looker:
    """Looks at one picture after another with one index, one decoding process and one thread; a context manager.

    Raises the index's errors on creation, OcrUnavailableError when words are wanted and cannot be read.
    """

    def __init__(self, instructions: Instructions) -> None:
        cv2.setNumThreads(1)
        self._wanted = instructions
        self._index = IndexFolder(instructions.index).index()
        self._decoder = Decoder()

    def __enter__(self) -> Self:
        self._decoder.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._decoder.close()

    def look(self, path: Path) -> Look:
        """Look at one picture. Whatever is wrong with it becomes the look's error."""
        try:
            data, sha256, length = read_up_to(path, self._decoder.limits.file_bytes)
        except IsADirectoryError:
            return Look(str(path), None, Outcome.UNDECODABLE, error="this folder cannot be listed")
        except OSError as error:
            reason = f"the file cannot be opened ({error.strerror})"
            return Look(str(path), None, Outcome.UNDECODABLE, error=reason)
        started = perf_counter()
        try:
            if data is None:
                raise PictureTooLargeError(length, self._decoder.limits.file_bytes, "bytes")
            picture, matches = self._found(data)
        except (DecodeError, DetectorFailedError) as error:
            spent = _milliseconds_since(started)
            return Look(str(path), sha256, Outcome.UNDECODABLE, error=str(error), milliseconds=spent)
        return self._look(path, picture, matches, _milliseconds_since(started))

    def _found(self, data: bytes) -> tuple[Picture, tuple[Match, ...]]:
        """Decode a picture and search it. Raises DecodeError or DetectorFailedError."""
        picture = self._decoder.decode(data)
        try:
            return picture, find(picture, self._index)
        except Exception as error:
            raise DetectorFailedError(error) from error

    def _look(self, path: Path, picture: Picture, matches: tuple[Match, ...], milliseconds: float) -> Look:
        """Do what is done only when something was found, and sum up."""
        first = picture.frames[0]
        return Look(
            str(path),
            picture.sha256,
            outcome_of(matches, self._wanted.at),
            first.width,
            first.height,
            matches=matches,
            words=self._words(picture, matches) if self._wanted.words else (),
            milliseconds=milliseconds,
            drawings=self._drawings.draw(path, picture, matches) if self._wanted.drawings else 0,
        )

    def _words(self, picture: Picture, matches: tuple[Match, ...]) -> tuple[Word, ...]:
        """Read each frame in which something was found."""
        words: list[Word] = []
        for frame in picture.frames:
            if near := [match.corners for match in matches if match.frame == frame.number]:
                words += words_in(frame, self._vocabulary, reader=self._reader, near=near)
        return tuple(words)

    @cached_property
    def _reader(self) -> Reader:
        return Reader()

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return load_vocabulary()

    @cached_property
    def _drawings(self) -> Drawings:
        folder = self._wanted.drawings or Path()
        return Drawings(folder, self._wanted.index, self._index, self._decoder, self._wanted.at)


def _milliseconds_since(started: float) -> float:
    return (perf_counter() - started) * 1000
