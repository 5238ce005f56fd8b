"""A first attempt whose files are damaged and a second that is clean: the night is green, and not a record differs."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from bent_gateway import TOKEN, serve_app
from nights import night, run_night

from include.contracts import dataset_names
from include.settings import Gateway, Settings
from include.simulator.gateways.gateway import create_app
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
    assert attempts[0] == len(dataset_names())
