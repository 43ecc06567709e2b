"""The ledger beside an index: from which file each of its photos came, so that unchanged files are not read again."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

NAME = "photos.json"
FORMAT = 1
SETTLED_NS = 2_000_000_000
"""A file changed twice within the clock's grain keeps its time; one that is younger than this is read again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo's file. file: path in the photos' folder. sha256: hex, of the file when it had this size and time."""

    file: str
    size: int
    mtime_ns: int
    sha256: str

    def fits(self, file: str, status: os.stat_result) -> bool:
        """Tell whether a file is still the one that was read, as far as its name, size and time say."""
        return (self.file, self.size, self.mtime_ns) == (file, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the index was last made of. folder: the published photos', absolute. photos: by id."""

    folder: str = ""
    photos: Mapping[str, Entry] = field(default_factory=dict)

    def path_of(self, photo: str) -> Path | None:
        """Return where a photo's file was, if that is known."""
        entry = self.photos.get(photo)
        return Path(self.folder) / entry.file if entry else None


def read_ledger(index: Path) -> Ledger | None:
    """Read the ledger in an index folder; None when there is none, an empty one when it cannot be read."""
    try:
        text = (index / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return Ledger()
    try:
        return _from_json(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Ledger()


def write_ledger(index: Path, ledger: Ledger) -> None:
    """Write the ledger at one stroke."""
    new = index / f"{NAME}.tmp"
    new.write_text(json.dumps({"format": FORMAT} | asdict(ledger)), encoding="utf-8")
    new.replace(index / NAME)


def trusted(entry: Entry) -> Entry:
    """Return an entry as it may be kept: one whose file changed just now fits no file, so that it is read again."""
    return replace(entry, mtime_ns=0) if entry.mtime_ns > time.time_ns() - SETTLED_NS else entry


def _from_json(data: dict[str, Any]) -> Ledger:
    if data["format"] != FORMAT:
        return Ledger()
    return Ledger(str(data["folder"]), {str(photo): _entry(values) for photo, values in data["photos"].items()})


def _entry(values: dict[str, Any]) -> Entry:
    return Entry(str(values["file"]), int(values["size"]), int(values["mtime_ns"]), str(values["sha256"]))
