"""Which files a path stands for, and their bytes."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from posterwatch.errors import NoPhotosError, NoSuchPathError, SameStemError

CHUNK_BYTES = 2**20


def pictures_at(paths: Iterable[Path]) -> list[Path]:
    """List the pictures that paths name: files as given, folders with every regular file below them, sorted.

    Symbolic links are followed, each folder once. A folder that cannot be listed stands in the list itself, so that it
    is counted as not looked at. Raises NoSuchPathError.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += _below(path, set())
        elif path.is_file():
            found.append(path)
        else:
            raise NoSuchPathError(path, "file or folder")
    return found


def photos_in(folder: Path, *, leaving_out: Path | None = None) -> dict[str, Path]:
    """Return the files of a folder of published photos by id, the file's stem; hidden files are left out.

    leaving_out: a folder that may lie in it and holds no photos. Raises NoSuchPathError, NoPhotosError, SameStemError.
    """
    if not folder.is_dir():
        raise NoSuchPathError(folder, "folder")
    seen = {_identity(leaving_out)} if leaving_out and leaving_out.is_dir() else set()
    files = [file for file in _below(folder, seen) if not _hidden(file.relative_to(folder))]
    photos: dict[str, Path] = {}
    pairs = [(photos[file.stem], file) for file in files if photos.setdefault(file.stem, file) != file]
    if pairs:
        raise SameStemError(pairs)
    if not photos:
        raise NoPhotosError(folder, 0)
    return photos


def read_up_to(path: Path, most_bytes: int) -> tuple[bytes | None, str, int]:
    """Read a file: its bytes (None when there are more than `most_bytes`), SHA-256 (hex) and length. Raises OSError."""
    with path.open("rb") as file:
        data = file.read(most_bytes + 1)
        if len(data) <= most_bytes:
            return data, hashlib.sha256(data).hexdigest(), len(data)
        digest = hashlib.sha256(data)
        length = len(data) + _digest_rest(file, digest)
        return None, digest.hexdigest(), length


def _digest_rest(file: BinaryIO, digest: "hashlib._Hash") -> int:
    """Feed what is left of a file to a digest, in parts; return its length."""
    length = 0
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
        length += len(chunk)
    return length


def _below(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Yield every regular file below a folder by name; links do not lead into the same folder twice.

    A folder or file that may not be looked at is yielded too: opening it will say why.
    """
    try:
        identity = _identity(folder)
        if identity in seen:
            return
        seen.add(identity)
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for entry in entries:
        yield from _at(entry, seen)


def _at(entry: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Yield what one entry of a folder stands for; pipes, sockets, devices and broken links stand for nothing."""
    try:
        if entry.is_dir():
            yield from _below(entry, seen)
        elif entry.is_file():
            yield entry
    except PermissionError:
        yield entry


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
