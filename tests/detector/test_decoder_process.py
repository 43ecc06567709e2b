import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detector import (
    BrokenPictureError,
    ChildLimits,
    DecodeLimits,
    Decoder,
    DecoderDiedError,
    DecoderMemoryError,
    DecoderTimedOutError,
    NotAPictureError,
    PictureTooLargeError,
    decode,
)
from detector.decoder_process import checked_sizes
from tests.detector.drawn_pictures import FOUR_COLOUR_HEIC, UPRIGHT, animated, corners, encoded, four_colours, plain

PICTURE = encoded(four_colours(), "PNG")
ROOT = str(Path(__file__).parents[2])

# A child whose decoder does what the "picture" says, and decodes what is none of these words.
STUB = """
import os, sys, time
from detector.decoder_child import main
from detector.decoding import decode
from detector.errors import BrokenPictureError

def act(data, **options):
    word = bytes(data[:20])
    if word == b"sleep": time.sleep(600)
    if word == b"spin":
        while True: pass
    if word == b"hoard": return [bytearray(2**24) for _ in range(1000)]
    if word == b"crash": os.abort()
    if word == b"leave": sys.exit(3)
    if word == b"print": print("a library talks on stdout", flush=True); os.write(1, b"x" * 9000); data = data[5:]
    if word == b"modules": raise BrokenPictureError(" ".join(sorted({name.partition(".")[0] for name in sys.modules})))
    if word == b"environment": raise BrokenPictureError(" ".join(sorted(os.environ)))
    return decode(bytes(data), **options)

main(act)
"""

# A child that a picture has taken over: it sends whatever bytes it likes.
LIAR = """
import os, sys
os.read(0, 1)
os.write(1, bytes.fromhex({reply!r}))
os.read(0, 2**20); os.close(1); import time; time.sleep(60)
"""


@pytest.fixture(name="decoder")
def a_decoder() -> Iterator[Decoder]:
    with Decoder() as decoder:
        yield decoder


def a_stub(**limits: Any) -> Decoder:  # noqa: ANN401 - the fields of ChildLimits
    """A decoder whose child obeys words; impatient, so that the tests are quick."""
    return Decoder(child_limits=ChildLimits(**{"wall_seconds": 10.0} | limits), program=("-c", STUB))


def a_liar(reply: bytes) -> Decoder:
    """A decoder whose child answers with these bytes."""
    return Decoder(child_limits=ChildLimits(wall_seconds=3.0), program=("-c", LIAR.format(reply=reply.hex())))


def with_header(header: bytes) -> bytes:
    """A reply that begins with this header."""
    return len(header).to_bytes(4, "big") + header


def process_of(decoder: Decoder) -> int:
    """The process id of the decoder's child."""
    child = decoder._child
    assert child is not None
    return child._process.pid


def is_gone(process: int, within_seconds: float = 5.0) -> bool:
    """Whether the process ends soon; a zombie that waits for its parent counts as ended."""
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF", "PDF"])
def test_the_child_gives_what_decoding_here_gives(decoder: Decoder, file_format: str) -> None:
    data = encoded(four_colours(400, 300), file_format)
    here, there = decode(data, longest_side_px=200), decoder.decode(data, longest_side_px=200)
    assert (there.sha256, there.format, len(there.frames)) == (here.sha256, here.format, len(here.frames))
    assert (there.frames[0].width, there.frames[0].height) == (here.frames[0].width, here.frames[0].height)
    assert np.array_equal(there.frames[0].pixels, here.frames[0].pixels)


def test_a_phone_photo_in_heic_comes_through(decoder: Decoder) -> None:
    assert corners(decoder.decode(FOUR_COLOUR_HEIC).frames[0].pixels) == UPRIGHT


def test_every_frame_of_an_animation_comes_through_with_its_number(decoder: Decoder) -> None:
    picture = decoder.decode(animated([plain(10 * step) for step in range(25)], "GIF"))
    assert [frame.number for frame in picture.frames] == [0, 3, 6, 9, 12, 15, 18, 21, 24]
    assert [round(int(frame.pixels[0, 0, 0]) / 10) for frame in picture.frames] == [0, 3, 6, 9, 12, 15, 18, 21, 24]


def test_a_refusal_comes_through_with_its_words(decoder: Decoder) -> None:
    with pytest.raises(NotAPictureError):
        decoder.decode(b"no picture")
    with pytest.raises(BrokenPictureError, match="truncated"):
        decoder.decode(encoded(four_colours(300, 300), "JPEG")[:-500])
    with pytest.raises(PictureTooLargeError, match="60,000,000 pixels, and at most 50,000,000"):
        decoder.decode(encoded(plain(0, 10_000, 6_000).convert("1"), "PNG"))


def test_a_file_that_is_too_large_is_not_even_sent(decoder: Decoder) -> None:
    with pytest.raises(PictureTooLargeError, match="bytes"):
        decoder.decode(bytes(20 * 2**20 + 1))


def test_the_decoders_own_limits_reach_the_child() -> None:
    with (
        Decoder(DecodeLimits(frame_pixels=1000)) as decoder,
        pytest.raises(PictureTooLargeError, match="at most 1,000"),
    ):
        decoder.decode(PICTURE)


def test_one_child_serves_many_pictures_and_refusals(decoder: Decoder) -> None:
    process = process_of(decoder)
    for _ in range(3):
        decoder.decode(PICTURE)
        with pytest.raises(NotAPictureError):
            decoder.decode(b"")
    assert process_of(decoder) == process


def test_after_its_share_of_pictures_a_fresh_child_takes_over() -> None:
    with Decoder(child_limits=ChildLimits(pictures=2)) as decoder:
        served_by = []
        for _ in range(4):
            decoder.decode(PICTURE)
            served_by.append(process_of(decoder))
    assert served_by[0] == served_by[1] != served_by[2] == served_by[3]


def test_the_child_loads_no_opencv_faiss_scipy_or_onnxruntime() -> None:
    with a_stub() as decoder, pytest.raises(BrokenPictureError) as answer:
        decoder.decode(b"modules")
    modules = set(answer.value.detail.split())
    assert modules & {"cv2", "faiss", "scipy", "onnxruntime"} == set()


def test_the_real_child_has_mapped_no_opencv_faiss_scipy_or_onnxruntime(decoder: Decoder) -> None:
    decoder.decode(PICTURE)
    mapped = Path(f"/proc/{process_of(decoder)}/maps").read_text(encoding="utf-8")
    assert "PIL" in mapped
    assert not [name for name in ("cv2", "faiss", "scipy", "onnxruntime") if f"/{name}" in mapped]


def test_the_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET_OF_OURS", "x")
    with a_stub() as decoder, pytest.raises(BrokenPictureError) as answer:
        decoder.decode(b"environment")
    assert "A_SECRET" not in answer.value.detail


def test_the_child_lives_within_limits_on_memory_files_and_core_dumps(decoder: Decoder) -> None:
    decoder.decode(PICTURE)
    lines = Path(f"/proc/{process_of(decoder)}/limits").read_text(encoding="ascii").splitlines()
    limits = {line[:26].strip(): line[26:].split()[:2] for line in lines}
    assert limits["Max address space"] == [str(2**30)] * 2
    assert limits["Max file size"] == limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["32", "32"]
    assert int(limits["Max cpu time"][0]) in {21, 22}


def test_what_a_library_prints_does_not_get_among_the_pixels() -> None:
    with a_stub() as decoder, pytest.raises(NotAPictureError):
        decoder.decode(b"print")
    with decoder:
        assert corners(decoder.decode(PICTURE).frames[0].pixels) == UPRIGHT


def test_a_child_that_hoards_memory_is_stopped_and_the_next_picture_decoded() -> None:
    with a_stub() as decoder:
        with pytest.raises(DecoderMemoryError, match="more memory"):
            decoder.decode(b"hoard")
        assert corners(decoder.decode(PICTURE).frames[0].pixels) == UPRIGHT


def test_a_used_child_out_of_memory_is_replaced_before_the_picture_is_given_up() -> None:
    with a_stub() as decoder:
        decoder.decode(PICTURE)
        first = decoder._child
        with pytest.raises(DecoderMemoryError):
            decoder.decode(b"hoard")
        assert first is not None
        assert is_gone(first._process.pid)


def test_a_picture_that_spins_is_ended_by_its_processor_time() -> None:
    with a_stub(cpu_seconds=1) as decoder:
        with pytest.raises(DecoderTimedOutError, match="1 seconds of processor time"):
            decoder.decode(b"spin")
        assert corners(decoder.decode(PICTURE).frames[0].pixels) == UPRIGHT


def test_processor_time_is_counted_for_each_picture_not_for_the_childs_life() -> None:
    with a_stub(cpu_seconds=1) as decoder:
        process, data, used_seconds = process_of(decoder), encoded(four_colours(3000, 3000), "WEBP"), 0.0
        while used_seconds < 2.5:
            decoder.decode(data)
            fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            used_seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        assert process_of(decoder) == process


def test_a_picture_that_hangs_is_ended_by_the_clock() -> None:
    with a_stub(wall_seconds=1.0) as decoder:
        process = process_of(decoder)
        with pytest.raises(DecoderTimedOutError, match="1 seconds of wall time"):
            decoder.decode(b"sleep")
        assert is_gone(process)
        decoder.child_limits = ChildLimits()
        assert corners(decoder.decode(PICTURE).frames[0].pixels) == UPRIGHT


@pytest.mark.parametrize(("word", "reason"), [(b"crash", "ended by SIGABRT"), (b"leave", "ended with code 3")])
def test_a_child_that_dies_says_how_and_is_replaced(word: bytes, reason: str) -> None:
    with a_stub() as decoder:
        with pytest.raises(DecoderDiedError, match=reason):
            decoder.decode(word)
        assert corners(decoder.decode(PICTURE).frames[0].pixels) == UPRIGHT


def test_a_child_killed_in_the_middle_of_a_picture_is_replaced() -> None:
    with a_stub() as decoder:
        killer = threading.Timer(0.5, os.kill, (process_of(decoder), signal.SIGKILL))
        killer.start()
        with pytest.raises(DecoderDiedError, match="ended by SIGKILL"):
            decoder.decode(b"sleep")
        killer.join()
        assert corners(decoder.decode(PICTURE).frames[0].pixels) == UPRIGHT


def test_a_child_killed_between_two_pictures_costs_neither(decoder: Decoder) -> None:
    decoder.decode(PICTURE)
    killed = process_of(decoder)
    os.kill(killed, signal.SIGKILL)
    assert is_gone(killed)
    assert corners(decoder.decode(PICTURE).frames[0].pixels) == UPRIGHT


def test_the_child_ends_when_its_stdin_closes(decoder: Decoder) -> None:
    decoder.decode(PICTURE)
    child = decoder._child
    assert child is not None
    assert child._process.stdin is not None
    child._process.stdin.close()
    assert child._process.wait(timeout=5) == 0


def test_leaving_the_context_ends_the_child_and_leaves_no_zombie() -> None:
    with Decoder() as decoder:
        process = process_of(decoder)
    assert not Path(f"/proc/{process}").exists()


@pytest.mark.parametrize("busy_with", [b"", b"sleep"])
def test_when_the_parent_is_killed_its_child_ends_too(busy_with: bytes) -> None:
    limits = "ChildLimits(wall_seconds=1.0)"
    code = (
        f"from detector import *; d = Decoder(child_limits={limits}, program=('-c', {STUB!r})).__enter__()\n"
        f"print(d._child._process.pid, flush=True)\nd._child._limits = ChildLimits()\n"
        f"{busy_with!r} and d.decode({busy_with!r})\nimport time; time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        process = int(parent.stdout.readline())
        time.sleep(0.5)
        parent.kill()
    assert is_gone(process, within_seconds=10.0)  # a sleeper at its own alarm: one second and five of grace


def test_a_forked_process_starts_a_child_of_its_own() -> None:
    code = (
        "import os\nfrom detector import Decoder\n"
        f"with Decoder() as decoder:\n    decoder.decode({PICTURE!r})\n    theirs = decoder._child._process.pid\n"
        f"    fork = os.fork()\n    decoder.decode({PICTURE!r})\n    ours = decoder._child._process.pid\n"
        "    if not fork: decoder.close(); os._exit(0 if ours != theirs else 1)\n"
        "    assert os.waitpid(fork, 0)[1] == 0 and ours == theirs\n"
        f"    decoder.decode({PICTURE!r})\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, check=True, timeout=60)


def test_threads_share_one_child_without_mixing_their_pictures(decoder: Decoder) -> None:
    wrong: list[int] = []

    def work(brightness: int) -> None:
        for _ in range(10):
            [frame] = decoder.decode(encoded(plain(brightness), "PNG")).frames
            wrong.extend([brightness] if frame.pixels[0, 0, 0] != brightness else [])

    threads = [threading.Thread(target=work, args=(brightness,)) for brightness in (10, 90, 170, 250)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    "reply",
    [
        b"\xff\xff\xff\xff",
        with_header(b"not json"),
        with_header(b"[" * 10_000),
        with_header(b'{"format": "PNG"}'),
        with_header(b'{"format": "EXE", "frames": [[1, 1, 1, 1, 0]]}') + b"abc",
        with_header(b'{"format": "PNG", "frames": []}'),
        with_header(b'{"format": "PNG", "frames": [[100000, 100000, 100000, 100000, 0]]}'),
        with_header(b'{"error": "SystemExit", "args": []}'),
        with_header(b'{"error": "NotAPictureError", "args": [{}]}'),
        with_header(b'{"error": "PictureTooLargeError", "args": [1]}'),
        with_header(b"7"),
    ],
)
def test_a_child_that_speaks_nonsense_is_not_believed(reply: bytes) -> None:
    with a_liar(reply) as decoder, pytest.raises(DecoderDiedError, match="nonsense"):
        decoder.decode(PICTURE)


def test_a_child_that_sends_fewer_pixels_than_it_promised_is_given_up() -> None:
    reply = with_header(b'{"format": "PNG", "frames": [[9, 9, 9, 9, 0]]}') + b"few"
    with a_liar(reply) as decoder, pytest.raises((DecoderDiedError, DecoderTimedOutError)):
        decoder.decode(PICTURE)


@pytest.mark.parametrize(
    "sizes",
    [
        [[0, 1, 1, 1, 0]],
        [[1, -1, 1, 1, 0]],
        [[2, 2, 1, 1, 0]],
        [[1, 1.0, 1, 1, 0]],
        [[True, 1, 1, 1, 0]],
        [[1, 1, 1, 0]],
        [[101, 1, 1, 101, 0]],
        [[1, 1, 90_000, 90_000, 0]],
        [[1, 1, 1, 1, 1], [1, 1, 1, 1, 0]],
        [[1, 1, 1, 1, 0], [1, 1, 1, 1, 0]],
        [[1, 1, 1, 1, -1]],
        [[1, 1, 1, 1, number] for number in range(10)],
        [[100, 100, 100, 100, number] for number in range(3)],
    ],
)
def test_sizes_that_no_honest_child_sends_are_refused(sizes: list[list[float]]) -> None:
    limits = DecodeLimits(handed_pixels=20_000)
    with pytest.raises(ValueError, match="odd sizes"):
        checked_sizes({"format": "PNG", "frames": sizes}, 100, limits)
