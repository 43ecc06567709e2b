"""Writes the annotated pictures of what was found."""

import io
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from detector import RGB, DecodeError, Decoder, Index, Match, OperatingPoint, Picture, annotate
from posterwatch.errors import CannotWriteError
from posterwatch.files import read_up_to
from posterwatch.ledger import Ledger, read_ledger
from posterwatch.names import drawing_name

QUALITY = 88
PHOTO_SIDE_PX = 1024


@dataclass(frozen=True, slots=True)
class Drawings:
    """Draws into a folder. photos_index: the index's folder, whose ledger knows the photos' files."""

    folder: Path
    photos_index: Path
    index: Index
    decoder: Decoder
    at: OperatingPoint

    def draw(self, path: Path, picture: Picture, matches: tuple[Match, ...]) -> int:
        """Write one annotated picture for each match in a picture; return how many. Raises CannotWriteError."""
        frames = {frame.number: frame for frame in picture.frames}
        for number, match in enumerate(matches, 1):
            others = [other for other in matches if other is not match and other.frame == match.frame]
            page = annotate(frames[match.frame], match, self._photo(match.photo), others=others, at=self.at)
            self._save(page, drawing_name(path, picture.sha256, number, match.photo))
        return len(matches)

    def _photo(self, photo: str) -> RGB:
        """Return the published photo, (h, w, 3), from its file or, when that has changed or gone, our grey copy."""
        path, digest = self._ledger.path_of(photo), self.index.digests()[photo]
        if path is not None:
            with suppress(OSError, DecodeError):
                data, sha256, _ = read_up_to(path, self.decoder.limits.file_bytes)
                if data is not None and sha256 == digest:
                    return self.decoder.decode(data, longest_side_px=PHOTO_SIDE_PX).frames[0].pixels
        segment, row = self.index.located(self.index.photos.index(photo))
        return np.asarray(cv2.cvtColor(segment.patch(row), cv2.COLOR_GRAY2RGB), np.uint8)

    @property
    def _ledger(self) -> Ledger:
        return read_ledger(self.photos_index) or Ledger()

    def _save(self, page: RGB, name: str) -> None:
        """Write a JPEG at one stroke: two processes may draw one picture that lies in two places."""
        file = io.BytesIO()
        Image.fromarray(page).save(file, "JPEG", quality=QUALITY)
        new = self.folder / f".{name}.{os.getpid()}"
        try:
            new.write_bytes(file.getvalue())
            new.replace(self.folder / name)
        except OSError as error:
            raise CannotWriteError(self.folder, "--annotate", error.strerror or str(error)) from error
