"""What a person sees of matching at a terminal: progress, what was found, the evidence of a pair."""

from collections.abc import Iterable, Iterator

import pandas as pd
from rich.console import Console, Group
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from include.matching.fields import OF_NAMES
from include.matching.files.legible import WRITE
from include.matching.files.tables import File
from include.matching.link import Links
from include.matching.model import Model

talk = Console(stderr=True, highlight=False)
MANY = 10  # columns that are named on a line


def say(line: str) -> None:
    """A line on standard error, as it stands."""
    talk.print(line, markup=False, soft_wrap=True)


def told(side: str, file: File) -> None:
    """Say which columns of a file are used, and which are not."""
    named, others = ", ".join(file.unused[:MANY]), len(file.unused) - MANY
    unused = f"; not used: {named}{f' and {others} more' if others > 0 else ''}" if file.unused else ""
    say(f"{side} [{file.path.name}]: {', '.join(map(file.named, file.fields))}{unused}")
    if not {*OF_NAMES, "organisation"} & {*file.fields}:
        say(f"{side} [{file.path.name}]: no column is read as a name; a map says which one is: full_name: ...")
    if (order := file.order).is_family_first:
        say(
            f"{side} [{file.path.name}]: full_name is read with the surname first, as [{order.share:.1%}] of "
            f"[{order.told:,}] names show by their words; if it is not so, a map says it: order: given first"
        )


def told_values(*files: File) -> None:
    """Say how many dates of birth are read as they are not asked for, how many could not be read, and of which other
    fields few values could."""
    for file in files:
        for field, found in (file.legible or {}).items():
            if found.is_few:
                say(
                    f"[{file.path.name}]: of [{field}] [{found.read / found.given:.1%}] of the values can be read, the "
                    f"others count as missing; write {WRITE[field]}"
                )
        dates = file.dates
        for form, rows in (
            ("YYYYMMDD", dates.year_first),
            ("days of a month in words", dates.in_words),
            ("a year that is not certain", dates.about),
            ("DD/MM/YYYY" if file.day_month.is_day_first else "MM/DD/YYYY", dates.year_last),
        ):
            if rows:
                say(f"[{file.path.name}]: [{rows / dates.given:.1%}] of the dates of birth are read as {form}")
        if dates.unreadable:
            say(
                f"[{file.path.name}]: [{dates.unreadable / dates.given:.1%}] of the dates of birth cannot be read and "
                f"count as missing; write YYYY-MM-DD, YYYY-MM or YYYY"
            )


def watched(chunks: Iterable[pd.DataFrame], rows: int | None) -> Iterator[pd.DataFrame]:
    """The same chunks, with progress in rows; nothing is shown where standard error is no terminal."""
    columns = (SpinnerColumn(), TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=talk, transient=True, disable=not talk.is_terminal) as progress:
        task = progress.add_task("rows", total=rows)
        for chunk in chunks:
            yield chunk
            progress.advance(task, len(chunk))


def links_screen(links: Links, model: Model) -> Group:
    """One screen of counts."""
    rules = Table(box=None, pad_edge=False, header_style="bold")
    rules.add_column("key")
    # a pair may be found by several names, and in `dedupe` a row finds itself
    rules.add_column("hits", justify="right")
    for rule, pairs in links.keys.sort_values("pairs", ascending=False, kind="stable").itertuples(index=False):
        rules.add_row(rule, f"{pairs:,}")
    bands = links.pairs["band"].value_counts()
    found = ", ".join(f"{bands[band]:,} {word}" for band, word in _BANDS if band != "no" or bands[band])
    return Group(
        Text(f"{links.compared:,} pairs compared: {found}."),
        Text(f"model {model.version}: lead from {model.lead:g} bits, review from {model.review:g}"),
        rules,
        Text("A lead is a resemblance of records, not a finding about a person."),
    )


_BANDS = (("lead", "leads"), ("review", "to review"), ("no", "below"))


def evidence_screen(evidence: pd.DataFrame, model: Model, show_values: bool) -> Iterator[Table]:
    """A table for each pair: what was compared, with which result, and what it weighs; the sum at its foot.

    What neither row has is left out.
    """
    evidence = evidence[evidence["weight"].ne(0) | evidence[["left_value", "right_value"]].notna().any(axis=1)]
    for (left, right), rows in evidence.groupby(["left_id", "right_id"], sort=False):
        total = model.prior_weight + rows["weight"].sum()
        title = _cell(f"{left} and {right}")
        table = Table(title=title, title_justify="left", show_footer=True, box=None, pad_edge=False)
        table.add_column("comparison", "sum")
        if show_values:
            table.add_column(Text("left"))
            table.add_column(Text("right"))
        table.add_column("level", f"probability {1 / (1 + 2.0**-total):.1%}", overflow="fold")
        table.add_column("weight", f"{total:+.4f}", justify="right")
        table.add_row("prior", *(("", "") if show_values else ()), "", f"{model.prior_weight:+.4f}")
        for row in rows.itertuples():
            values = (_cell(row.left_value), _cell(row.right_value)) if show_values else ()
            table.add_row(str(row.comparison), *values, str(row.level), f"{row.weight:+.4f}")
        yield table


def _cell(value: object) -> Text:
    """A value as it stands: no markup, no control characters that a terminal would obey."""
    text = "" if pd.isna(value) else str(value)  # type: ignore[call-overload]  # any scalar will do
    return Text("".join(character if character.isprintable() else "?" for character in text))
