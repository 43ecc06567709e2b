"""The front door of the detector: bytes to pictures, pictures to matches.

Names are loaded on first use, so that the decoding process pays for no OpenCV. To add one: to __all__, to _NAMES, and
to the imports that only type checkers read; a test holds that the three agree. No name may also be a module's, or
whoever imports that module first puts it in the name's place.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detector.annotation import annotate
    from detector.cascade import find
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
    from detector.fingerprints import Fingerprint, fingerprint
    from detector.index import Index
    from detector.manifest import MANIFEST
    from detector.ocr import OcrUnavailableError
    from detector.reader import Reader
    from detector.storage import IndexFolder
    from detector.storage_errors import (
        BrokenIndexError,
        IndexBusyError,
        IndexFolderError,
        MissingIndexError,
        OtherVersionError,
        UnknownPhotoError,
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
    from detector.vocabulary import Vocabulary, VocabularyError, load_vocabulary
    from detector.words import words_in

__all__ = [
    "MANIFEST",
    "RGB",
    "BrokenIndexError",
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
    "Fingerprint",
    "Frame",
    "Index",
    "IndexBusyError",
    "IndexFolder",
    "IndexFolderError",
    "Match",
    "MissingIndexError",
    "NotAPictureError",
    "OcrUnavailableError",
    "OperatingPoint",
    "OtherVersionError",
    "Outcome",
    "Picture",
    "PictureTooLargeError",
    "Point",
    "Reader",
    "Reasons",
    "Stage",
    "UnknownPhotoError",
    "Verdict",
    "Vocabulary",
    "VocabularyError",
    "Word",
    "annotate",
    "decode",
    "find",
    "fingerprint",
    "load_vocabulary",
    "words_in",
]

_NAMES = {
    "annotation": ("annotate",),
    "cascade": ("find",),
    "decoder_process": ("Decoder",),
    "decoding": ("decode",),
    "decoding_limits": ("ChildLimits", "DecodeLimits"),
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
    "fingerprints": ("Fingerprint", "fingerprint"),
    "index": ("Index",),
    "manifest": ("MANIFEST",),
    "ocr": ("OcrUnavailableError",),
    "reader": ("Reader",),
    "storage": ("IndexFolder",),
    "storage_errors": (
        "BrokenIndexError",
        "IndexBusyError",
        "IndexFolderError",
        "MissingIndexError",
        "OtherVersionError",
        "UnknownPhotoError",
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
    "vocabulary": ("Vocabulary", "VocabularyError", "load_vocabulary"),
    "words": ("words_in",),
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
