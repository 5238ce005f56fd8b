"""Every fault of a delivered file on a real export: what comes out, what is said of it, and that the account closes."""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.contracts import load_contract
from include.interval import Interval
from include.quality.errors import StagingError
from include.quality.staging import Part, Staged, stage
from include.simulator import scenario, world
from include.simulator.gateways.damage import Asked, Damage, FileFault, Planned, choose
from include.simulator.gateways.exports import export
from include.simulator.source import Source

SEPTEMBER = Interval(datetime(2014, 9, 1, tzinfo=UTC), datetime(2014, 10, 1, tzinfo=UTC))
DATASETS = ("tecs_investigations", "tecs_subjects", "uscis_petitioners", "uscis_t_applications")
OURS = {"content_hash", "breaches", "repairs", "source_attempt", "source_part", "source_row"}

# The label that each fault leaves behind, without the column; faults of content leave none here.
SAID = {
    FileFault.COLUMNS_RENAMED: {"file:missing_column", "file:unknown_column"},
    FileFault.COLUMNS_REORDERED: {"file:reordered_columns"},
    FileFault.COLUMNS_DROPPED: {"file:missing_column"},
    FileFault.COLUMN_TWICE: {"file:same_column_twice"},
    FileFault.COLUMNS_SHIFTED: {"row:stray_comma"},
    FileFault.EXTRA_FIELDS: {"row:surplus_field"},
    FileFault.NUL_BYTES: {"row:nul_padding"},
    FileFault.HEADER_REPEATED: {"row:repeated_header"},
    FileFault.CP1252: {"row:cp1252"},
    FileFault.DOUBLE_ENCODED: {"row:double_encoded"},
    FileFault.PREAMBLE: {"file:preamble"},
    FileFault.UTF16: {"file:utf16"},
    FileFault.BOM: {"file:bom"},
}
ADDS_ROWS = {FileFault.OUT_OF_PERIOD, FileFault.OTHER_PROGRAM, FileFault.ALIASES_AS_ROWS}
BLANKS = {FileFault.COLUMN_BLANK, FileFault.FIELD_BLANK, FileFault.COLUMNS_RENAMED, FileFault.COLUMNS_DROPPED}
RECODES = {FileFault.CP1252, FileFault.DOUBLE_ENCODED}

Record = dict[str, Any]


@dataclass
class Outcome:
    staged: Staged
    applied: dict[FileFault, int]
    written: int  # rows that the gateway put into the file
    accepted: dict[tuple[Any, ...], Record]  # by version


Try = Callable[..., Outcome]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chosen = scenario.load("clean")
    folder = tmp_path_factory.mktemp("worlds") / "clean"
    world.generate(chosen, chosen.seed, folder)
    return folder


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as running:
        yield running


@pytest.fixture(scope="module")
def staged_with(clean: Path, pool: Executor) -> Try:
    """Export a dataset with faults, and stage it."""

    def run(dataset: str, *faults: Planned) -> Outcome:
        contract, source = load_contract(dataset), Source(clean / "source" / f"{dataset}.parquet")
        asked = Asked(contract, SEPTEMBER, source, source.count(SEPTEMBER))
        with tempfile.TemporaryDirectory() as folder:
            made = export(asked, Path(folder), pool, Damage(faults))
            parts = [Part(1, part.name, part.path, part.rows) for part in made.parts]
            staged = stage(contract, parts, Path(folder) / "staged")
            rows = pq.read_table(staged.accepted_path).to_pylist()
        accepted = {
            tuple(row[name] for name in contract.version_key): {k: v for k, v in row.items() if k not in OURS}
            for row in rows
        }
        return Outcome(staged, made.applied, sum(part.rows for part in made.parts), accepted)

    return run


@pytest.fixture(scope="module")
def right(staged_with: Try) -> dict[str, Outcome]:
    """The exports without a fault."""
    return {dataset: staged_with(dataset) for dataset in DATASETS}


def labels(outcome: Outcome) -> set[str]:
    return {label.partition(" ")[0] for label in outcome.staged.repairs}


def as_word_processors_write(row: Record) -> Record:
    """Their apostrophes are not ASCII."""
    return {name: value.replace("'", "\u2019") if isinstance(value, str) else value for name, value in row.items()}


def in_cp1252(row: Record) -> Record:
    """What is left of a row in CP1252."""
    return {
        name: value.encode("cp1252", "replace").decode("cp1252") if isinstance(value, str) else value
        for name, value in as_word_processors_write(row).items()
    }


def takes_what_every_row_needs(dataset: str, planned: Planned) -> bool:
    needed = {column.source for column in load_contract(dataset).columns if column.required}
    return planned.fault in (FileFault.COLUMNS_DROPPED, FileFault.COLUMNS_RENAMED) and bool(needed & {*planned.columns})


@pytest.mark.parametrize("luck", [0.13, 0.71])
@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("fault", FileFault)
def test_a_fault_of_the_file(
    staged_with: Try, right: dict[str, Outcome], *, fault: FileFault, dataset: str, luck: float
) -> None:
    planned = choose(fault, load_contract(dataset), luck)
    if planned is None:  # it does not go with the dataset
        return
    before = right[dataset]
    if takes_what_every_row_needs(dataset, planned):
        with pytest.raises(StagingError, match=rf"header missing \[{planned.columns[0]}\]"):
            staged_with(dataset, planned)
        return
    after = staged_with(dataset, planned)
    was_hit = fault in after.applied
    account = after.staged
    assert account.received + account.set_apart == after.written + after.applied.get(FileFault.HEADER_REPEATED, 0)
    assert labels(after) <= SAID.get(fault, set())
    if was_hit and fault is not FileFault.COLUMNS_SHIFTED:
        assert labels(after) == SAID.get(fault, set())

    if fault in ADDS_ROWS:
        assert after.accepted.items() >= before.accepted.items()
    elif fault is FileFault.COLUMNS_SHIFTED:  # put right, or refused; never read wrong
        assert after.accepted.items() <= before.accepted.items()
        assert account.quarantined + account.repairs.get("row:stray_comma", 0) == after.applied[fault]
    elif fault in BLANKS:
        hit = [column.name for column in load_contract(dataset).columns if column.source in planned.columns]
        for version, row in after.accepted.items():
            assert row in (before.accepted[version], before.accepted[version] | dict.fromkeys(hit))
    elif fault is FileFault.CP1252 and was_hit:
        assert after.accepted == {version: in_cp1252(row) for version, row in before.accepted.items()}
    elif fault is FileFault.DOUBLE_ENCODED and was_hit:
        assert after.accepted == {version: as_word_processors_write(row) for version, row in before.accepted.items()}
    else:
        assert after.accepted == before.accepted
        assert account.quarantined == before.staged.quarantined
    if fault is FileFault.DUPLICATES:
        assert account.duplicate - before.staged.duplicate == after.applied[fault]


@settings(deadline=None, max_examples=60)
@given(
    dataset=st.sampled_from(["tecs_subjects", "uscis_petitioners"]),
    faults=st.lists(st.sampled_from(FileFault), min_size=2, max_size=2, unique=True),
    luck=st.floats(0, 1, exclude_max=True),
)
def test_two_faults_at_once(
    staged_with: Try, right: dict[str, Outcome], dataset: str, faults: list[FileFault], luck: float
) -> None:
    planned = [p for fault in faults if (p := choose(fault, load_contract(dataset), luck))]
    if any(takes_what_every_row_needs(dataset, p) for p in planned):
        with pytest.raises(StagingError, match="header missing"):
            staged_with(dataset, *planned)
        return
    after = staged_with(dataset, *planned)
    account = after.staged
    assert account.received == account.accepted + account.duplicate + account.quarantined
    assert account.received + account.set_apart == after.written + after.applied.get(FileFault.HEADER_REPEATED, 0)
    if not {*faults} & (ADDS_ROWS | RECODES):
        before = right[dataset].accepted
        blanked = [c.name for c in load_contract(dataset).columns for p in planned if c.source in p.columns]
        for version, row in after.accepted.items():
            assert {**before[version], **{name: row[name] for name in blanked}} == row
            assert all(row[name] in (before[version][name], None) for name in blanked)
