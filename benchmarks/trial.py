"""One system, one picture, one answer: what the benchmark records, and the progress it shows meanwhile."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from benchmarks.measures import corner_error, quad_iou
from benchmarks.peers import Peer
from benchmarks.pictures import Group, Sample
from detector.cascade import Stopwatch, find
from detector.decoding import decode
from detector.index import Index
from detector.values import Match, Picture, Verdict

T = TypeVar("T")
OURS = "Posterwatch"
DEFAULT = "default"
"""The one operating point that a peer has: its default threshold."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system said of one picture, sorted into right and wrong.

    right, wrong: the best score of the photo that the sample names, and of any other; 0 for none. right_at, wrong_at:
    the operating points at which they count as reused. unsure: some photo is shown as unsure at the report point.
    iou, corner_error: of the right photo's corners; None where there are none. stages: milliseconds of each step.
    """

    right: float
    wrong: float
    right_at: tuple[str, ...]
    wrong_at: tuple[str, ...]
    unsure: bool
    milliseconds: float
    iou: float | None = None
    corner_error: float | None = None
    stages: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One test picture and all answers to it. width, height, portrait_px: its size and the portrait's width in it."""

    name: str
    group: Group
    kind: str
    photo: str | None
    width: int
    height: int
    portrait_px: float | None
    answers: Mapping[str, Answer]


def record(sample: Sample, index: Index, peers: Iterable[Peer] = ()) -> Record:
    """Show a picture to the detector and to each peer."""
    ours, picture = ours_on(sample, index)
    answers = {OURS: ours} | {peer.name: peer_on(sample, peer) for peer in peers}
    frame = picture.frames[0]
    return Record(
        sample.name, sample.group, sample.kind, sample.photo, frame.width, frame.height, _portrait_px(sample), answers
    )


def ours_on(sample: Sample, index: Index) -> tuple[Answer, Picture]:
    """Return the detector's answer to a picture, timed from its bytes to the verdict, and the decoded picture."""
    watch = Stopwatch()
    start = time.perf_counter()
    picture = decode(sample.data)
    decoded = time.perf_counter()
    matches = find(picture, index, stopwatch=watch)
    stop = time.perf_counter()
    stages = {"decode": 1000 * (decoded - start)} | watch.milliseconds
    return _sorted_out(sample, matches, 1000 * (stop - start), stages), picture


def peer_on(sample: Sample, peer: Peer) -> Answer:
    """Return a peer's answer to a picture, timed from its bytes."""
    start = time.perf_counter()
    photo, score = peer.look(decode(sample.data).frames[0].pixels)
    milliseconds = 1000 * (time.perf_counter() - start)
    right = sample.photo is not None and photo == sample.photo
    said: tuple[str, ...] = (DEFAULT,) if photo is not None and score >= peer.threshold else ()
    if right:
        return Answer(score, 0.0, said, (), False, milliseconds)
    return Answer(0.0, score, (), said, False, milliseconds)


def ticked(things: Iterable[T], total: int, label: str, *, every_seconds: float = 5.0) -> Iterator[T]:
    """Pass things through, and say on stderr now and then how many are done and how long the rest will take."""
    start = said = time.monotonic()
    for done, thing in enumerate(things, 1):
        yield thing
        now = time.monotonic()
        if now - said >= every_seconds or done == total:
            left = (now - start) / done * (total - done)
            print(f"{label}: {done} of {total}, {left / 60:.1f} min left", file=sys.stderr, flush=True)
            said = now


def _sorted_out(sample: Sample, matches: tuple[Match, ...], milliseconds: float, stages: Mapping[str, float]) -> Answer:
    """Sort matches into the right photo's and all others'."""
    right = [match for match in matches if match.photo == sample.photo]
    wrong = [match for match in matches if match.photo != sample.photo]
    iou = error = None
    if right and sample.corners is not None:
        iou, error = quad_iou(right[0].corners, sample.corners), corner_error(right[0].corners, sample.corners)
    return Answer(
        right=max((match.score for match in right), default=0.0),
        wrong=max((match.score for match in wrong), default=0.0),
        right_at=_reused_at(right),
        wrong_at=_reused_at(wrong),
        unsure=any(Verdict.UNSURE in match.verdicts.values() for match in matches),
        milliseconds=milliseconds,
        iou=iou,
        corner_error=error,
        stages=stages,
    )


def _reused_at(matches: Iterable[Match]) -> tuple[str, ...]:
    """Return the operating points at which any of the matches is reused."""
    return tuple(sorted({str(p) for match in matches for p, said in match.verdicts.items() if said is Verdict.REUSED}))


def _portrait_px(sample: Sample) -> float | None:
    """Return how wide the portrait is in a picture, pixels, along its upper edge."""
    return None if sample.corners is None else float(np.linalg.norm(sample.corners[1] - sample.corners[0]))
