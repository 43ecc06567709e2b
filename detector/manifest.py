"""The manifest of an index folder: which segment files make up the index, and what made them."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from detector.container import quantiser_digest
from detector.fingerprints import VERSION
from detector.storage_errors import BrokenIndexError, OtherVersionError

MANIFEST = "manifest.json"
FORMAT = 1
SUFFIX = ".segment"
_KEYS = {"file", "sha256", "bytes", "photos"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment file. sha256: hex, of its content. bytes: its length. photos: how many it holds."""

    sha256: str
    bytes: int
    photos: int

    @property
    def file(self) -> str:
        """The file's name: its content's SHA-256, so one content has one name."""
        return self.sha256 + SUFFIX


def manifest_to_bytes(entries: Sequence[Entry]) -> bytes:
    """Return the manifest of these files, as JSON; equal bytes mean an equal index."""
    segments = [{"file": entry.file} | asdict(entry) for entry in entries]
    return (json.dumps(_made_by() | {"segments": segments}, indent=1) + "\n").encode()


def manifest_from_bytes(data: bytes, folder: str) -> list[Entry]:
    """Return the files that a manifest names. folder: where it was found, for the errors.

    Raises BrokenIndexError, or OtherVersionError when another version of the detector made the index.
    """
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _broken(folder) from error
    if not isinstance(manifest, dict):
        raise _broken(folder)
    for what, ours in _made_by().items():
        if manifest.get(what) != ours:
            raise OtherVersionError(folder, what) if what in manifest else _broken(folder)
    segments = manifest.get("segments")
    if not isinstance(segments, list):
        raise _broken(folder)
    return [_entry(item, folder) for item in segments]


def _made_by() -> dict[str, object]:
    return {"format": FORMAT, "fingerprint version": VERSION, "quantiser": quantiser_digest()}


def _entry(item: object, folder: str) -> Entry:
    """Return one line of the manifest; the name in it cannot lead out of the folder."""
    if not isinstance(item, dict) or item.keys() != _KEYS:
        raise _broken(folder)
    sha256, counts = item["sha256"], (item["bytes"], item["photos"])
    if not isinstance(sha256, str) or not re.fullmatch("[0-9a-f]{64}", sha256) or item["file"] != sha256 + SUFFIX:
        raise _broken(folder)
    if not all(type(count) is int and count > 0 for count in counts):
        raise _broken(folder)
    return Entry(sha256, *counts)


def _broken(folder: str) -> BrokenIndexError:
    return BrokenIndexError(f"{folder}/{MANIFEST}", "it is no manifest of ours")
