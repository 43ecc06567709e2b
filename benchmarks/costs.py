"""What the benchmark's report says of time, size and memory."""

from benchmarks.peers_sift import SiftRansac
from benchmarks.pictures import Group
from benchmarks.results import UNRELATED, Results, answers
from benchmarks.tables import Row, Section, paragraph, times
from benchmarks.trial import OURS


def milliseconds(results: Results) -> Section:
    """Give the time of each stage, and of a whole picture beside the peers."""
    rows: list[Row] = [(f"stage {name}", str(len(values)), *times(values)) for name, values in results.stages().items()]
    for system in results.systems():
        for name, groups in (("all", ()), ("reuse", (Group.REUSE,)), ("unrelated", tuple(UNRELATED))):
            records = [r for r in results.shared() if not groups or r.group in groups]
            rows.append(
                (f"{system}, {name}", str(len(records)), *times([a.milliseconds for a in answers(records, system)]))
            )
    rows.append(
        ("enrolment of one photo", str(results.setup.gallery), *(f"{v:.0f}" for v in results.enrol_ms.values()))
    )
    sift = results.milliseconds(SiftRansac.name)["median"]
    ours = results.milliseconds(OURS)["median"]
    note = paragraph(
        f"From the file's bytes to the verdict, wording left out, over the {len(results.shared()):,} shared pictures,",
        "each system after the other on one thread.",
        f"{OURS}'s median is {ours / sift if sift else 0:.2f} of {SiftRansac.name}'s.",
        "Stages count the pictures that reach them.",
    )
    return Section("Time", ("what", "pictures", "median ms", "mean ms", "95th percentile"), tuple(rows), (note,))


def scaling(results: Results) -> Section:
    """Give size and search time by number of photos, and peak memory."""
    usual = next((size.milliseconds["median"] for size in results.sizes if size.photos == 500), 0.0)
    rows = tuple(
        (
            f"{size.photos:,}", f"{size.features:,}", f"{size.megabytes:.1f}",
            f"{1000 * size.megabytes / size.photos:.0f}",
            f"{size.milliseconds['median']:.0f}", f"{size.milliseconds['p95']:.0f}",
            f"{size.milliseconds['median'] / usual:.2f}" if usual else "-",
        )
        for size in results.sizes
    )  # fmt: skip
    memory = results.memory_mb
    made = paragraph(
        "Search without decoding. Beyond the test's own photos these are stored fingerprints of people of the other",
        "parts and of drawn ones, perturbed: bits of the codes flipped, cells changed, points moved.",
    )
    peak = paragraph(
        f"Peak memory of the searching process on 12-megapixel pictures at {results.setup.gallery} photos:",
        f"{memory.get('peak', 0):.0f} MB resident, {memory.get('started', 0):.0f} MB before the first of them.",
    )
    header = ("photos", "features", "MB", "kB a photo", "median ms", "95th percentile", "of 500's")
    return Section("Size and speed by number of photos", header, rows, (made, peak))
