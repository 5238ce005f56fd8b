"""What an agency holds, by the world's own files: what a pipeline that loses nothing would hold of it.

Read without any code of the pipeline, so that the two can be compared.
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import ascii_uppercase, digits
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from include.contracts.model import Column, ColumnType, Contract, Severity, load_contract
from include.interval import Interval
from include.simulator.source import UPDATED

Held = dict[tuple[Any, ...], dict[str, Any]]  # version key -> value by column


def recoverable(world: Path, dataset: str, period: Interval | None = None) -> Held:
    """Every version that was updated in the period (half-open) and recorded without a value that costs its row."""
    contract = load_contract(dataset)
    table = pq.read_table(world / "source" / f"{dataset}.parquet")
    if period:
        times = table[UPDATED]
        table = table.filter(pc.and_(pc.greater_equal(times, period.start), pc.less(times, period.end)))
    found: Held = {}
    for row in table.to_pylist():
        values = {column.name: meant(column, row[column.source], row[UPDATED]) for column in contract.columns}
        values |= {column.name: _implied(column, values) for column in contract.columns}
        if not any(_costs_the_row(column, values[column.name], row[column.source]) for column in contract.columns):
            found[tuple(values[name] for name in contract.version_key)] = values
    return found


def differences(contract: Contract, found: Held, truth: Held) -> dict[str, int]:
    """How many values are not as they are meant, by column; `missing` and `surplus`: versions. Counts only."""
    wrong = {"missing": len(truth.keys() - found.keys()), "surplus": len(found.keys() - truth.keys())}
    for name in contract.names:
        wrong[name] = sum(found[key][name] != truth[key][name] for key in truth.keys() & found.keys())
    return {name: count for name, count in wrong.items() if count}


def meant(column: Column, text: str | None, updated: datetime) -> Any:
    """A value as its clerk meant it; None for a blank and for what nobody can read."""
    words = " ".join((text or "").split())
    if not words or words.casefold() in {blank.casefold() for blank in column.blanks}:
        return None
    if column.type is ColumnType.STRING:
        return column.codes.get(words, words)
    if column.type is ColumnType.INTEGER:
        return int(words) if words.lstrip("+-").isdigit() else None
    if column.type is ColumnType.TIMESTAMP:
        return datetime.fromisoformat(words.replace("Z", "+00:00")).astimezone(UTC)
    return _day(column, words, updated.date())


def _implied(column: Column, values: dict[str, Any]) -> Any:
    """The value, or what must stand in its place: of what another column or the pattern leaves, there is only one."""
    value = values[column.name]
    if column.implied and value and value not in column.allowed:
        by = values[column.implied.by]
        return next((meant for meant, said in column.implied.values.items() if by in said), value)
    if column.pattern and value and len(re.findall("[?\ufffd]", value)) == 1:
        each = [re.sub("[?\ufffd]", mark, value) for mark in ascii_uppercase + digits]
        fitting = [text for text in each if re.fullmatch(column.pattern, text)]
        return fitting[0] if len(fitting) == 1 else value
    return value


def _day(column: Column, words: str, updated: date) -> date | None:
    for form in column.formats:
        if form == "%Y%m%d" and not re.fullmatch(r"\d{8}", words):  # strptime takes 010165 for June of the year 101
            continue
        try:
            day = datetime.strptime(words, form).date()
        except ValueError:
            continue
        if "%y" not in form:
            return day
        day = day.replace(year=2000 + day.year % 100)
        return day if day <= updated else day.replace(year=day.year - 100)
    return None


def _costs_the_row(column: Column, value: Any, text: str | None) -> bool:
    if column.severity is not Severity.CRITICAL:
        return False
    if value is None:
        return column.required or bool(text and text.strip())
    if column.pattern and not re.fullmatch(column.pattern, str(value)):
        return True
    return bool(column.allowed) and value not in column.allowed
