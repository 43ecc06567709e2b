"""The child's side of `detector.Decoder`: a process of its own that decodes one picture after the other, within limits.

Request: 4 bytes big-endian length of a JSON header, the header, the picture's bytes.
Reply: the same, with the pixels of all frames after the header; or a header that names an error and nothing more.
"""

import json
import math
import os
import resource
import signal
import struct
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, BinaryIO

import pi_heif
from PIL import AvifImagePlugin, Image

from detector.decoding import decode
from detector.decoding_limits import ChildLimits, DecodeLimits
from detector.errors import DecodeError, DecoderMemoryError
from detector.values import Picture

LENGTH = struct.Struct(">I")
OPEN_FILES = 32
GRACE_SECONDS = 5
"""The child ends itself so long after the parent should have ended it: for when there is no parent any more."""

Decode = Callable[..., Picture]


def main(decode: Decode = decode) -> None:
    """Decode until stdin closes. The limits come as JSON in the first argument; tests hand in another `decode`."""
    limits = ChildLimits(**json.loads(sys.argv[1]))
    _limit_process(limits)
    _tame_libraries()
    requests, replies = _take_over_pipes()
    while header := requests.read(LENGTH.size):
        request = json.loads(requests.read(*LENGTH.unpack(header)))
        data = requests.read(request["bytes"])
        _limit_picture(limits)
        _answer(replies, decode, data, request)
        signal.alarm(0)


def _limit_process(limits: ChildLimits) -> None:
    """Give up memory over the limit, files, and core dumps, for good."""
    _lower(resource.RLIMIT_AS, limits.address_space_bytes)
    _lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, value: int) -> None:
    """Set soft and hard limit; a hard limit that is lower already stays."""
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _limit_picture(limits: ChildLimits) -> None:
    """Let the next picture have its processor time: the limit counts the process's whole life, so it moves along."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + limits.cpu_seconds, hard))
    signal.alarm(math.ceil(limits.wall_seconds) + GRACE_SECONDS)


def _tame_libraries() -> None:
    """Set what is global in the libraries; nobody else lives in this process. A thread costs address space."""
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = DecodeLimits().frame_pixels
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    pi_heif.options.DECODE_THREADS = 1


def _take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipes away from descriptors 0 and 1, so that no library's print gets among the replies."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return requests, replies


def _answer(replies: BinaryIO, decode: Decode, data: bytes, request: dict[str, Any]) -> None:
    """Decode one picture and send it, or why it cannot be had."""
    limits = DecodeLimits(**request["limits"])
    try:
        picture = decode(data, longest_side_px=request["longest_side_px"], limits=limits)
    except DecodeError as error:
        _send_header(replies, {"error": type(error).__name__, "args": error.args})
    except MemoryError:
        _send_header(replies, {"error": DecoderMemoryError.__name__, "args": ()})
    else:
        _send_picture(replies, picture)
    replies.flush()


def _send_picture(replies: BinaryIO, picture: Picture) -> None:
    """Send format, sizes and pixels."""
    sizes = [(*frame.pixels.shape[:2], frame.width, frame.height, frame.number) for frame in picture.frames]
    _send_header(replies, {"format": picture.format, "frames": sizes})
    replies.writelines(frame.pixels.data for frame in picture.frames)


def _send_header(pipe: BinaryIO, header: dict[str, Any]) -> None:
    """Write a header with its length before it."""
    text = json.dumps(header).encode()
    pipe.write(LENGTH.pack(len(text)) + text)


if __name__ == "__main__":
    main()
