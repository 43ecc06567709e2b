"""Names come from strangers: how they are shown on a terminal, and how names of our own files are made of them."""

import os
import re
from pathlib import Path

LONGEST_PART = 40
NOT_PLAIN = re.compile(r"[^A-Za-z0-9_-]+")


def shown(name: str | os.PathLike[str]) -> str:
    """Return a name that is safe to print: control characters and bytes that are no text become escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in str(name))


def plain(text: str) -> str:
    """Reduce a text to at most 40 letters, digits, "_" and "-", so that it is a part of a file name anywhere."""
    return NOT_PLAIN.sub("_", text).strip("_")[:LONGEST_PART] or "_"


def drawing_name(picture: Path, sha256: str, number: int, photo: str) -> str:
    """Name the annotated picture of one match.

    The picture's SHA-256 and the number of the match in it make the name unique; the rest is for people.
    """
    return f"{plain(picture.stem)}-{sha256[:16]}-{number}-{plain(photo)}.jpg"
