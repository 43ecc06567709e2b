"""The index as a folder that many processes read and one at a time changes; docs/adr/0003 says why it is like this.

`manifest.json` lists the segment files; renaming a new one into its place is the change. Segment files never change,
and their content's SHA-256 is their name. A reader compares the manifest's bytes at each call.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from detector.container import Buffer, ContainerError, packed, unpacked
from detector.fingerprints import Fingerprint
from detector.index import Index
from detector.manifest import MANIFEST, SUFFIX, Entry, manifest_from_bytes, manifest_to_bytes
from detector.packing import parted, planned, remaining
from detector.segment import ARRAYS, Segment, build
from detector.storage_errors import BrokenIndexError, IndexBusyError, MissingIndexError, UnknownPhotoError

LOCK = "lock"
TEMPORARY = "new.tmp"
_POLL_SECONDS = 0.02
_NOTHING: Mapping[str, Fingerprint] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _View:
    """One state of the folder: the manifest's bytes, each file's segment, and the index over them."""

    manifest: bytes
    segments: Mapping[Entry, Segment]
    index: Index


class IndexFolder:
    """An index in a folder. Threads may share one; each process opens its own.

    Writers take turns: one that has waited `wait_seconds` for another gets IndexBusyError. A crash at any point, loss
    of power included, leaves the state before a change or the one after it; the next change clears away what else it
    left.

    Removal is erasure: the file that held a removed photo is written anew without it, and deleted before `update`
    returns. A reader that has the old file open keeps it, and its disk space, until it calls `index` again and lets go
    of the index it had. Blocks that the file system has freed are not overwritten: that takes an encrypted disk.
    """

    def __init__(self, path: Path, *, wait_seconds: float = 60.0) -> None:
        self.path, self.wait_seconds = path, wait_seconds
        self._view: _View | None = None

    def create(self) -> "IndexFolder":
        """Make the folder and an empty index in it, unless there is an index. Returns itself."""
        if not self._exists():
            self._make_folder()
            with self._turn():
                if not self._exists():
                    self._commit([])
        return self

    def index(self) -> Index:
        """Return what the folder holds now; the same object as before if nothing has changed.

        Raises MissingIndexError, BrokenIndexError or OtherVersionError.
        """
        return self._current().index

    def update(self, add: Mapping[str, Fingerprint] = _NOTHING, remove: Collection[str] = ()) -> Index:
        """Add and remove photos, all or, if it fails, none. Returns the index as it then is.

        add: fingerprints by photo id; a photo that is there already is replaced. remove: ids; one that is also added is
        replaced. Raises UnknownPhotoError when a photo to remove is not there, IndexBusyError, and what `index` raises.
        """
        with self._turn():
            view = self._current()
            self._clear_away(view.segments)
            if unknown := {photo for photo in remove if photo not in view.index and photo not in add}:
                raise UnknownPhotoError(unknown)
            self._commit(self._changed(view, add, {*add, *remove}))
            return self.index()

    def rebuild(self, fingerprints: Mapping[str, Fingerprint]) -> Index:
        """Make the folder hold these photos and no others, whatever is in it: nothing, a damaged or an old index too.

        Returns the new index. Raises IndexBusyError.
        """
        self._make_folder()
        with self._turn():
            self._commit([self._write(photos) for photos in parted(fingerprints)])
            return self.index()

    def verify(self) -> None:
        """Read every file and compare it with the manifest's SHA-256; changes wait meanwhile.

        Raises BrokenIndexError at the first file that differs, IndexBusyError, and what `index` raises.
        """
        with self._turn():
            for entry in self._current().segments:
                self._check(entry)

    def _current(self) -> _View:
        """Return the state of the folder, read again if the manifest has changed.

        A change may delete a file after we read the manifest and before we open it; the new manifest names another.
        """
        manifest, view = self._manifest(), self._view
        while view is None or view.manifest != manifest:
            try:
                view = self._view = self._opened(manifest, view)
            except FileNotFoundError as error:
                before, manifest = manifest, self._manifest()
                if manifest == before:
                    raise BrokenIndexError(str(error.filename), "it is gone") from error
        return view

    def _opened(self, manifest: bytes, last: _View | None) -> _View:
        """Return the state that a manifest describes; files that the last state had open are not opened again."""
        known = last.segments if last else {}
        entries = manifest_from_bytes(manifest, str(self.path))
        segments = {entry: known[entry] if entry in known else self._segment(entry) for entry in entries}
        return _View(manifest, segments, Index(tuple(segments.values())))

    def _segment(self, entry: Entry) -> Segment:
        """Map a segment file into memory, read-only, and check its header."""
        file = self.path / entry.file
        if file.stat().st_size != entry.bytes:
            raise BrokenIndexError(str(file), "its length has changed")
        try:
            contents = unpacked(np.memmap(file, np.uint8, mode="r"), "segment", ARRAYS)
        except ContainerError as error:
            raise BrokenIndexError(str(file), error.detail) from error
        photos = contents.facts.get("photos")
        if not isinstance(photos, list) or not len(photos) == len(contents.arrays["digests"]) == entry.photos:
            raise BrokenIndexError(str(file), "it does not hold the photos that it should")
        return Segment(tuple(photos), contents.arrays)

    def _changed(self, view: _View, add: Mapping[str, Fingerprint], gone: Collection[str]) -> list[Entry]:
        """Write the files of the state after a change, and return all files that make it up."""
        left = {
            entry: entry.photos - sum(photo in segment.rows for photo in gone)
            for entry, segment in view.segments.items()
        }
        plan = planned(left, adding=bool(add))
        written = []
        for number, group in enumerate(plan.groups):
            for entry in group:
                self._check(entry)  # or damage would be written anew under a SHA-256 that fits it
            photos = dict(remaining([view.segments[entry] for entry in group], gone))
            if number == 0:
                photos.update(add)
            written += [self._write(part) for part in parted(photos)]
        return plan.kept + written

    def _check(self, entry: Entry) -> None:
        file = self.path / entry.file
        try:
            with file.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise BrokenIndexError(str(file), "it is gone") from error
        if sha256 != entry.sha256:
            raise BrokenIndexError(str(file), "its content has changed")

    def _write(self, photos: Mapping[str, Fingerprint]) -> Entry:
        """Write one segment file; the manifest does not name it yet."""
        segment = build(photos)
        sha256, length = self._write_temporary(packed("segment", {"photos": segment.photos}, segment.arrays))
        entry = Entry(sha256, length, len(photos))
        (self.path / TEMPORARY).replace(self.path / entry.file)
        return entry

    def _commit(self, entries: Collection[Entry]) -> None:
        """Make these files the index, at one stroke and for good, then delete all others."""
        self._settle()  # the files' names are on disk before a manifest there names them
        self._write_temporary([manifest_to_bytes(list(entries))])
        (self.path / TEMPORARY).replace(self.path / MANIFEST)
        self._settle()
        self._clear_away(entries)

    def _write_temporary(self, pieces: Iterable[Buffer]) -> tuple[str, int]:
        """Write a file to be renamed, down to the disk; return its SHA-256 (hex) and length in bytes."""
        digest, length = hashlib.sha256(), 0
        with (self.path / TEMPORARY).open("wb") as file:
            for piece in pieces:
                digest.update(piece)
                length += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest(), length

    def _clear_away(self, entries: Collection[Entry]) -> None:
        """Delete our files that the manifest does not name: what a change replaced, or a crash left. Others stay."""
        named = {entry.file for entry in entries}
        unneeded = [
            file
            for file in self.path.iterdir()
            if file.name == TEMPORARY or (file.suffix == SUFFIX and file.name not in named)
        ]
        for file in unneeded:
            file.unlink()
        if unneeded:
            self._settle()

    def _settle(self) -> None:
        """Bring the folder's names down to the disk."""
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _manifest(self) -> bytes:
        try:
            return (self.path / MANIFEST).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MissingIndexError(str(self.path)) from error

    def _exists(self) -> bool:
        return (self.path / MANIFEST).exists()

    def _make_folder(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / LOCK).touch()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the folder's lock; a process that dies gives it back."""
        try:
            lock = (self.path / LOCK).open("rb")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MissingIndexError(str(self.path)) from error
        with lock:
            deadline = time.monotonic() + self.wait_seconds
            while not _taken(lock.fileno()):
                if time.monotonic() > deadline:
                    raise IndexBusyError(str(self.path), self.wait_seconds)
                time.sleep(_POLL_SECONDS)
            yield


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
