"""Everything that the detector raises on purpose, split by what the caller does next."""


class DetectorError(Exception):
    """The root of the detector's errors. Its text is a sentence that a person understands."""
