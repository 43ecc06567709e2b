"""Everything that one run of the benchmark found, and the questions that its report asks of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.enrolment import quantiles
from benchmarks.measures import Interval, interval, recall_over, threshold_over
from benchmarks.pictures import Group
from benchmarks.scaling import Size
from benchmarks.trial import OURS, Answer, Record

UNRELATED = frozenset({Group.STRANGER, Group.SCENE})
OTHERS = frozenset({Group.OTHER_FRAME, Group.OTHER_POSE})


@dataclass(frozen=True, slots=True)
class Setup:
    """On whom and what a run was done: counts, the seed, and where portraits and scenes came from, in words."""

    portraits: str
    scenes: str
    enrolled: int
    strangers: int
    test_people: int
    test_scenes: int
    gallery: int
    gallery_drawn: int
    per_kind: int
    unrelated: int
    shared_unrelated: int
    seed: int
    machine: str


@dataclass(frozen=True, slots=True)
class Results:
    """One run. records: every picture; those that the peers saw too have their answers. thresholds: the peers' own."""

    setup: Setup
    records: Sequence[Record]
    thresholds: Mapping[str, float]
    enrol_ms: Mapping[str, float]
    sizes: Sequence[Size]
    memory_mb: Mapping[str, float]
    minutes: float

    def systems(self) -> list[str]:
        """Return the names of all systems, ours first."""
        return [OURS, *self.thresholds]

    def kinds(self) -> list[str]:
        """Return the kinds of reuse, in order."""
        return list(dict.fromkeys(r.kind for r in self.of(Group.REUSE)))

    def of(self, *groups: Group, kind: str | None = None) -> list[Record]:
        """Return the records of some groups, perhaps of one kind only."""
        return [r for r in self.records if r.group in groups and (kind is None or r.kind == kind)]

    def shared(self) -> list[Record]:
        """Return the records that every system answered."""
        return [r for r in self.records if len(r.answers) == len(self.thresholds) + 1]

    def zero_line(self, system: str, *, shared: bool) -> float:
        """Return the highest score of a wrong answer: on unrelated pictures, or for a wrong photo where one is reused.

        shared: only over the pictures that every system saw, so that systems can be compared.
        """
        records = self.shared() if shared else self.records
        counted = (r for r in records if r.group in UNRELATED or r.group is Group.REUSE)
        return threshold_over([r.answers[system].wrong for r in counted if system in r.answers])

    def recall_at_zero(self, system: str, *, kind: str | None = None, shared: bool = True) -> Interval:
        """Return the recall with the threshold just above every wrong answer."""
        line = self.zero_line(system, shared=shared)
        return recall_over([a.right for a in answers(self.of(Group.REUSE, kind=kind), system)], line)

    def recall_at(self, system: str, point: str, *, kind: str | None = None) -> Interval:
        """Return the recall of "reused" at one operating point."""
        found = [point in a.right_at for a in answers(self.of(Group.REUSE, kind=kind), system)]
        return interval(sum(found), len(found))

    def false_alarms(self, system: str, point: str, *groups: Group, shared: bool = False) -> Interval:
        """Return how many unrelated pictures (or those of some groups) a system calls reused at one operating point."""
        wanted = groups or tuple(UNRELATED)
        records = [r for r in (self.shared() if shared else self.records) if r.group in wanted]
        said = [point in a.wrong_at or point in a.right_at for a in answers(records, system)]
        return interval(sum(said), len(said))

    def wrong_photos(self, point: str) -> Interval:
        """Return how many pictures of reuse name another photo than the one reused, at one operating point of ours."""
        said = [point in a.wrong_at for a in answers(self.of(Group.REUSE), OURS)]
        return interval(sum(said), len(said))

    def milliseconds(self, system: str, *groups: Group) -> dict[str, float]:
        """Return the quantiles of the time a picture takes, over the pictures that every system saw."""
        records = [r for r in self.shared() if not groups or r.group in groups]
        return quantiles([a.milliseconds for a in answers(records, system)])

    def stages(self) -> dict[str, list[float]]:
        """Return the milliseconds of each stage of ours, of the pictures that reach it, by stage."""
        found: dict[str, list[float]] = {}
        for answer in answers(self.shared(), OURS):
            for stage, milliseconds in answer.stages.items():
                found.setdefault(stage, []).append(milliseconds)
        return found

    def missed(self, point: str) -> list[Record]:
        """Return the pictures of reuse that ours does not call reused at an operating point, kind by kind."""
        missed = [r for r in self.of(Group.REUSE) if point not in r.answers[OURS].right_at]
        order = Counter(r.kind for r in missed)
        return sorted(missed, key=lambda r: (-order[r.kind], r.kind, r.name))


def answers(records: Iterable[Record], system: str) -> list[Answer]:
    """Return a system's answers to those of the records that it saw."""
    return [r.answers[system] for r in records if system in r.answers]
