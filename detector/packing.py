"""Packing: which photos share a segment file, so that a search looks into few files and a change rewrites little.

What is added joins the small files, in one file. Once that holds DELTA_PHOTOS it is left alone; once MOST_MIDDLING such
files have come together they become one. Files at least half full never grow, so that removing one photo stays quick.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from detector.fingerprints import Fingerprint
from detector.manifest import Entry
from detector.segment import Segment
from detector.segment_rows import fingerprints

DELTA_PHOTOS = 256
MOST_MIDDLING = 8
FULL_PHOTOS = 8_192
"""Some 400 MB; docs/adr/0003 has the time that rewriting takes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of the files. kept: left as they are. groups: each becomes one file; additions go to the first."""

    kept: list[Entry]
    groups: list[list[Entry]]


def planned(left: Mapping[Entry, int], *, adding: bool) -> Plan:
    """Return what to do with the files. left: how many photos of each stay. adding: whether photos are to be added."""
    small = [entry for entry, photos in left.items() if photos < DELTA_PHOTOS]
    middling = [entry for entry, photos in left.items() if DELTA_PHOTOS <= photos < FULL_PHOTOS // 2]
    joined = small + middling if len(middling) >= MOST_MIDDLING else small
    others = [entry for entry in left if entry not in joined]
    kept = [entry for entry in others if left[entry] == entry.photos]
    if not adding and len(joined) == 1 and left[joined[0]] == joined[0].photos:
        kept, joined = kept + joined, []
    return Plan(kept, [joined, *([entry] for entry in others if left[entry] < entry.photos)])


def remaining(segments: Sequence[Segment], gone: Collection[str]) -> Iterator[tuple[str, Fingerprint]]:
    """Give the photos of the segments, with their fingerprints, but for those that are gone."""
    for segment in segments:
        for photo, fingerprint in fingerprints(segment):
            if photo not in gone:
                yield photo, fingerprint


def parted(photos: Mapping[str, Fingerprint]) -> list[dict[str, Fingerprint]]:
    """Part photos into the fewest files, even and none too full, by id whatever their order. No photos, no file."""
    ids = sorted(photos)
    parts = -(-len(ids) // FULL_PHOTOS)
    bounds = [len(ids) * part // parts for part in range(parts + 1)] if parts else [0]
    return [{photo: photos[photo] for photo in ids[start:stop]} for start, stop in pairwise(bounds)]
