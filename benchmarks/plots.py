"""The benchmark's plots, as PNG files under docs/images."""

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.pictures import Group
from benchmarks.report import Plot
from benchmarks.results import OTHERS, UNRELATED, Results, answers
from benchmarks.sections import reliability_bins
from benchmarks.trial import OURS

COLOURS = ("#1f4e79", "#c55a11", "#7f7f7f", "#bf9000", "#548235")
_DPI = 110

Draw = Callable[[Axes, Results], None]


def draw_all(results: Results, folder: Path) -> list[Plot]:
    """Draw every plot into a folder beside the page; return them for the page."""
    folder.mkdir(parents=True, exist_ok=True)
    plots = []
    for name, (section, shows, size, draw) in PLOTS.items():
        figure, axes = plt.subplots(figsize=size, layout="constrained")
        draw(axes, results)
        _save(figure, folder / f"{name}.png")
        plots.append(Plot(section, f"{folder.name}/{name}.png", shows))
    return plots


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})
    plt.close(figure)


def recall_by_kind(axes: Axes, results: Results) -> None:
    """Draw a bar for each kind and system: recall at zero false alarms over the shared pictures."""
    kinds, names = results.kinds(), results.systems()
    places, high = np.arange(len(kinds)), 0.8 / len(names)
    for number, system in enumerate(names):
        values = [results.recall_at_zero(system, kind=kind).share for kind in kinds]
        axes.barh(
            places + (number - (len(names) - 1) / 2) * high, values, high, label=system, color=COLOURS[number % 5]
        )
    axes.set_yticks(places, kinds)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.01)
    axes.set_xlabel("recall at zero false alarms, shared pictures")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)


def scores(axes: Axes, results: Results) -> None:
    """Draw how scores are spread: of reused photos, of unrelated pictures, of other photographs."""
    edges = [step / 40 for step in range(41)]
    groups = (
        ("reused photo", [a.right for a in answers(results.of(Group.REUSE), OURS)]),
        ("unrelated picture", [a.wrong for a in answers(results.of(*UNRELATED), OURS)]),
        ("another photograph", [max(a.right, a.wrong) for a in answers(results.of(*OTHERS), OURS)]),
    )
    for number, (name, values) in enumerate(groups):
        axes.hist(
            values, edges, histtype="step", linewidth=1.8, label=f"{name} ({len(values):,})", color=COLOURS[number]
        )
    axes.set_yscale("log")
    axes.set_xlabel("best score (0: nothing shown)")
    axes.set_ylabel("pictures")
    axes.legend(frameon=False)


def reliable(axes: Axes, results: Results) -> None:
    """Draw observed shares over mean scores, with intervals."""
    bins = reliability_bins(results)
    expected = [one.expected for one in bins]
    observed = np.array([one.observed.share for one in bins])
    low, high = (np.array([getattr(one.observed, end) for one in bins]) for end in ("low", "high"))
    axes.plot([0, 1], [0, 1], color=COLOURS[2], linewidth=1, linestyle="--")
    spread = np.maximum([observed - low, high - observed], 0)
    axes.errorbar(expected, observed, yerr=spread, fmt="o", color=COLOURS[0], capsize=3)
    axes.set_xlabel("mean score")
    axes.set_ylabel("share that was right")


def scaling(axes: Axes, results: Results) -> None:
    """Draw search time over the number of photos."""
    photos = [size.photos for size in results.sizes]
    for key, name, colour in (("median", "median", COLOURS[0]), ("p95", "95th percentile", COLOURS[1])):
        axes.plot(photos, [size.milliseconds[key] for size in results.sizes], marker="o", label=name, color=colour)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("photos in the index")
    axes.set_ylabel("ms a search")
    axes.legend(frameon=False)


PLOTS: dict[str, tuple[str, str, tuple[float, float], Draw]] = {
    "recall-by-kind": (
        "Recall by kind",
        "Recall by kind at zero false alarms, beside the peers",
        (9, 9),
        recall_by_kind,
    ),
    "scores": ("How high unrelated pictures score", "How scores are spread", (8, 4.2), scores),
    "reliability": ("Reliability of the score", "Observed shares over mean scores", (5.2, 5), reliable),
    "scaling": ("Size and speed by number of photos", "Search time by number of photos", (7, 4), scaling),
}
"""By file name: the section it belongs to, what it shows, width and height in inches, and what draws it."""
