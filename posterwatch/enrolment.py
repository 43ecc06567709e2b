"""Brings an index up to date with a folder of published photos, decoding only those that are new or have changed."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from detector import (
    MANIFEST,
    BrokenIndexError,
    Decoder,
    DetectorError,
    Fingerprint,
    IndexFolder,
    MissingIndexError,
    OtherVersionError,
    Picture,
    PictureTooLargeError,
    fingerprint,
)
from posterwatch.errors import CannotWriteError, DetectorFailedError, NoPhotosError, NotOurIndexError
from posterwatch.files import photos_in, read_up_to
from posterwatch.ledger import NAME, Entry, Ledger, read_ledger, trusted, write_ledger

TURN = "photos.lock"
OURS = frozenset({NAME, f"{NAME}.tmp", TURN, "lock", "new.tmp"})
"""What may lie in a folder in which the making of an index was cut off."""

BATCH = 200
"""Photos added at once: an interrupted first run loses less than half a minute."""

Progress = Callable[[int, int], None]
"""Told how many photos are done, of how many that must be read."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What came of bringing an index up to date, as ids and counts. unusable: by file, why."""

    photos: int
    added: int
    changed: int
    removed: int
    unusable: Mapping[str, str]

    @property
    def nothing_new(self) -> bool:
        """Tell whether the index was up to date."""
        return not (self.added or self.changed or self.removed)


@dataclass(slots=True)
class _Work:
    """One bringing up to date in progress.

    folder: of the photos. known: SHA-256 (hex) of each photo that the index held before. entries: the photos that it
    holds or will hold. fresh: made, and not yet in it. unusable: by file, why.
    """

    store: IndexFolder
    folder: Path
    known: Mapping[str, str]
    entries: dict[str, Entry] = field(default_factory=dict)
    fresh: dict[str, Fingerprint] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)

    def flush(self) -> None:
        """Bring the fingerprints made so far into the index, then into the ledger."""
        if self.fresh:
            self.store.update(add=self.fresh)
            self.fresh = {}


def cache_folder(photos: Path) -> Path:
    """Return where the index of a folder of photos is kept when no other place is named."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = hashlib.sha256(os.fsencode(photos.resolve())).hexdigest()
    return caches / "posterwatch" / name[:32]


def enrol(photos: Path, index: Path, *, decoder: Decoder, progress: Progress = lambda _done, _all: None) -> Enrolment:
    """Make the index in a folder hold exactly the photos of another, by their files' stems.

    An index that is damaged, or that another version made, is built again. Raises what `photos_in` raises,
    NoPhotosError when no file can be used, NotOurIndexError when the folder holds something else, CannotWriteError,
    and IndexBusyError.
    """
    if photos.is_dir() and index.is_dir() and photos.samefile(index):
        raise NotOurIndexError(index, "is the folder of photos itself")
    files = photos_in(photos, leaving_out=index)
    try:
        with _turn(index):
            store = IndexFolder(index)
            work = _Work(store, photos, _held(store))
            try:
                return _enrolled(work, files, decoder, progress)
            except BrokenIndexError:
                return _enrolled(_Work(store, work.folder, store.rebuild({}).digests()), files, decoder, progress)
    except OSError as error:
        raise CannotWriteError(index, "--index", error.strerror or str(error)) from error


def _enrolled(work: _Work, files: Mapping[str, Path], decoder: Decoder, progress: Progress) -> Enrolment:
    """Take in what is new or changed, remove what is gone, write the ledger, and sum up."""
    before = read_ledger(work.store.path) or Ledger()
    to_read = [photo for photo, file in files.items() if not _is_as_before(work, photo, file, before)]
    for number, photo in enumerate(to_read):
        progress(number, len(to_read))
        _take(work, photo, files[photo], decoder)
    work.flush()
    if not work.entries:
        raise NoPhotosError(work.folder, len(files))
    gone = work.known.keys() - work.entries.keys()
    if gone:
        work.store.update(remove=gone)
    after = Ledger(str(work.folder.resolve()), {photo: trusted(entry) for photo, entry in sorted(work.entries.items())})
    if after != before:
        write_ledger(work.store.path, after)
    return _summed_up(work, len(gone))


def _summed_up(work: _Work, removed: int) -> Enrolment:
    added = work.entries.keys() - work.known.keys()
    changed = sum(work.known.get(photo, entry.sha256) != entry.sha256 for photo, entry in work.entries.items())
    return Enrolment(len(work.entries), len(added), changed, removed, work.unusable)


def _is_as_before(work: _Work, photo: str, file: Path, before: Ledger) -> bool:
    """Take a photo over as it is when its file's size and time say that the index has it already."""
    entry = before.photos.get(photo)
    if entry is None or entry.sha256 != work.known.get(photo):
        return False
    try:
        same = entry.fits(str(file.relative_to(work.folder)), file.stat())
    except OSError:
        return False
    if same:
        work.entries[photo] = entry
    return same


def _take(work: _Work, photo: str, file: Path, decoder: Decoder) -> None:
    """Read a photo's file, and decode it when the index does not have these bytes; note one that cannot be used."""
    try:
        status = file.stat()
        data, sha256, length = read_up_to(file, decoder.limits.file_bytes)
        if work.known.get(photo) != sha256:
            if data is None:
                raise PictureTooLargeError(length, decoder.limits.file_bytes, "bytes")
            work.fresh[photo] = _fingerprinted(decoder.decode(data))
    except (OSError, DetectorError, DetectorFailedError) as error:
        work.unusable[str(file)] = (
            f"it cannot be opened ({error.strerror})" if isinstance(error, OSError) else str(error)
        )
        return
    work.entries[photo] = Entry(str(file.relative_to(work.folder)), status.st_size, status.st_mtime_ns, sha256)
    if len(work.fresh) >= BATCH:
        work.flush()


def _fingerprinted(picture: Picture) -> Fingerprint:
    try:
        return fingerprint(picture)
    except Exception as error:
        raise DetectorFailedError(error) from error


def _held(store: IndexFolder) -> dict[str, str]:
    """Return the SHA-256 (hex) of each photo that the index holds; make the index if there is none."""
    try:
        return store.index().digests()
    except MissingIndexError:
        return store.create().index().digests()
    except (BrokenIndexError, OtherVersionError):
        return store.rebuild({}).digests()


@contextmanager
def _turn(index: Path) -> Iterator[None]:
    """Hold the right to bring an index up to date; a process that dies gives it back. Makes the folder."""
    _check_ours(index)
    index.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (index / TURN).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if read_ledger(index) is None:
            write_ledger(index, Ledger())
        yield


def _check_ours(index: Path) -> None:
    """Refuse a folder in which we would erase what others keep there. Raises NotOurIndexError."""
    if not index.exists():
        return
    if not index.is_dir():
        raise NotOurIndexError(index, "is a file")
    names = {entry.name for entry in index.iterdir()}
    if NAME not in names and MANIFEST in names:
        raise NotOurIndexError(index, "holds an index that was not made from a folder of photos")
    if MANIFEST not in names and names - OURS:
        raise NotOurIndexError(index, "holds other files")
