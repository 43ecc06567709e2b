"""Measure everything and write it down: `python -m benchmarks.run`. One thread; let nothing else run meanwhile.

Prints tables, writes docs/benchmarks.md with its plots, and everything it counted to bench-output/results.json.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from rich.console import Console

from benchmarks import memory, plots, scaling
from benchmarks.data import PORTRAITS, SCENES, load_portraits, load_scenes
from benchmarks.enrolment import enrolled, quantiles
from benchmarks.misuse import KINDS
from benchmarks.peers import PDQ8, CropResistant, Peer, WholePHash, use_one_thread
from benchmarks.peers_sift import SiftRansac
from benchmarks.pictures import SEED, Cast, Sample, cast, gallery, other_frames, reuses, unrelated
from benchmarks.report import print_report, write_report
from benchmarks.results import Results, Setup
from benchmarks.trial import Record, record, ticked
from detector.fingerprints import Fingerprint
from detector.index import Index
from detector.values import RGB

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: pictures of each sort, photos enrolled, index sizes; timed: pictures a size is timed on."""

    per_kind: int
    unrelated: int
    shared: int
    others: int
    gallery: int
    sizes: tuple[int, ...]
    timed: int
    large: int


FULL = Plan(10, 3_000, 288, 90, 500, scaling.SIZES, 38, 6)
QUICK = Plan(1, 48, 24, 9, 100, (100, 500, 1_000), 6, 2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark. Returns the exit code."""
    asked = _parser().parse_args(arguments)
    use_one_thread()
    plan = _plan(asked)
    results = measure(load_portraits(asked.portraits), load_scenes(asked.scenes), plan, asked)
    print_report(results, Console(width=None if sys.stdout.isatty() else 160))
    page = asked.page or ROOT / ("bench-output/benchmarks.md" if asked.quick else "docs/benchmarks.md")
    write_report(results, page, plots.draw_all(results, page.parent / "images"))
    _store(results, ROOT / "bench-output" / "results.json")
    print(f"Written to {page}", file=sys.stderr)
    return 0


def measure(portraits: Mapping[str, RGB], scenes: Mapping[str, RGB], plan: Plan, asked: argparse.Namespace) -> Results:
    """Enrol, measure memory, size and speed, then show every picture to ours and the shared ones to the peers."""
    start = time.monotonic()
    people = cast(portraits, scenes)
    photos = gallery(people, max(plan.gallery, len(people.enrolled) + len(people.sitters)))
    prints, enrol_ms = enrolled(photos)
    memory_mb = memory.measured(prints, _large(people, plan))
    sizes = _sizes(people, plan, prints)
    peers = _enrolled_peers(photos)
    records = list(_shown(people, plan, Index.of(prints), peers))
    return Results(
        setup=_setup(people, plan, photos, asked),
        records=records,
        thresholds={peer.name: peer.threshold for peer in peers},
        enrol_ms=quantiles(enrol_ms),
        sizes=sizes,
        memory_mb=memory_mb,
        minutes=(time.monotonic() - start) / 60,
    )


def _sizes(people: Cast, plan: Plan, prints: Mapping[str, Fingerprint]) -> list[scaling.Size]:
    """Time growing indexes: the people in the pictures, and more and more made of all others' fingerprints."""
    own = {photo: prints[photo] for photo in (*people.enrolled, *people.sitters)}
    base = {photo: one for photo, one in prints.items() if photo not in own}
    return list(scaling.measured(own, base, list(_timed(people, plan)), plan.sizes))


def _enrolled_peers(photos: Mapping[str, RGB]) -> list[Peer]:
    peers: list[Peer] = [SiftRansac(), WholePHash(), PDQ8(), CropResistant()]
    for peer in peers:
        print(f"enrolling for {peer.name}", file=sys.stderr, flush=True)
        peer.enrol(photos)
    return peers


def _shown(people: Cast, plan: Plan, index: Index, peers: Sequence[Peer]) -> Iterator[Record]:
    """Show all pictures; the peers see those of reuse, other frames, and the first unrelated ones."""
    total = plan.per_kind * len(KINDS)
    for sample in ticked(reuses(people, plan.per_kind), total, "pictures of reuse"):
        yield record(sample, index, peers)
    for sample in ticked(other_frames(people, plan.others), plan.others, "other photographs"):
        yield record(sample, index, peers)
    strangers = unrelated(people, plan.unrelated)
    shared = min(plan.shared, plan.unrelated)
    for sample in ticked(islice(strangers, shared), shared, "unrelated, shared"):
        yield record(sample, index, peers)
    for sample in ticked(strangers, plan.unrelated - shared, "unrelated"):
        yield record(sample, index)


def _timed(people: Cast, plan: Plan) -> Iterator[Sample]:
    """Make the pictures that index sizes are timed on: half reuse, half unrelated, of all kinds; not those before."""
    yield from islice(reuses(people, 2, SEED + 1), plan.timed // 2)
    yield from islice(unrelated(people, plan.timed, SEED + 1), plan.timed - plan.timed // 2)


def _large(people: Cast, plan: Plan) -> Iterator[Sample]:
    """Make the pictures that peak memory is measured on: photographed posters."""
    every = (sample for sample in reuses(people, 4, SEED + 2) if sample.kind.startswith("photographed"))
    return islice(every, plan.large)


def _setup(people: Cast, plan: Plan, photos: Mapping[str, RGB], asked: argparse.Namespace) -> Setup:
    drawn = asked.portraits is None or not asked.portraits.is_dir()
    return Setup(
        portraits=_origin(asked.portraits, "portraits"),
        scenes=_origin(asked.scenes, "scenes"),
        enrolled=len(people.enrolled),
        strangers=len(people.strangers),
        test_people=len(people.enrolled) + len(people.strangers),
        test_scenes=len(people.scenes),
        gallery=len(photos),
        gallery_drawn=len(photos) if drawn else len(photos.keys() - people.enrolled.keys() - people.others.keys()),
        per_kind=plan.per_kind,
        unrelated=plan.unrelated,
        shared_unrelated=min(plan.shared, plan.unrelated),
        seed=SEED,
        machine=_processor(),
    )


def _origin(folder: Path | None, what: str) -> str:
    """Say where portraits or scenes came from, without a path of this machine."""
    if folder is None or not folder.is_dir():
        return f"{what} drawn by code"
    return f"{len(list(folder.glob('*.jpg')))} {what} of the folder `{folder.name}`"


def _processor() -> str:
    """Name the processor, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "an unknown processor"
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "an unknown processor"
    )


def _store(results: Results, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(results), indent=1), encoding="utf-8")


def _plan(asked: argparse.Namespace) -> Plan:
    """Return the plan asked for, its numbers replaced where others are given."""
    usual = QUICK if asked.quick else FULL
    changed = {"per_kind": asked.per_kind, "unrelated": asked.unrelated}
    return Plan(**{**asdict(usual), **{name: value for name, value in changed.items() if value is not None}})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--unrelated", type=int, help="unrelated pictures (3,000)")
    parser.add_argument("--per-kind", type=int, help="pictures of reuse of each kind (10)")
    parser.add_argument("--portraits", type=Path, default=PORTRAITS, help="folder of portraits; drawn ones if missing")
    parser.add_argument("--scenes", type=Path, default=SCENES, help="folder of scenes; drawn ones if missing")
    parser.add_argument("--page", type=Path, help="page to write (docs/benchmarks.md; with --quick in bench-output)")
    parser.add_argument("--quick", action="store_true", help="two minutes: few pictures, a small gallery")
    return parser


if __name__ == "__main__":
    sys.exit(main())
