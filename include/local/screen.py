"""What a person sees at the end of a night: one screen."""

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from include.local.audit import AuditSummary
from include.local.night import NightSummary

MONTHS_SHOWN = 12  # that did not close; audit.json has all


def show(summary: NightSummary, console: Console) -> None:
    """Print the screen; colours only if the console is a terminal."""
    console.print(_heading(summary), _datasets(summary), _matches(summary), _times(summary), sep="\n")


def show_audit(summary: AuditSummary, console: Console) -> None:
    """Print the audit's screen."""
    console.print(_verdict(summary), _findings(summary), _audit_end(summary), sep="\n")


def _verdict(summary: AuditSummary) -> Text:
    text = Text("\n")
    if summary["agrees"]:
        text.append("the truth lies within the bounds, line by line", "bold green")
    else:
        lines = [str(line["line"]) for line in summary["headline"] if not line["agrees"]]
        text.append(f"the truth lies outside of the bounds of line {', '.join(lines)}", "bold red")
    return text.append(f"   scenario {summary['scenario']}, seed {summary['seed']}, {summary['months']} months")


def _findings(summary: AuditSummary) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("line", justify="right")
    table.add_column("question")
    for title in ("audit", "truth", "found", "bounds", "off by"):
        table.add_column(title, justify="right")
    for line in summary["headline"]:
        off = f"{line['value'] / line['truth'] - 1:+.1%}" if line["truth"] else "-"
        bounds = Text(f"{line['lower']:,} .. {line['upper']:,}", "green" if line["agrees"] else "red")
        counts = (line["audit"], f"{line['truth']:,}", f"{line['value']:,}", bounds, off)
        table.add_row(str(line["line"]), line["question"], *counts)
    return table


def _audit_end(summary: AuditSummary) -> Text:
    red = summary["months_not_closed"]
    text = Text(f"\n{summary['caveat']}\n")
    if red:
        text.append(
            f"\n{len(red)} months did not close; what they hold back is missing above, nothing was released:", "red"
        )
    for month in red[:MONTHS_SHOWN]:
        text.append(f"\n  {month['month']}  {'; '.join(month['reasons'])[:200]}", "red")
    seconds = summary["cpu_seconds"]
    shares = "   ".join(f"{name} {each:.0f}" for name, each in sorted(seconds.items(), key=lambda item: -item[1]))
    return text.append(
        f"\ntime      {summary['wall_seconds']:.0f} s in all, start {summary['start_seconds']:.0f} s, backfill "
        f"{summary['backfill_seconds']:.0f} s; memory at most {summary['peak_mib']:,} MiB\n"
        f"CPU s     {sum(seconds.values()):.0f} in the backfill: {shares}"
    )


def _heading(summary: NightSummary) -> Text:
    closed = summary["books_closed"]
    text = Text("\n")
    text.append("books closed" if closed else "RED: the books did not close", "bold green" if closed else "bold red")
    text.append(f"   data interval [{summary['interval_start'][:16]} .. {summary['interval_end'][:16]})")
    text.append(f"   run {summary['run_id']} ({summary['external_id']})")
    for reason in summary["reasons"]:
        text.append(f"\n  {reason}", "red")
    return text


def _datasets(summary: NightSummary) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("dataset")
    for title in ("received", "duplicate", "quarantined", "loaded", "attempts", "completeness", "gate"):
        table.add_column(title, justify="right")
    for row in summary["datasets"]:
        share = "-" if row["completeness"] is None else f"{row['completeness']:.1%}"
        counts = [f"{row[key]:,}" for key in ("received", "duplicate", "quarantined", "loaded")]
        attempts = f"{row['attempts']}" + (f" ({row['failed_attempts']} failed)" if row["failed_attempts"] else "")
        gate = row["decision"] or "missing"
        style = {"pass": "green", "warn": "yellow"}.get(gate, "red")
        table.add_row(row["name"], *counts, attempts, share, Text(gate, style))
    return table


def _matches(summary: NightSummary) -> Text:
    return Text(
        f"\n{summary['pairs']:,} pairs of record versions compared. This night touches {summary['leads']:,} leads and "
        f"{summary['review']:,} to review; the warehouse holds {summary['leads_in_warehouse']:,} leads and "
        f"{summary['review_in_warehouse']:,} to review.\n"
        "SIMULATED. A lead is a resemblance of records, not a finding about a person.",
    )


def _times(summary: NightSummary) -> Group:
    stages = "   ".join(f"{stage} {seconds:.1f} s" for stage, seconds in summary["stages"].items())
    history = f", history {summary['history_seconds']:.1f} s" if summary["history_seconds"] >= 1 else ""
    return Group(
        Text(f"\nstages    {stages}"),
        Text(
            f"time      {summary['wall_seconds']:.1f} s in all{history}; pipeline {summary['pipeline_seconds']:.1f} s, "
            f"Airflow {summary['airflow_overhead_seconds']:.1f} s (of which start {summary['start_seconds']:.1f} s)"
        ),
        Text(f"logs      {summary['log']}"),
    )
