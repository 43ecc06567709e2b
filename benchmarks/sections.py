"""What the benchmark's report says of accuracy, section by section."""

import numpy as np

from benchmarks.measures import Bin, interval, reliability
from benchmarks.peers_sift import SiftRansac
from benchmarks.pictures import MILD, SCENE_KINDS, Group
from benchmarks.results import OTHERS, UNRELATED, Results, answers
from benchmarks.tables import Row, Section, count, long_share, paragraph, per_10_000, plain_share, share
from benchmarks.trial import DEFAULT, OURS, Record
from detector.values import OperatingPoint

POINTS = tuple(str(point) for point in OperatingPoint)
EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1.0)
LINES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99)
HALVES = (("people", Group.STRANGER), ("scenes", Group.SCENE))
_MOST_MISSES = 60


def measured_on(results: Results) -> Section:
    """Say what was measured and on whom."""
    s = results.setup
    groups = {group: len(results.of(group)) for group in Group}
    rows = (
        ("portraits", s.portraits),
        ("scenes", f"{s.scenes}; every second one, {s.test_scenes}, is in the test, none of them in the calibration"),
        (
            "test people",
            f"{s.test_people}, none in development or calibration: {s.enrolled} enrolled, {s.strangers} not",
        ),
        ("gallery", f"{s.gallery} photos; {s.gallery_drawn} of them drawn by code"),
        ("reuse of an enrolled photo", f"{groups[Group.REUSE]} pictures, {s.per_kind} of each kind"),
        ("unrelated", f"{groups[Group.STRANGER]} of strangers, {groups[Group.SCENE]} of nobody"),
        (
            "other photographs of enrolled people",
            f"{groups[Group.OTHER_FRAME]} warped frames, {groups[Group.OTHER_POSE]} drawn poses",
        ),
        ("seed, machine, duration", f"{s.seed}; one thread of {s.machine}; {results.minutes:.0f} minutes"),
    )
    return Section("What was measured, and on whom", ("what", "how many"), rows, _how_pictures_are_made(results))


def _how_pictures_are_made(results: Results) -> tuple[str, ...]:
    s = results.setup
    mix = paragraph(
        "Unrelated pictures go round in 24 steps: a stranger's portrait in each of the 19 kinds of misuse, and five",
        f"times no portrait of ours at all ({', '.join(SCENE_KINDS)}).",
        f"Other photographs of enrolled people are treated mildly ({', '.join(MILD)}).",
    )
    path = paragraph(
        "Each picture is saved as a JPEG file and goes through the detector's own decoder. The peers see all pictures",
        "of reuse, all other photographs, and",
        f"the first {s.shared_unrelated:,} unrelated ones (the shared pictures).",
    )
    caution = paragraph(
        f"The unrelated pictures come from {s.strangers} strangers and {s.test_scenes} scenes, so they are not as",
        "independent as their number suggests; the intervals below take them to be, and are narrower than the truth.",
    )
    return mix, path, caution


def systems(results: Results) -> Section:
    """Compare the systems over all kinds."""
    sift = results.milliseconds(SiftRansac.name)["median"]
    rows = [
        (
            f"{system}, {point}" if system == OURS else system,
            share(results.recall_at_zero(system)),
            share(results.recall_at(system, point)),
            count(results.false_alarms(system, point, shared=True)),
            f"{(middle := results.milliseconds(system)['median']):.0f}",
            f"{middle / sift:.2f}" if sift else "-",
        )
        for system in results.systems()
        for point in (POINTS if system == OURS else (DEFAULT,))
    ]
    header = (
        "system",
        "recall at zero false alarms",
        "recall at its threshold",
        "false alarms",
        "median ms",
        "of SIFT's",
    )
    everything = results.recall_at_zero(OURS, shared=False)
    note = (
        "Over the shared pictures. At zero false alarms the threshold lies just above the highest score of any wrong "
        "answer: on an unrelated picture, or for another photo than the one reused. "
        f"Over all unrelated pictures {OURS}'s recall at zero false alarms is {long_share(everything)}."
    )
    return Section("Beside the peers", header, tuple(rows), (note,))


def recall_by_kind(results: Results) -> Section:
    """Give recall by kind of misuse, of every system."""
    peers = results.systems()[1:]
    header = ("kind", "pictures", "zero, all", *POINTS, "zero, shared", *(f"{peer}, zero" for peer in peers))
    rows = [
        (
            kind or "all",
            str(len(results.of(Group.REUSE, kind=kind))),
            plain_share(results.recall_at_zero(OURS, kind=kind, shared=False)),
            *(plain_share(results.recall_at(OURS, point, kind=kind)) for point in POINTS),
            *(plain_share(results.recall_at_zero(system, kind=kind)) for system in results.systems()),
        )
        for kind in [*results.kinds(), None]
    ]
    note = (
        f"The first four figures are {OURS}'s: at zero false alarms over all unrelated pictures, at its two operating "
        "points, and at zero false alarms over the shared pictures, as the peers' are."
    )
    return Section("Recall by kind", header, tuple(rows), (note,))


def false_alarms(results: Results) -> Section:
    """Give false alarms of ours in 10,000, with their intervals."""
    rows = []
    for point in POINTS:
        every = results.false_alarms(OURS, point)
        rows.append((point, "all", count(every), *per_10_000(every)))
        for name, group in HALVES:
            some = results.false_alarms(OURS, point, group)
            rows.append((point, name, count(some), *per_10_000(some)))
        wrong = results.wrong_photos(point)
        rows.append((point, "another photo than the one reused", count(wrong), *per_10_000(wrong)))
    header = ("operating point", "pictures of", "false alarms", "in 10,000", "95 % interval")
    unsure = interval(sum(a.unsure for a in answers(results.of(*UNRELATED), OURS)), len(results.of(*UNRELATED)))
    notes = (
        paragraph(
            "Intervals are Clopper and Pearson's; where nothing was counted the upper end is one-sided, near 3 in the",
            "number of pictures. Nothing finer than that upper end is claimed.",
        ),
        f"Shown as unsure: {count(unsure)} unrelated pictures.",
    )
    return Section("False alarms", header, tuple(rows), notes)


def scores_of_unrelated(results: Results) -> Section:
    """Say how many unrelated pictures score as high as a given score."""
    scores = np.array([a.wrong for a in answers(results.of(*UNRELATED), OURS)])
    rows = []
    for line in LINES:
        counted = interval(int((scores >= line).sum()), len(scores))
        rows.append((f"{line:.2f}", count(counted), *per_10_000(counted)))
    return Section(
        "How high unrelated pictures score", ("score", "this high", "in 10,000", "95 % interval"), tuple(rows)
    )


def other_photographs(results: Results) -> Section:
    """Say what other photographs of enrolled people scored; none may be reused."""
    rows = []
    for group in sorted(OTHERS):
        records = results.of(group)
        for system in results.systems():
            said = answers(records, system)
            reused = sum(bool(a.right_at or a.wrong_at) for a in said)
            score = max((max(a.right, a.wrong) for a in said), default=0.0)
            rows.append((group, system, str(len(said)), str(reused), f"{score:.2f}"))
    shown = sum(a.unsure for a in answers(results.of(*OTHERS), OURS))
    note = (
        f"Another photograph of an enrolled person must not be called reused. {OURS} shows {shown} of them as unsure."
    )
    header = ("group", "system", "pictures", "called reused", "highest score")
    return Section("Other photographs of enrolled people", header, tuple(rows), (note,))


def corners(results: Results) -> Section:
    """Give the overlap of found and true outline, by kind."""
    rows = []
    for kind in [*results.kinds(), None]:
        found = [a for a in answers(results.of(Group.REUSE, kind=kind), OURS) if a.iou is not None]
        ious = np.array([a.iou for a in found], float)
        if len(ious):
            low, middle = np.quantile(ious, [0.1, 0.5])
            error = float(np.median([a.corner_error or 0.0 for a in found]))
            row = (kind or "all", str(len(ious)), f"{middle:.3f}", f"{low:.3f}", f"{(ious >= 0.85).mean():.2f}")
            rows.append((*row, f"{100 * error:.1f} %"))
    header = ("kind", "found", "median IoU", "10th percentile", "0.85 or more", "corner error")
    note = paragraph(
        "IoU of the photo's outline with the true one, wherever the photo was proposed at all, parts outside the",
        "picture included. Corner error: how far corners lie from their own true ones, in shares of the diagonal,",
        "median.",
    )
    return Section("Corners", header, tuple(rows), (note,))


def reliable(results: Results) -> Section:
    """Compare what scores promise with what came of them."""
    rows = tuple(
        (f"{one.expected:.3f}", str(one.observed.total), share(one.observed)) for one in reliability_bins(results)
    )
    note = paragraph(
        "Right: the photo that is reused in the picture. Observed shares hold for this mix of pictures, which has far",
        "more reuse than any real source.",
    )
    return Section("Reliability of the score", ("mean score", "answers", "observed right"), rows, (note,))


def reliability_bins(results: Results) -> tuple[Bin, ...]:
    """Sort all answers of ours into bins by score, those on unrelated pictures included."""
    said = answers(results.of(Group.REUSE, *UNRELATED), OURS)
    right, wrong = [a.right for a in said if a.right > 0], [a.wrong for a in said if a.wrong > 0]
    return reliability(right + wrong, [True] * len(right) + [False] * len(wrong), EDGES)


def misses(results: Results) -> Section:
    """List the pictures of reuse that are not called reused at the report point."""
    point = POINTS[0]
    missed = results.missed(point)
    rows = tuple(_miss(record) for record in missed[:_MOST_MISSES])
    total = len(results.of(Group.REUSE))
    more = f" The first {_MOST_MISSES} are listed." if len(missed) > _MOST_MISSES else ""
    note = f"{len(missed)} of {total} pictures are not called reused at the {point} point.{more}"
    return Section("Misses", ("kind", "picture", "portrait px", "score", "best wrong", "size"), rows, (note,))


def _miss(record: Record) -> Row:
    answer = record.answers[OURS]
    size = f"{record.width} x {record.height}"
    scores = f"{answer.right:.3f}", f"{answer.wrong:.3f}"
    return (record.kind, record.name, f"{record.portrait_px or 0:.0f}", *scores, size)
