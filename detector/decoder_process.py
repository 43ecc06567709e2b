"""The parent's side of decoding in a limited process. Strangers' pictures are decoded nowhere else.

The child is a fresh interpreter (a fork would inherit the parent's address space; multiprocessing starts nothing inside
a Celery worker). It is believed nothing: every size it names is checked before memory is set aside for it.
"""

import hashlib
import json
import os
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from fcntl import F_SETPIPE_SZ, fcntl
from pathlib import Path
from select import POLLIN, POLLOUT, poll
from signal import SIGXCPU, Signals
from time import monotonic
from typing import Any, Self

import numpy as np

from detector import errors
from detector.decoding_limits import FORMATS, LONGEST_SIDE_PX, ChildLimits, DecodeLimits
from detector.values import Frame, Picture

LENGTH = struct.Struct(">I")
HEADER_BYTES = 16_384
PIPE_BYTES = 2**20
"""The most that an unprivileged process may ask for; fewer, larger reads."""

PROGRAM = ("-m", "detector.decoder_child")
ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "OPENBLAS_NUM_THREADS": "1",  # a thread costs address space, as does a malloc arena
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),  # keep freed memory, and ask for it in huge pages: a 12 megapixel JPEG
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),  # then takes 56 ms, not 154, most of which were page faults
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
"""All that the child sees of our environment."""

MAY_SAY: dict[str, type[errors.DecodeError]] = {
    kind.__name__: kind
    for kind in (
        errors.NotAPictureError,
        errors.BrokenPictureError,
        errors.PictureTooLargeError,
        errors.DecoderMemoryError,
    )
}


class Decoder:
    """Decodes pictures in a child process, reused between pictures and replaced when it dies; safe between threads.

    A context manager: the child starts on entry and is ended on exit. program: what its interpreter runs (for tests).
    """

    def __init__(
        self,
        limits: DecodeLimits | None = None,
        child_limits: ChildLimits | None = None,
        program: tuple[str, ...] = PROGRAM,
    ) -> None:
        self.limits = limits or DecodeLimits()
        self.child_limits = child_limits or ChildLimits()
        self._program = program
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        with self._lock:
            self._ready_child()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child. A later `decode` starts another."""
        with self._lock:
            self._discard()

    def decode(self, data: bytes, *, longest_side_px: int = LONGEST_SIDE_PX) -> Picture:
        """Do what `detector.decode` does, within this decoder's limits.

        Raises its errors; DecoderDiedError and DecoderTimedOutError besides.
        """
        if len(data) > self.limits.file_bytes:
            raise errors.PictureTooLargeError(len(data), self.limits.file_bytes, "bytes")
        with self._lock:
            format_name, frames = self._ask_and_ask_again(data, min(longest_side_px, LONGEST_SIDE_PX))
        return Picture(hashlib.sha256(data).hexdigest(), format_name, frames)

    def _ask_and_ask_again(self, data: bytes, longest_side_px: int) -> tuple[str, tuple[Frame, ...]]:
        """Ask the child; when a used child runs out of memory, ask a fresh one, whose memory is not in pieces yet."""
        child = self._ready_child()
        fresh = child.pictures == 0
        try:
            return self._ask(child, data, longest_side_px)
        except errors.DecoderMemoryError:
            if fresh:
                raise
        return self._ask(self._ready_child(), data, longest_side_px)

    def _ask(self, child: "_Child", data: bytes, longest_side_px: int) -> tuple[str, tuple[Frame, ...]]:
        """Have one picture decoded; a child that failed, or ran out of memory, is not used again."""
        try:
            return child.ask(data, longest_side_px, self.limits)
        except BaseException as error:
            harmless = isinstance(error, errors.DecodeError)
            if not harmless or isinstance(error, errors.DecoderFailedError | errors.DecoderMemoryError):
                self._discard()
            raise

    def _ready_child(self) -> "_Child":
        """Give a living child: the one there is, or a new one."""
        if self._child and not self._child.usable():
            self._discard()
        self._child = self._child or _Child(self._program, self.child_limits)
        return self._child

    def _discard(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child:
            child.end()


class _Child:
    """One process and its two pipes, with a deadline for each picture."""

    def __init__(self, program: tuple[str, ...], limits: ChildLimits) -> None:
        self.pictures = 0
        self._limits = limits
        self._owner = os.getpid()
        self._deadline = 0.0
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-B", *program, json.dumps(asdict(limits))],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=ENVIRONMENT,
            start_new_session=True,  # Ctrl-C in a terminal is for the parent to act on
        )
        self._requests, self._replies = (pipe.fileno() for pipe in (self._process.stdin, self._process.stdout) if pipe)
        for descriptor in (self._requests, self._replies):
            os.set_blocking(descriptor, False)
            with suppress(OSError):  # the machine's administrator may allow less
                fcntl(descriptor, F_SETPIPE_SZ, PIPE_BYTES)

    def usable(self) -> bool:
        """Say whether it lives, has pictures left, and is ours: after a fork the parent's child is not."""
        return self._owner == os.getpid() and self.pictures < self._limits.pictures and self._process.poll() is None

    def end(self) -> None:
        """Kill it and take it off the process table; a fork's copy only lets go of the pipes."""
        if self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def ask(self, data: bytes, longest_side_px: int, limits: DecodeLimits) -> tuple[str, tuple[Frame, ...]]:
        """Send one picture, and read and check the reply: format and frames. Raises DecodeError."""
        self.pictures += 1
        self._deadline = monotonic() + self._limits.wall_seconds
        request = {"bytes": len(data), "longest_side_px": longest_side_px, "limits": asdict(limits)}
        header = json.dumps(request).encode()
        try:
            self._send(LENGTH.pack(len(header)) + header)
            self._send(data)
            return self._reply(longest_side_px, limits)
        except (OSError, EOFError) as error:
            raise self._cause_of_death() from error
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise errors.DecoderDiedError("it answered nonsense") from error

    def _reply(self, longest_side_px: int, limits: DecodeLimits) -> tuple[str, tuple[Frame, ...]]:
        """Read a reply. Raises the error that the child names; ValueError and the like when it speaks nonsense."""
        (length,) = LENGTH.unpack(self._receive(LENGTH.size))
        if length > HEADER_BYTES:
            raise ValueError("header too long")
        header = json.loads(bytes(self._receive(length)))
        if "error" in header:
            raise _named_error(header)
        sizes = checked_sizes(header, longest_side_px, limits)
        return header["format"], tuple(self._frame(*size) for size in sizes)

    def _frame(self, rows: int, columns: int, width: int, height: int, number: int) -> Frame:
        """Read the pixels of one frame into memory of their own."""
        pixels = np.empty((rows, columns, 3), np.uint8)
        self._receive_into(pixels.data.cast("B"))
        pixels.flags.writeable = False
        return Frame(number, pixels, width, height)

    def _send(self, data: bytes) -> None:
        """Write all, before the deadline. Raises BrokenPipeError when the child is gone."""
        left = memoryview(data)
        while left:
            self._wait_for(self._requests, POLLOUT)
            with suppress(BlockingIOError):
                left = left[os.write(self._requests, left) :]

    def _receive(self, count: int) -> bytearray:
        """Read exactly so many bytes, before the deadline. Raises EOFError when the child is gone."""
        data = bytearray(count)
        self._receive_into(memoryview(data))
        return data

    def _receive_into(self, left: memoryview) -> None:
        """Fill the view from the pipe."""
        while left:
            self._wait_for(self._replies, POLLIN)
            with suppress(BlockingIOError):
                count = os.readv(self._replies, [left])
                if not count:
                    raise EOFError
                left = left[count:]

    def _wait_for(self, descriptor: int, event: int) -> None:
        """Sleep until the pipe is ready. Raises DecoderTimedOutError at the deadline."""
        poller = poll()
        poller.register(descriptor, event)
        if not poller.poll(max(0.0, self._deadline - monotonic()) * 1000):
            raise errors.DecoderTimedOutError(self._limits.wall_seconds, "wall")

    def _cause_of_death(self) -> errors.DecoderFailedError:
        """Say how the process ended; one that only closed its pipes is ended."""
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return errors.DecoderDiedError("it stopped answering")
        if code == -SIGXCPU:
            return errors.DecoderTimedOutError(self._limits.cpu_seconds, "processor")
        return errors.DecoderDiedError(f"ended by {Signals(-code).name}" if code < 0 else f"ended with code {code}")


def _named_error(header: dict[str, Any]) -> errors.DecodeError:
    """Rebuild the error that a reply names; only plain texts and numbers of sane length pass."""
    kind, args = MAY_SAY[header["error"]], header["args"]
    if not all(isinstance(value, int) or (isinstance(value, str) and len(value) <= HEADER_BYTES) for value in args):
        raise ValueError("odd error")
    return kind(*args)


def checked_sizes(
    header: dict[str, Any], longest_side_px: int, limits: DecodeLimits
) -> list[tuple[int, int, int, int, int]]:
    """Check the sizes in a reply: (rows, columns, true width, true height, number) for each frame.

    Raises ValueError for whatever an honest child never says, before any memory is set aside.
    """
    sizes = [tuple(size) for size in header["frames"]]
    sound = header["format"] in FORMATS and 1 <= len(sizes) <= limits.frames
    sound = sound and all(_sound(size, longest_side_px, limits) for size in sizes)
    sound = sound and sum(size[0] * size[1] for size in sizes) <= limits.handed_pixels
    if not sound or [size[4] for size in sizes] != sorted({size[4] for size in sizes}):
        raise ValueError("odd sizes")
    return sizes


def _sound(size: tuple[Any, ...], longest_side_px: int, limits: DecodeLimits) -> bool:
    """Say whether one frame's five numbers are whole, and within the limits."""
    if len(size) != 5 or any(type(value) is not int for value in size):
        return False
    rows, columns, width, height, number = (int(value) for value in size)
    handed = 1 <= rows <= longest_side_px and 1 <= columns <= longest_side_px
    true = columns <= width and rows <= height and width * height <= limits.frame_pixels
    return handed and true and 0 <= number < limits.walked_frames
