"""What the shell raises on purpose. Each text is a sentence that says what to do."""

from collections.abc import Sequence
from pathlib import Path

from posterwatch.names import shown

SHOWN = 3
"""So many examples are named; the rest are counted."""


class PosterwatchError(Exception):
    """The root of the shell's errors."""


class UsageError(PosterwatchError):
    """The command cannot be done as it was given; another command line, or another folder, can help."""


class NoSuchPathError(UsageError):
    """A path names nothing that could be looked at. wanted: what was looked for, such as "file or folder"."""

    def __init__(self, path: Path, wanted: str) -> None:
        super().__init__(path, wanted)
        self.path, self.wanted = path, wanted

    def __str__(self) -> str:
        return f"there is no {self.wanted} {shown(self.path)}: check the path"


class NowhereToLookError(UsageError):
    """Neither photos nor an index were given."""

    def __str__(self) -> str:
        return "name the published photos with --photos, or an index made from them with --index"


class NoPhotosError(UsageError):
    """A folder of published photos holds none that can be used. tried: how many files were."""

    def __init__(self, folder: Path, tried: int) -> None:
        super().__init__(folder, tried)
        self.folder, self.tried = folder, tried

    def __str__(self) -> str:
        found = f"none of its {self.tried} files can be used" if self.tried else "it holds no files"
        return f"there are no published photos in {shown(self.folder)}: {found}"


class SameStemError(UsageError):
    """Two photos would have one id. pairs: the files, two by two."""

    def __init__(self, pairs: Sequence[tuple[Path, Path]]) -> None:
        super().__init__(pairs)
        self.pairs = tuple(pairs)

    def __str__(self) -> str:
        named = ", ".join(f"{shown(one)} and {shown(other)}" for one, other in self.pairs[:SHOWN])
        more = f", and {len(self.pairs) - SHOWN} more pairs" if len(self.pairs) > SHOWN else ""
        return f"a photo's id is its file name without the ending, and two have the same: {named}{more}; rename one"


class NotOurIndexError(UsageError):
    """A folder would be overwritten that is something else than an index made from a folder of photos."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(folder, reason)
        self.folder, self.reason = folder, reason

    def __str__(self) -> str:
        return f"{shown(self.folder)} {self.reason}: name an empty or a new folder with --index"


class CannotWriteError(UsageError):
    """A folder that we must write to does not let us. option: the one that names another folder."""

    def __init__(self, folder: Path, option: str, reason: str) -> None:
        super().__init__(folder, option, reason)
        self.folder, self.option, self.reason = folder, option, reason

    def __str__(self) -> str:
        return f"cannot write to {shown(self.folder)} ({self.reason}): name another folder with {self.option}"


class DetectorFailedError(PosterwatchError):
    """The detector itself failed at one picture: a defect of ours, which must neither end the rest nor go unseen."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(cause)
        self.cause = cause

    def __str__(self) -> str:
        return f"the detector failed at this picture ({type(self.cause).__name__}: {self.cause}); please report it"
