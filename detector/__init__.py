"""The front door of the detector: bytes to pictures, pictures to matches.

Names are loaded on first use, so that the decoding process pays for no OpenCV. To add one: to __all__, to _NAMES, and
to the imports that only type checkers read; a test holds that the three agree. No name may also be a module's, or
whoever imports that module first puts it in the name's place.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.decoder_process import Decoder
    from detector.decoding import decode
    from detector.decoding_limits import ChildLimits, DecodeLimits
    from detector.errors import (
        BrokenPictureError,
        DecodeError,
        DecoderDiedError,
        DecoderFailedError,
        DecoderMemoryError,
        DecoderTimedOutError,
        DetectorError,
        NotAPictureError,
        PictureTooLargeError,
    )
    from detector.values import (
        RGB,
        Frame,
        Match,
        OperatingPoint,
        Outcome,
        Picture,
        Point,
        Reasons,
        Stage,
        Verdict,
        Word,
    )

__all__ = [
    "RGB",
    "BrokenPictureError",
    "ChildLimits",
    "DecodeError",
    "DecodeLimits",
    "Decoder",
    "DecoderDiedError",
    "DecoderFailedError",
    "DecoderMemoryError",
    "DecoderTimedOutError",
    "DetectorError",
    "Frame",
    "Match",
    "NotAPictureError",
    "OperatingPoint",
    "Outcome",
    "Picture",
    "PictureTooLargeError",
    "Point",
    "Reasons",
    "Stage",
    "Verdict",
    "Word",
    "decode",
]

_NAMES = {
    "decoding": ("decode",),
    "decoding_limits": ("ChildLimits", "DecodeLimits"),
    "decoder_process": ("Decoder",),
    "errors": (
        "BrokenPictureError",
        "DecodeError",
        "DecoderDiedError",
        "DecoderFailedError",
        "DecoderMemoryError",
        "DecoderTimedOutError",
        "DetectorError",
        "NotAPictureError",
        "PictureTooLargeError",
    ),
    "values": (
        "RGB",
        "Frame",
        "Match",
        "OperatingPoint",
        "Outcome",
        "Picture",
        "Point",
        "Reasons",
        "Stage",
        "Verdict",
        "Word",
    ),
}
"""Which module each name lives in."""

_HOME = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load the module in which a name lives, the first time the name is asked for."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
