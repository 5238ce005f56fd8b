"""What a scenario may say, and how it is read: one YAML file per scenario in `scenarios/`."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from include.contracts.model import ContractError, load_all
from include.simulator import plan as plans
from include.simulator.rates import Files, Rate, Strict, Transport

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"


class ScenarioError(ValueError):
    """A scenario that cannot be used. The message is one line: scenario, key, what to do."""


class Size(Strict):
    """How many records of each kind."""

    subjects: Annotated[int, Field(ge=10)]
    petitions: Annotated[int, Field(ge=50)]
    investigations: Annotated[int, Field(ge=5)]
    t_applications: Annotated[int, Field(ge=1)]


class Lookalikes(Strict):
    """Petitioners who are *not* the subject they resemble, as shares of the subjects: the true negatives."""

    twins: Rate = 0.0  # same family name, birth date and place
    namesakes: Rate = 0.0  # father or son of the same name


class Busy(Strict):
    """How the updates crowd at the end of the period."""

    nights: Annotated[int, Field(ge=1, le=7)] = 1  # the last nights of the period
    share: Rate  # of all versions, updated in each of them
    surge_days: Annotated[int, Field(ge=1)] = 30  # days before the end
    surge_share: Rate = 0.0  # of all versions, updated in those days beyond what falls there anyway
    planted_pairs: Rate = 0.0  # of the subjects who petition or have a lookalike, updated on both sides in a busy night


class PersonFaults(Strict):
    """Rates of the faults in a recorded person, each among the records in which it can occur; see `faults.py`."""

    spelling: Rate = 0.0
    transliteration: Rate = 0.0
    nickname: Rate = 0.0
    swapped_order: Rate = 0.0
    dropped_surname: Rate = 0.0
    particle: Rate = 0.0
    married_name: Rate = 0.0
    suffix_in_surname: Rate = 0.0
    first_name_unknown: Rate = 0.0
    last_name_unknown: Rate = 0.0
    test_row: Rate = 0.0
    day_month_swap: Rate = 0.0
    dob_missing: Rate = 0.0
    dob_implausible: Rate = 0.0
    january_first: Rate = 0.0
    two_digit_year: Rate = 0.0
    country_mistyped: Rate = 0.0
    other_a_number: Rate = 0.0
    null_text: Rate = 0.0
    unnamed_worker: Rate = 0.0


class RowFaults(Strict):
    """Rates of the faults in exported rows."""

    duplicate: Rate = 0.0  # delivered twice in the same export
    malformed: Rate = 0.0  # a value that the contract makes critical cannot be used


class Scenario(Strict):
    """One simulated world: how large, over which days, how faulty."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    meaning: Annotated[str, Field(min_length=1)]
    seed: Annotated[int, Field(ge=0)]
    first_day: date  # first day of source update time
    last_night: date  # last one
    size: Size
    subjects_who_petition: Rate
    lookalikes: Lookalikes = Lookalikes()
    busy: Busy
    cultures: Annotated[dict[str, Annotated[float, Field(gt=0)]], Field(min_length=1)]  # share of the people
    person_faults: PersonFaults = PersonFaults()
    row_faults: RowFaults = RowFaults()
    transport: Transport = Transport()
    files: Files = Files()
    plan: str | None = None  # name of a written fault plan in `plans/`

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        days = (self.last_night - self.first_day).days + 1
        if days < max(self.busy.nights, 2):
            raise ValueError(
                f"period [{self.first_day} .. {self.last_night}] is shorter than its busy nights or two days"
            )
        if self.busy.nights * self.busy.share + self.busy.surge_share > 1:
            raise ValueError("busy nights and surge take more than all versions")
        if abs(sum(self.cultures.values()) - 1) > 1e-6:
            raise ValueError(f"culture shares add up to [{sum(self.cultures.values()):.4f}], not to 1")
        known = culture_names()
        unknown = [name for name in self.cultures if name not in known]
        unknown += [name for name in self.transport.job_failed_last_night if name not in load_all()]
        if unknown:
            raise ValueError(f"neither a culture nor a dataset: {unknown}")
        if self.plan is not None and self.plan not in plans.names():
            raise ValueError(f"no fault plan [{self.plan}]; known: {', '.join(plans.names())}")
        return self

    @property
    def start(self) -> datetime:
        """First instant that can be exported (UTC)."""
        return datetime.combine(self.first_day, datetime.min.time(), UTC)

    @property
    def end(self) -> datetime:
        """First instant that cannot be exported any more (UTC): midnight after the last night."""
        return datetime.combine(self.last_night + timedelta(days=1), datetime.min.time(), UTC)


@cache
def culture_names() -> tuple[str, ...]:
    """The cultures that `cultures.yaml` describes."""
    return tuple(yaml.safe_load((HERE / "cultures.yaml").read_text(encoding="utf-8")))


def names(folder: Path = SCENARIOS) -> list[str]:
    """The scenarios that exist, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def load(name: str, folder: Path = SCENARIOS) -> Scenario:
    """Read and check one scenario. Raises `ScenarioError`."""
    if name not in names(folder):
        raise ScenarioError(f"unknown scenario [{name}]; known: {', '.join(names(folder))}")
    try:
        load_all()  # a contract that cannot be used is not the scenario's fault
    except ContractError as error:
        raise ScenarioError(str(error)) from None
    try:
        scenario = Scenario.model_validate(yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "(top)"
        raise ScenarioError(f"scenario [{name}], key [{where}]: {first['msg']}; correct the file") from None
    except yaml.YAMLError:
        raise ScenarioError(f"scenario [{name}] is not YAML; correct the file") from None
    if scenario.name != name:
        raise ScenarioError(f"scenario file [{name}.yaml] describes [{scenario.name}]; rename one of the two")
    return scenario
