"""A first attempt whose files are damaged and a second that is clean: the night is green, and not a record differs."""

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from bent_gateway import TOKEN, Delivery, serve_app, serve_bent
from nights import collect, night, run_night

from include import pipeline
from include.contracts import dataset_names, load_contract
from include.settings import Gateway, Settings
from include.simulator.gateways.app import create_app
from include.simulator.gateways.plan import Rules, WrittenAttempt, WrittenPlan
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration

PERIOD = night(29, 2)
ACCOUNTS = """
    select dataset, loaded, already_held, accepted, (select reasons from ops.gate g where g.run_id = a.run_id
        and g.dataset = a.dataset) as reasons
    from ops.account a where run_id = %(run_id)s
"""


@contextmanager
def damaged(world: Path, fault: str | None) -> Iterator[dict[str, Gateway]]:
    """Both gateways; the files of every first attempt have the fault, nothing else is wrong."""
    attempts = [{"datasets": "*", "attempt": 1, "why": "on trial", "files": [{"fault": fault}]}] if fault else []
    written = WrittenPlan(
        name="trial", meaning="one fault", attempts=tuple(map(WrittenAttempt.model_validate, attempts))
    )
    with ExitStack() as running:
        yield {
            agency: running.enter_context(serve_app(create_app(world, agency, TOKEN, Rules(written=written))))
            for agency in ("tecs", "uscis")
        }


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("utf16", r"put right [file:utf16]: [1] parts"),
        ("preamble", r"put right [file:preamble]: [1] parts"),
        ("columns_dropped", None),  # some columns are missed, and without some a part is of no use
    ],
)
def test_a_damaged_first_attempt_changes_nothing(settings: Settings, world: Path, fault: str, said: str | None) -> None:
    with damaged(world, fault) as gateways:
        first = run_night(replace(settings, gateways=gateways), PERIOD)
    with damaged(world, None) as gateways:
        second = run_night(replace(settings, gateways=gateways), PERIOD, "again")
    accounts = {row.dataset: row for row in fetch(settings.warehouse_dsn, ACCOUNTS, {"run_id": first.run_id})}
    for row in fetch(settings.warehouse_dsn, ACCOUNTS, {"run_id": second.run_id}):
        noted = accounts[row.dataset]
        assert (row.loaded, row.already_held, row.accepted) == (0, noted.loaded, noted.accepted)
        if said:
            assert said in noted.reasons
        else:
            assert any("file:missing_column" in reason or "header missing" in reason for reason in noted.reasons)
    assert set(accounts) == set(dataset_names())
    [attempts] = fetch(settings.warehouse_dsn, "select count(*) from ops.attempt where state = 'incomplete'")
    assert attempts[0] == (0 if said else len(dataset_names()))  # what can be read as it is has all it announced


def with_a_part_of_disputed_keys(delivery: Delivery) -> None:
    """One more part, of one row, with a second column of keys that says otherwise; its totals agree."""
    contract = load_contract(delivery.manifest["dataset"])
    key = contract.column(contract.key[0]).source
    header = [*(column.source for column in contract.columns), key]
    text = ",".join(header) + "\n" + ",".join("x" if name == key else "" for name in header[:-1]) + ",y\n"
    packed = gzip.compress(text.encode())
    name = f"part-{len(delivery.parts) + 1:04d}.csv.gz"
    delivery.parts[name] = packed
    entry = {"name": name, "rows": 1, "bytes": len(packed), "sha256": hashlib.sha256(packed).hexdigest()}
    delivery.manifest["parts"].append(entry)
    delivery.manifest["control_totals"]["rows"] += 1
    delivery.manifest["control_totals"]["non_blank"][key] += 2


def test_a_part_that_cannot_be_read_is_missed_in_red_and_the_next_attempt_is_merged(
    settings: Settings, world: Path
) -> None:
    dataset = "tecs_arrests"
    run = pipeline.open_books(settings, PERIOD, "one part")
    with serve_bent(world, {dataset: with_a_part_of_disputed_keys}) as bent:
        collect(replace(settings, gateways=bent), run, dataset)
    with pytest.raises(pipeline.BooksError) as red:
        pipeline.close_books(settings, run)
    assert "[tecs_arrests]: hold: the delivery is incomplete" in str(red.value)
    assert "[1] rows counted at landing were not received" in str(red.value)

    with damaged(world, None) as honest:
        collect(replace(settings, gateways=honest), run, dataset)
    [gate] = fetch(settings.warehouse_dsn, "select decision, reasons from ops.gate")
    assert gate.decision == "warn"
    assert any("[1] rows counted at landing were not received" in reason for reason in gate.reasons)
