"""What all builders of records share: the scenario, its random numbers, its people, and the log of faults."""

from dataclasses import dataclass

from include.simulator.draw import Bools, Draw, Texts
from include.simulator.population.people import People
from include.simulator.records.clerk import Clerk
from include.simulator.records.fault_log import FaultLog
from include.simulator.records.timeline import Calendar
from include.simulator.scenario import Scenario


@dataclass(frozen=True)
class Setting:
    """The stage on which both agencies keep their records."""

    scenario: Scenario
    draw: Draw
    people: People
    planted: Bools  # by person: the scenario counts on the records of this one, so no test row takes their place
    log: FaultLog

    @property
    def calendar(self) -> Calendar:
        """When things can be updated."""
        return Calendar.of(self.scenario)

    def clerk(self, dataset: str, keys: Texts) -> Clerk:
        """Who types these records of the dataset."""
        return Clerk(self.draw.child(f"{dataset} clerk"), self.log, self.scenario.person_faults, dataset, keys)
