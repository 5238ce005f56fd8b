"""What a scenario may say, and how it is read: one YAML file per scenario in `scenarios/`."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from include.contracts.model import ContractError, load_all
from include.interval import midnight
from include.simulator.gateways import plan as plans
from include.simulator.population.cultures import culture_names
from include.simulator.rates import Files, Rate, Strict, Transport

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"


class ScenarioError(ValueError):
    """A scenario that cannot be used. The message is one line: scenario, key, what to do."""


class Size(Strict):
    """How many there are of each kind."""

    subjects: Annotated[int, Field(ge=10)]  # people investigated for trafficking
    petitions: Annotated[int, Field(ge=50)]
    investigations: Annotated[int, Field(ge=5)]
    t_applications: Annotated[int, Field(ge=1)]


class Plants(Strict):
    """What the scenario counts on, exactly: people among the subjects, and what they did within the period."""

    petitioning_subjects: Annotated[int, Field(ge=1)]  # with a petition approved for family or a fiancé(e)
    beneficiaries: Annotated[int, Field(ge=1)]  # family members and fiancé(e)s on those petitions
    arrested_petitioners: Annotated[int, Field(ge=0)]  # of the petitioning subjects
    # Known traffickers, by the means by which they brought their victims in. Those with fiancé visas are petitioning
    # subjects, and arrested.
    work_visa: Annotated[int, Field(ge=0)]
    fiance_visa: Annotated[int, Field(ge=0)]
    illegal_entry: Annotated[int, Field(ge=0)]
    overstayed_visit: Annotated[int, Field(ge=0)]
    denied_subjects: Annotated[int, Field(ge=0)] = 0  # petitioned without success
    pending_subjects: Annotated[int, Field(ge=0)] = 0  # petitioned in a busy night: not decided
    signing_subjects: Annotated[int, Field(ge=0)] = 0  # signed petitions of organisations

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.beneficiaries < self.petitioning_subjects:
            raise ValueError("beneficiaries are fewer than petitioning_subjects; each petitions for one at least")
        if not self.fiance_visa <= self.arrested_petitioners <= self.petitioning_subjects:
            raise ValueError("arrested_petitioners must lie between fiance_visa and petitioning_subjects")
        return self

    @property
    def known_traffickers(self) -> int:
        """Subjects who are convicted of trafficking within the period."""
        return self.work_visa + self.fiance_visa + self.illegal_entry + self.overstayed_visit

    @property
    def people(self) -> int:
        """Subjects who are planted."""
        others = self.known_traffickers - self.fiance_visa
        return self.petitioning_subjects + others + self.denied_subjects + self.pending_subjects + self.signing_subjects


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
    planted_pairs: Rate = 0.0  # of the planted subjects and the lookalikes: updated on both sides in a busy night


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


class TVisa(Strict):
    """What applications for T status hold. OIG-16-17: what victims told of traffickers was "not consistently entered"
    into USCIS's systems; the rates are ours."""

    name: Rate = 0.50  # the statement names the trafficker
    nickname: Rate = 0.25  # or tells what everybody called him or her; in all others there is neither
    identifiers_typed: Rate = 0.10  # of those that name the trafficker: USCIS typed the name into a field
    supplement_b: Rate = 0.80  # law enforcement signed a Supplement B
    supplement_b_garbled: Rate = 0.30  # of them: the case number is not the one in TECS, or not all of it
    family: Rate = 0.35  # there is a Supplement A

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.name + self.nickname > 1:
            raise ValueError("name and nickname take more than all statements")
        return self


class RowFaults(Strict):
    """Rates of the faults in exported rows."""

    duplicate: Rate = 0.0  # delivered twice in the same export
    malformed: Rate = 0.0  # a value that the contract makes critical cannot be used
    entered_twice: Rate = 0.0  # petitions keyed a second time; the copy is cancelled, and says more than what stays


class Scenario(Strict):
    """One simulated world: how large, over which days, how faulty."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    meaning: Annotated[str, Field(min_length=1)]
    seed: Annotated[int, Field(ge=0)]
    first_day: date  # first day of source update time
    last_night: date  # last one
    size: Size
    plants: Plants
    lookalikes: Lookalikes = Lookalikes()
    busy: Busy
    cultures: Annotated[dict[str, Annotated[float, Field(gt=0)]], Field(min_length=1)]  # share of the people
    person_faults: PersonFaults = PersonFaults()
    row_faults: RowFaults = RowFaults()
    t_visa: TVisa = TVisa()
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
        spoken_for = self.plants.people + self.size.subjects * (self.lookalikes.twins + self.lookalikes.namesakes)
        if spoken_for > self.size.subjects / 2:
            raise ValueError("plants and lookalikes need more than half of the subjects")
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
        return midnight(self.first_day)

    @property
    def end(self) -> datetime:
        """First instant that cannot be exported any more (UTC): midnight after the last night."""
        return midnight(self.last_night + timedelta(days=1))


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
