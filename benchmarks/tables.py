"""The parts that the benchmark's report is made of, and how figures are written in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.enrolment import quantiles
from benchmarks.measures import Interval

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report. rows may be empty; notes are paragraphs below the table."""

    title: str
    header: Row
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def paragraph(*sentences: str) -> str:
    """Return sentences as one paragraph."""
    return " ".join(sentences)


def share(counted: Interval) -> str:
    """Return a share and its interval."""
    return f"{counted.share:.3f} ({counted.low:.3f} to {counted.high:.3f})"


def long_share(counted: Interval) -> str:
    """Return a share, what was counted, and its interval."""
    found = f"{counted.count} of {counted.total}"
    return f"{counted.share:.3f} ({found}, 95 % interval {counted.low:.3f} to {counted.high:.3f})"


def plain_share(counted: Interval) -> str:
    """Return a share, two digits."""
    return f"{counted.share:.2f}"


def count(counted: Interval) -> str:
    """Return what was counted, and of how many."""
    return f"{counted.count:,} of {counted.total:,}"


def per_10_000(counted: Interval) -> tuple[str, str]:
    """Return a rate in 10,000 and its interval; no rate is claimed where nothing was counted."""
    share, low, high = counted.per_10_000()
    return f"{share:.1f}" if counted.count else "none seen", f"{low:.1f} to {high:.1f}"


def times(values: Sequence[float]) -> Row:
    """Return median, mean and 95th percentile of some milliseconds."""
    found = quantiles(values)
    return f"{found['median']:.1f}", f"{found['mean']:.1f}", f"{found['p95']:.1f}"
