"""Everything that the detector raises on purpose, split by what the caller does next."""

DETAIL_CHARACTERS = 160


class DetectorError(Exception):
    """The root of the detector's errors. Its text is a sentence that a person understands."""


class DecodeError(DetectorError):
    """A picture could not be shown: its outcome is `undecodable`, never `no match`."""


class NotAPictureError(DecodeError):
    """The bytes are in no format that we read. Looking again does not help."""

    def __str__(self) -> str:
        return "this is no picture that we can read: JPEG, PNG, WebP, GIF, AVIF, HEIC, BMP, TIFF or PDF"


class BrokenPictureError(DecodeError):
    """The format is one that we read, the content is damaged or cut off. A second, whole copy may help.

    detail: what the decoding library said; kept to one short line of printable ASCII, for it may quote the file.
    """

    def __init__(self, detail: str) -> None:
        self.detail = "".join(c for c in detail if " " <= c <= "~")[:DETAIL_CHARACTERS]
        super().__init__(self.detail)

    def __str__(self) -> str:
        return f"the picture is damaged or cut off ({self.detail or 'no more is known'})"


class PictureTooLargeError(DecodeError):
    """The picture goes past a limit of ours. got and limit: counted in `unit`, such as pixels or bytes."""

    def __init__(self, got: int, limit: int, unit: str) -> None:
        super().__init__(got, limit, unit)
        self.got, self.limit, self.unit = got, limit, unit

    def __str__(self) -> str:
        return f"the picture is too large: {self.got:,} {self.unit}, and at most {self.limit:,} are read"


class DecoderMemoryError(DecodeError):
    """Decoding asked for more memory than a decoder is given."""

    def __str__(self) -> str:
        return "the picture needs more memory than we give to one picture"


class DecoderFailedError(DecodeError):
    """The decoding process failed with this picture, not the picture's own words. Another try may go better."""


class DecoderDiedError(DecoderFailedError):
    """The process ended, or spoke nonsense, in the middle of the picture. reason: how, in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the process that reads pictures failed at this one: {self.reason}"


class DecoderTimedOutError(DecoderFailedError):
    """The picture took too long. seconds: the limit it went past. clock: "wall" or "processor"."""

    def __init__(self, seconds: float, clock: str) -> None:
        super().__init__(seconds, clock)
        self.seconds, self.clock = seconds, clock

    def __str__(self) -> str:
        return f"reading the picture took longer than {self.seconds:g} seconds of {self.clock} time"
