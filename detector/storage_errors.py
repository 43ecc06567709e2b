"""What can go wrong with an index folder, split by what the caller does next."""

from collections.abc import Collection

from detector.errors import DetectorError

_NAMED = 3


class IndexFolderError(DetectorError):
    """The root of an index folder's errors."""


class MissingIndexError(IndexFolderError):
    """There is no index in this folder. Create one, or name another folder."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"there is no index in {self.folder}: build one with posterwatch index PHOTOS --index {self.folder}"


class BrokenIndexError(IndexFolderError):
    """A file of the index is damaged or gone. Only rebuilding helps. detail: what is wrong, in a few words."""

    def __init__(self, file: str, detail: str) -> None:
        super().__init__(file, detail)
        self.file, self.detail = file, detail

    def __str__(self) -> str:
        return f"the index file {self.file} cannot be used ({self.detail}): delete the index folder and build it again"


class OtherVersionError(IndexFolderError):
    """Another version of the detector, or other fixed data, made the index: rebuild it. what: what differs."""

    def __init__(self, folder: str, what: str) -> None:
        super().__init__(folder, what)
        self.folder, self.what = folder, what

    def __str__(self) -> str:
        return f"the index in {self.folder} was made with another {self.what}: delete the folder and build it again"


class IndexBusyError(IndexFolderError):
    """Another process is still changing the index. Worth another try. seconds: how long we waited."""

    def __init__(self, folder: str, seconds: float) -> None:
        super().__init__(folder, seconds)
        self.folder, self.seconds = folder, seconds

    def __str__(self) -> str:
        return f"the index in {self.folder} is being changed; waited {self.seconds:g} seconds: try again later"


class UnknownPhotoError(IndexFolderError):
    """Photos to be removed are not in the index; nothing was changed. photos: their ids, sorted."""

    def __init__(self, photos: Collection[str]) -> None:
        super().__init__(photos)
        self.photos = tuple(sorted(photos))

    def __str__(self) -> str:
        more = len(self.photos) - _NAMED
        named = ", ".join(ascii(photo) for photo in self.photos[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        return f"not in the index, so not to be removed from it: {named}; check the ids"
