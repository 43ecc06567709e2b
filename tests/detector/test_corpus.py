"""Every file of the shared corpus of odd and hostile pictures, through the real decoder."""

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from detector import ChildLimits, DecodeError, Decoder, Picture

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
MANIFEST = CORPUS / "MANIFEST.tsv"
SLOWEST_SECONDS = 10.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MANIFEST.exists(), reason="no ../shared/corpus/MANIFEST.tsv beside this checkout"),
]


def rows() -> list[dict[str, str]]:
    """The manifest's rows; none where there is no corpus."""
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module", name="decoder")
def one_decoder_for_the_whole_corpus() -> Iterator[Decoder]:
    with Decoder(child_limits=ChildLimits(pictures=10_000)) as decoder:
        yield decoder


def what_comes_of(decoder: Decoder, row: dict[str, str]) -> Picture | DecodeError:
    """The picture, or the refusal."""
    try:
        return decoder.decode((CORPUS / row["path"]).read_bytes())
    except DecodeError as refusal:
        return refusal


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["path"])
def test_each_file_is_decoded_or_refused_as_the_manifest_says(decoder: Decoder, row: dict[str, str]) -> None:
    started = time.monotonic()
    came = what_comes_of(decoder, row)
    assert time.monotonic() - started < SLOWEST_SECONDS
    assert str(came).isprintable() or isinstance(came, Picture)
    if "TOLERANT" not in row["why"]:
        assert isinstance(came, Picture) == (row["expected"] == "decode"), came


@pytest.mark.parametrize(
    "row", [row for row in rows() if "after exif_transpose" in row["why"]], ids=lambda row: row["path"]
)
def test_each_turned_file_has_the_upright_size_of_the_manifest(decoder: Decoder, row: dict[str, str]) -> None:
    width, height = row["why"].rpartition("after exif_transpose ")[2].split()[0].split("x")
    picture = decoder.decode((CORPUS / row["path"]).read_bytes())
    assert (picture.frames[0].width, picture.frames[0].height) == (int(width), int(height))


def test_the_whole_corpus_kills_no_child_and_none_grows_past_a_gibibyte() -> None:
    with Decoder(child_limits=ChildLimits(pictures=10_000)) as decoder:
        for row in rows():
            came = what_comes_of(decoder, row)
            assert type(came).__name__ not in {"DecoderDiedError", "DecoderTimedOutError"}, row["path"]
        assert peak_kib(decoder) <= 2**20


def peak_kib(decoder: Decoder) -> int:
    """The most address space that the child ever had."""
    child = decoder._child
    assert child is not None
    status = Path(f"/proc/{child._process.pid}/status").read_text(encoding="utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmPeak")).split()[1])
