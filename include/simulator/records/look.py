"""A look at random petitions of people of one culture, as USCIS holds them at the end of the period."""

import numpy as np
from rich.table import Table

from include.simulator.draw import Draw, Ints, Texts
from include.simulator.records import uscis
from include.simulator.records.dataset import Dataset, last_of_each
from include.simulator.records.fault_log import FaultLog
from include.simulator.records.petitioning import ordinary
from include.simulator.records.setting import Setting
from include.simulator.scenario import load

COLUMNS = ("receipt", "form", "class", "received", "status", "decided", "petitioner", "born", "beneficiaries")
SERIES = uscis.Series(1, 1, 90_000, "09", 40_000)


def look_at_petitions(culture: str, n: int, seed: int) -> Table:
    """`n` petitions of the scenario `nightly`, as if all people were of this culture. Raises KeyError for a culture
    that is not described."""
    scenario = load("nightly").model_copy(update={"cultures": {culture: 1.0}})
    draw = Draw(seed, f"look at petitions/{culture}")
    people, filing = ordinary(draw, scenario, n, 0)
    setting = Setting(scenario, draw, people, np.ones(len(people), dtype=bool), FaultLog())
    petitions, petitioners, beneficiaries = uscis.build(setting, filing, SERIES)
    table = Table(*COLUMNS, title=f"{n} petitions of culture {culture}, seed {seed}: SIMULATED")
    held, filed, named = (_latest(dataset) for dataset in (petitions, petitioners, beneficiaries))
    family = [
        f"{last}, {first} ({kind.lower()}, {born or '?'})" if last else f"unnamed {kind.lower()}"
        for last, first, kind, born in zip(
            *(named[name] for name in ("family_name", "given_name", "relationship", "date_of_birth")), strict=True
        )
    ]
    for row in range(n):
        who = f"{filed['family_name'][row]}, {filed['given_name'][row]} {filed['middle_name'][row]}".strip()
        whom = "; ".join(family[at] for at in np.flatnonzero(filing.of_petition == row).tolist())
        facts = ("receipt_number", "form", "visa_class", "received_on", "status", "decided_on")
        organisation = filed["organisation_name"][row]
        table.add_row(
            *(held[name][row] for name in facts),
            f"{organisation} ({who})" if organisation else who,
            filed["date_of_birth"][row],
            whom,
        )
    return table


def _latest(dataset: Dataset) -> dict[str, Texts]:
    """The columns of the last version of every record, in the order of the records."""
    last: Ints = np.flatnonzero(last_of_each(dataset.record))
    return {name: values[last] for name, values in dataset.columns.items()}
