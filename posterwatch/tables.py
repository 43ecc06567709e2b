"""What a person sees on a terminal: the table of findings, the summary, the progress bars."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from detector import Match, OperatingPoint, Outcome, Verdict, Word
from posterwatch.enrolment import Enrolment
from posterwatch.looks import Look
from posterwatch.names import shown

WIDTH_WHEN_PIPED = 160
WORDS_SHOWN = 4
"""Of each kind; all are in the JSON."""

STYLES = {
    Outcome.MATCHED: "bold red",
    Outcome.UNSURE: "yellow",
    Outcome.NO_MATCH: "dim",
    Outcome.UNDECODABLE: "magenta",
    Verdict.REUSED: "bold red",
    Verdict.UNSURE: "yellow",
}


def out() -> Console:
    """Return the console for findings: as wide as the terminal, and wide enough when there is none."""
    return Console(width=None if sys.stdout.isatty() else WIDTH_WHEN_PIPED, highlight=False)


def progress_bar(*, quiet: bool) -> Progress:
    """Return a bar on stderr that shows only when a person sees it there, and leaves nothing behind."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True)


def table_of(looks: Iterable[Look], at: OperatingPoint) -> Table:
    """Lay out looks, a row for each match, or for a picture without one."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name, ratio in (("Picture", 5), ("Outcome", None), ("Photo", 3), ("How sure", None), ("Where", None)):
        table.add_column(name, ratio=ratio, overflow="fold")
    table.add_column("Why", ratio=9, overflow="fold")
    for look in looks:
        for row in _rows(look, at):
            table.add_row(*row)
    return table


def summary(looks: Sequence[Look], photos: int, at: OperatingPoint) -> Text:
    """Say in one line what came of all of it."""
    counts = Counter(look.outcome for look in looks)
    parts = [f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome]]
    what = f"{_many(len(looks), 'picture')} looked at for {_many(photos, 'published photo')}, at {at.value}"
    return Text(f"{what}: {', '.join(parts) or 'nothing to look at'}")


def drawings_line(looks: Sequence[Look], folder: Path) -> Text:
    """Say where the annotated pictures are."""
    return Text(f"{_many(sum(look.drawings for look in looks), 'annotated picture')} in {shown(folder)}")


def enrolment_line(enrolment: Enrolment, folder: Path) -> Text:
    """Say in one line what an index holds and what has changed."""
    counts = [(enrolment.added, "added"), (enrolment.changed, "changed"), (enrolment.removed, "removed")]
    counts.append((len(enrolment.unusable), "not usable"))
    changes = ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing new"
    return Text(f"{_many(enrolment.photos, 'published photo')} in {shown(folder)}: {changes}")


def _rows(look: Look, at: OperatingPoint) -> Iterator[tuple[Text | Group, ...]]:
    outcome = Text(look.outcome.value, STYLES[look.outcome])
    picture = Text(shown(look.picture))
    if not look.matches:
        blank = Text()
        yield picture, outcome, blank, blank, blank, Text(shown(look.error or ""), "dim")
    for number, match in enumerate(look.matches):
        words = _wording(look.words) if number == 0 else ()
        why = Group(*(Text(sentence) for sentence in match.reasons.sentences), *words)
        start = (picture, outcome) if number == 0 else (Text(), Text())
        yield *start, Text(shown(match.photo)), _sureness(match, at), _place(match), why


def _sureness(match: Match, at: OperatingPoint) -> Text:
    verdict = match.verdicts[at]
    return Text(f"{verdict.value} {match.score:.3f}", STYLES[verdict])


def _place(match: Match) -> Text:
    """Say where a region lies by the box around it, which stage found it, and what is odd about it."""
    xs, ys = [x for x, _ in match.corners], [y for _, y in match.corners]
    box = f"{round(min(xs))}, {round(min(ys))} to {round(max(xs))}, {round(max(ys))}"
    notes = [match.stage.value] + ["mirrored"] * match.mirrored
    notes += [f"frame {match.frame + 1}"] if match.frame else []
    return Text(f"{box}\n{', '.join(notes)}")


def _wording(words: Sequence[Word]) -> Iterator[Text]:
    """Say which kinds of words stand in a picture, and how they read."""
    kinds: dict[str, dict[str, None]] = {}
    for word in words:
        kinds.setdefault(word.kind, {})[shown(word.text).upper()] = None
    if kinds:
        lists = (f"{kind}: {', '.join(list(texts)[:WORDS_SHOWN])}" for kind, texts in kinds.items())
        yield Text(f"Words of {'; of '.join(lists)}", "italic")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
