"""What the commands do: bring the index up to date, look at all pictures, print what came of it."""

import json
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from pathlib import Path

from detector import Decoder, IndexFolder, OperatingPoint, Outcome
from posterwatch import tables
from posterwatch.enrolment import Enrolment, cache_folder, enrol
from posterwatch.errors import CannotWriteError, NowhereToLookError
from posterwatch.files import pictures_at
from posterwatch.looking import Instructions
from posterwatch.looks import Look, to_json
from posterwatch.names import shown
from posterwatch.pool import look_at_all

__all__ = ["Instructions", "OperatingPoint", "build_index", "index_for", "pictures_at", "scan"]


def index_for(photos: Path | None, index: Path | None) -> Path:
    """Return the folder of the index to scan with, brought up to date when photos are given.

    Raises NowhereToLookError when neither is, and what `enrol` raises.
    """
    if photos is not None:
        folder = index or cache_folder(photos)
        _enrolled(photos, folder)
        return folder
    if index is not None:
        return index
    raise NowhereToLookError


def build_index(photos: Path, index: Path) -> bool:
    """Build or update an index and say what changed. True when all photos could be used. Raises what `enrol` raises."""
    enrolment = _enrolled(photos, index)
    tables.out().print(tables.enrolment_line(enrolment, index))
    return not enrolment.unusable


def scan(pictures: Sequence[Path], wanted: Instructions, jobs: int, *, as_json: bool) -> bool:
    """Look at pictures and print what came of it, with a progress bar on stderr.

    True when all could be looked at. Raises CannotWriteError and the index's errors.
    """
    photos = len(IndexFolder(wanted.index).index())
    if wanted.drawings:
        _make_folder(wanted.drawings)
    show = _show_lines if as_json else _show_table
    looks = look_at_all(pictures, wanted, jobs)
    with closing(_watched(looks, len(pictures), quiet=as_json and sys.stdout.isatty())) as watched:
        return Outcome.UNDECODABLE not in show(watched, photos, wanted)


def _watched(looks: Iterable[Look], count: int, *, quiet: bool) -> Generator[Look, None, None]:
    """Pass looks on with a progress bar, which is gone when the last one has been taken."""
    with tables.progress_bar(quiet=quiet) as bar:
        yield from bar.track(looks, count, description="Looking")


def _show_lines(looks: Iterable[Look], _photos: int, wanted: Instructions) -> set[Outcome]:
    """Print each look as a line of JSON as soon as it is there; return the outcomes."""
    outcomes = set()
    for look in looks:
        print(json.dumps(to_json(look, wanted.at), allow_nan=False), flush=True)  # noqa: T201 - the command's output
        outcomes.add(look.outcome)
    return outcomes


def _show_table(looks: Iterable[Look], photos: int, wanted: Instructions) -> set[Outcome]:
    """Print the table when all looks are there, and the summary; return the outcomes."""
    all_looks = list(looks)
    console = tables.out()
    console.print(tables.table_of(all_looks, wanted.at))
    console.print(tables.summary(all_looks, photos, wanted.at))
    if wanted.drawings:
        console.print(tables.drawings_line(all_looks, wanted.drawings))
    return {look.outcome for look in all_looks}


def _enrolled(photos: Path, folder: Path) -> Enrolment:
    """Bring an index up to date with a progress bar, and name the photos that cannot be used on stderr."""
    decoder = Decoder()  # its process starts with the first photo that must be read
    try:
        with tables.progress_bar(quiet=False) as bar:
            task = bar.add_task("Reading new photos", visible=False)

            def progress(done: int, count: int) -> None:
                bar.update(task, completed=done, total=count, visible=True)

            enrolment = enrol(photos, folder, decoder=decoder, progress=progress)
    finally:
        decoder.close()
    for file, reason in enrolment.unusable.items():
        print(f"posterwatch: the photo {shown(file)} is not used: {reason}", file=sys.stderr)  # noqa: T201
    return enrolment


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWriteError(folder, "--annotate", error.strerror or str(error)) from error
