"""The command line: reads what is wanted, hands it to the modules that do it, and says how it ended.

What costs time to import is imported by the command that needs it, so that `--help` answers at once.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

import typer

from detector import DetectorError
from posterwatch.errors import PosterwatchError

SOME_UNREADABLE, USAGE = 1, 2
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # read when numpy is first imported, here or in a worker; --jobs is how to use more cores
    "OPENBLAS_NUM_THREADS": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # or onnxruntime (1.29 and later) reports to its makers, and keeps an id for it
}

app = typer.Typer(
    help="Finds where published photos of police officers are reused: copy detection, never face recognition.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Paths = Annotated[list[Path], typer.Argument(metavar="PATH", help="Pictures, or folders with pictures in them.")]
Photos = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of published photos; a file's name without its ending is the photo's id."),
]
ScanIndex = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Where the photos' index is kept; alone, it is used as it is."),
]
At = Annotated[
    Literal["report", "source"],
    typer.Option("--at", help="Where the line of 'reused' is drawn: for reports, or stricter, for watched sources."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line instead of a table.")]
Drawings = Annotated[
    Path | None,
    typer.Option("--annotate", metavar="DIR", help="Write a picture of each match there, with its reasons."),
]
Words = Annotated[bool, typer.Option("--words", help="Read the words in pictures in which something was found.")]
Jobs = Annotated[int, typer.Option(metavar="N", min=1, max=256, help="How many processes look at pictures.")]
PhotosToIndex = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of published photos.")]
Index = Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the index; made if it is not there.")]


def main() -> None:
    """Run the command line and end the process with its exit code."""
    app(prog_name="posterwatch")


def _print_version(value: bool) -> None:  # noqa: FBT001 - typer hands it over so
    if value:
        typer.echo(f"posterwatch {version('posterwatch')}")
        raise typer.Exit


@app.callback()
def _posterwatch(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hold the options that stand before the command."""


@app.command()
def scan(  # noqa: PLR0913 - the options of the command
    paths: Paths,
    *,
    photos: Photos = None,
    index: ScanIndex = None,
    at: At = "report",
    as_json: AsJson = False,
    annotate: Drawings = None,
    words: Words = False,
    jobs: Jobs = 1,
) -> None:
    """Look for published photos in pictures, and say where, how surely and why.

    Exits with 0 when all was looked at, 1 when some pictures could not be read, 2 when the command cannot be done.
    """
    with _plain_errors():
        from posterwatch import scanning  # noqa: PLC0415 - see the module's docstring

        pictures = scanning.pictures_at(paths)
        folder = scanning.index_for(photos, index)
        wanted = scanning.Instructions(folder, scanning.OperatingPoint(at), words, annotate)
        all_seen = scanning.scan(pictures, wanted, jobs, as_json=as_json)
    raise typer.Exit(0 if all_seen else SOME_UNREADABLE)


@app.command("index")
def build_index(photos: PhotosToIndex, *, index: Index) -> None:
    """Build or update the index of a folder of published photos, so that scans can use it alone.

    Exits with 0 when all photos are in it, 1 when some could not be used, 2 when the command cannot be done.
    """
    with _plain_errors():
        from posterwatch import scanning  # noqa: PLC0415 - see the module's docstring

        all_used = scanning.build_index(photos, index)
    raise typer.Exit(0 if all_used else SOME_UNREADABLE)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what we raise on purpose into one sentence on stderr and exit code 2."""
    os.environ |= ENVIRONMENT
    try:
        yield
    except (PosterwatchError, DetectorError) as error:
        typer.echo(f"posterwatch: {error}", err=True)
        raise typer.Exit(USAGE) from error
