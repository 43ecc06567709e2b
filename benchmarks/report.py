"""The benchmark's report: tables for the terminal and, between two markers, for docs/benchmarks.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

from benchmarks import costs, sections
from benchmarks.results import Results
from benchmarks.tables import Section

BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
_TITLE = "# Benchmarks\n\nThe figures below are written by `make bench`.\n"


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot beside a section: its file, relative to the page, and what it shows."""

    section: str
    file: str
    shows: str


def print_report(results: Results, console: Console) -> None:
    """Print every table, its note below it."""
    for section in all_sections(results):
        if section.rows:
            table = RichTable(*section.header, title=section.title)
            for row in section.rows:
                table.add_row(*row)
            console.print(table)
        for paragraph in section.notes:
            console.print(paragraph.replace("**", ""), highlight=False, markup=False)
        console.print()


def write_report(results: Results, page: Path, plots: Sequence[Plot]) -> None:
    """Write the generated part of a page; whatever else the page says stays as it is."""
    body = "\n\n".join(_markdown(section, plots) for section in all_sections(results))
    generated = f"{BEGIN}\n\n{body}\n\n{END}"
    before, after = _around(page)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(before + generated + after, encoding="utf-8")


def all_sections(results: Results) -> list[Section]:
    """Return every section, in reading order."""
    return [
        sections.measured_on(results),
        sections.systems(results),
        sections.recall_by_kind(results),
        sections.false_alarms(results),
        sections.scores_of_unrelated(results),
        sections.other_photographs(results),
        sections.corners(results),
        sections.reliable(results),
        costs.milliseconds(results),
        costs.scaling(results),
        sections.misses(results),
    ]


def _around(page: Path) -> tuple[str, str]:
    """Return what stands before and after the generated part of a page."""
    text = page.read_text(encoding="utf-8") if page.exists() else _TITLE
    if BEGIN in text and END in text:
        return text[: text.index(BEGIN)], text[text.index(END) + len(END) :]
    return text.rstrip() + "\n\n", "\n"


def _markdown(section: Section, plots: Sequence[Plot]) -> str:
    """Return a section as Markdown: heading, table, notes, plots."""
    parts = [f"## {section.title}"]
    if section.rows:
        lines = [section.header, tuple("---" for _ in section.header), *section.rows]
        parts.append("\n".join("| " + " | ".join(line) + " |" for line in lines))
    parts += section.notes
    parts += [f"![{plot.shows}]({plot.file})" for plot in plots if plot.section == section.title]
    return "\n\n".join(parts)
