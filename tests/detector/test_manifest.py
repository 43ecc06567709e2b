import json
from typing import Any

import pytest

from detector.manifest import Entry, manifest_from_bytes, manifest_to_bytes
from detector.storage_errors import BrokenIndexError, OtherVersionError

ENTRY = Entry("ab" * 32, 700, 3)


def changed(**changes: Any) -> bytes:  # noqa: ANN401 - any JSON
    """A manifest of one file, with some top-level values changed."""
    return json.dumps(json.loads(manifest_to_bytes([ENTRY])) | changes).encode()


def with_entry(**changes: Any) -> bytes:  # noqa: ANN401 - any JSON
    """A manifest of one file, with some of that file's values changed."""
    [line] = json.loads(manifest_to_bytes([ENTRY]))["segments"]
    return changed(segments=[line | changes])


def test_a_manifest_names_its_files_again() -> None:
    entries = [ENTRY, Entry("01" * 32, 64, 1)]
    assert manifest_from_bytes(manifest_to_bytes(entries), "/index") == entries


def test_a_manifest_says_what_it_is_in_plain_json() -> None:
    manifest = json.loads(manifest_to_bytes([ENTRY]))
    assert manifest.keys() == {"format", "fingerprint version", "quantiser", "segments"}
    assert manifest["segments"] == [{"file": "ab" * 32 + ".segment", "sha256": "ab" * 32, "bytes": 700, "photos": 3}]


@pytest.mark.parametrize("what", ["format", "fingerprint version", "quantiser"])
def test_what_another_version_made_is_not_read(what: str) -> None:
    with pytest.raises(OtherVersionError, match=f"made with another {what}: delete the folder"):
        manifest_from_bytes(changed(**{what: "other"}), "/index")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        changed(segments=None),
        changed(segments=[3]),
        with_entry(sha256="../" * 20),
        with_entry(file="../../secret"),
        with_entry(sha256="AB" * 32),
        with_entry(bytes=-1),
        with_entry(bytes=True),
        with_entry(photos="3"),
        with_entry(photos=0),
        with_entry(more=1),
    ],
)
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with pytest.raises(BrokenIndexError, match=r"/index/manifest\.json cannot be used"):
        manifest_from_bytes(data, "/index")
