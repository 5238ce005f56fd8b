import csv
import gzip
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq
import pytest

from include.contracts import Column, Contract
from include.quality.staging import Part, Staged, stage


@pytest.fixture(scope="session")
def small() -> Contract:
    """One column for every rule of the contract language."""
    identity = {"meaning": "identity", "required": True, "severity": "critical"}
    return Contract(
        dataset="tecs_things",
        record="tecs_thing",
        agency="tecs",
        version="1.0",
        meaning="things",
        key=("thing_id",),
        updated_at="updated_at",
        quarantine_limit=0.05,
        quarantine_limit_why="one in twenty",
        columns=(
            Column(name="thing_id", source="ID", pattern=r"T\d{3}", **identity),
            Column(name="owner", source="OWNER", pattern=r"O\d", **identity),
            Column(
                name="name",
                source="NAME",
                meaning="name",
                max_length=8,
                blanks=("null", "N/A"),
                completeness=0.9,
                completeness_why="no name, no match",
            ),
            Column(name="kind", source="KIND", meaning="kind", required=True, allowed=("a", "b"), codes={"A": "a"}),
            Column(
                name="born_on",
                source="BORN",
                type="date",
                meaning="birth",
                formats=("%Y%m%d", "%m%d%y"),
                not_before="1900-01-01",
                not_after="updated_at",
            ),
            Column(name="count", source="COUNT", type="integer", meaning="count"),
            Column(name="postal_code", source="ZIP", meaning="postal code", pattern=r"\d{5}"),
            Column(
                name="updated_at",
                source="UPDATED",
                type="timestamp",
                formats=("%Y-%m-%dT%H:%M:%S%z",),
                not_before="2000-01-01",
                **identity,
            ),
        ),
    )


@pytest.fixture(scope="session")
def row(small: Contract) -> Callable[..., list[str]]:
    """A row of `small` without a fault, in the contract's order; keywords replace values."""
    good = {
        "thing_id": "T001",
        "owner": "O1",
        "name": "DOE, J",
        "kind": "a",
        "born_on": "19650131",
        "count": "7",
        "postal_code": "00501",
        "updated_at": "2014-05-01T12:00:00Z",
    }
    assert list(good) == small.names

    def make(**values: str) -> list[str]:
        assert set(values) <= set(good)
        return list({**good, **values}.values())

    return make


@pytest.fixture(scope="session")
def as_csv() -> Callable[..., bytes]:
    """Rows in the order of the contract as a CSV file."""

    def write(contract: Contract, rows: Sequence[Sequence[str]]) -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([[column.source for column in contract.columns], *rows])
        return text.getvalue().encode()

    return write


@pytest.fixture(scope="session")
def land(tmp_path_factory: pytest.TempPathFactory, as_csv: Callable[..., bytes]) -> Callable[..., Part]:
    """Land rows, or the bytes of a CSV file, as a part."""

    def write(
        contract: Contract, rows: Sequence[Sequence[str]] | bytes, *, attempt: int = 1, name: str = "part-0"
    ) -> Part:
        path = tmp_path_factory.mktemp("landed") / f"{name}.csv.gz"
        path.write_bytes(gzip.compress(rows if isinstance(rows, bytes) else as_csv(contract, rows)))
        return Part(attempt, name, path)

    return write


@dataclass(frozen=True)
class Result:
    staged: Staged
    accepted: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory, land: Callable[..., Part]) -> Callable[..., Result]:
    """Stage parts, or rows as the only part."""

    def run(contract: Contract, what: Sequence[Part] | Sequence[Sequence[str]], complete: Sequence[int] = ()) -> Result:
        parts = list(what) if all(isinstance(part, Part) for part in what) else [land(contract, what)]
        result = stage(contract, parts, tmp_path_factory.mktemp("staged"), complete)
        tables = [pq.read_table(path).to_pylist() for path in (result.accepted_path, result.quarantined_path)]
        return Result(result, *tables)

    return run
