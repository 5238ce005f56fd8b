"""The fault plan of a gateway: which faults hit which attempt, part and request.

A pure function of the scenario, its seed, the dataset, the period and the attempt: the same attempt always fails the
same way, and a later one differs. Beside chance there may be a written plan, which settles single attempts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

import yaml
from pydantic import BeforeValidator, Field, StrictBool, model_validator

from include.contracts.model import load_all
from include.interval import Interval
from include.simulator.gateways.damage import NO_DAMAGE, Damage, FileFault, Planned, candidates, choose
from include.simulator.gateways.transport import (
    ANY_REQUEST,
    ATTEMPT,
    FAULTY_ATTEMPTS,
    IN_A_ROW,
    PART,
    PART_REQUEST,
    Fault,
)
from include.simulator.rates import Files, Strict, Transport

PLANS = Path(__file__).parent / "plans"

REQUESTS = ("create", "status", "manifest", "part")  # in the order in which a client makes them


class Attempt(NamedTuple):
    """An attempt at the export of a period, numbered from 1."""

    dataset: str
    period: Interval
    number: int


class WrittenFault(Strict):
    """A fault of the file. `columns`: those that it hits, by source name; none: the plan chooses."""

    fault: FileFault
    columns: tuple[str, ...] = ()


class WrittenAttempt(Strict):
    """What happens to one attempt at the datasets that fit a pattern such as `tecs_*`, whatever the rates say."""

    datasets: Annotated[str, Field(min_length=1)]
    attempt: Annotated[int, Field(ge=1, le=10_000, strict=True)]
    why: Annotated[str, Field(min_length=1)]
    job: Literal["job_failed", "job_never_ends", "job_slow", "empty_export", "expired_token"] | None = None
    files: tuple[WrittenFault, ...] = ()
    totals_of_file: StrictBool = False  # the control totals were counted in the delivered rows, not at the source

    @model_validator(mode="after")
    def _possible(self) -> Self:
        hit = [contract for name, contract in load_all().items() if self.matches(name)]
        if not hit:
            raise ValueError(f"no dataset fits [{self.datasets}]; known: {', '.join(load_all())}")
        names = [written.fault for written in self.files]
        if len(set(names)) < len(names):
            raise ValueError(f"attempt [{self.attempt}] of [{self.datasets}] names a fault twice; give it all columns")
        for contract in hit:
            for written in self.files:
                possible = candidates(written.fault, contract)
                if not possible or not set(written.columns) <= set(possible):
                    raise ValueError(
                        f"[{written.fault}] cannot hit columns [{', '.join(written.columns)}] of [{contract.dataset}]; "
                        f"it can hit [{', '.join(possible)}]"
                    )
        return self

    def matches(self, dataset: str) -> bool:
        """Is it about this dataset?"""
        return fnmatchcase(dataset, self.datasets)


class WrittenPlan(Strict):
    """Faults by dataset and attempt, as somebody wrote them down; attempts that are not named are left to the rates."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    meaning: Annotated[str, Field(min_length=1)]
    attempts: tuple[WrittenAttempt, ...]

    def of(self, attempt: Attempt) -> WrittenAttempt | None:
        """The first entry for this attempt."""
        entries = (each for each in self.attempts if each.attempt == attempt.number and each.matches(attempt.dataset))
        return next(entries, None)


def names(folder: Path = PLANS) -> list[str]:
    """The written plans that are shipped, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def load(name: str, folder: Path = PLANS) -> WrittenPlan:
    """A shipped plan. Raises `ValueError` if there is none of that name or it cannot be used."""
    if name not in names(folder):
        raise ValueError(f"no fault plan [{name[:40]}]; known: {', '.join(names(folder))}")
    return WrittenPlan.model_validate(yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8")))


def _by_name(written: object) -> object:
    return load(written) if isinstance(written, str) else written


class Rules(Strict):
    """The part of a plan that can be changed while a gateway runs. Nothing said: no faults.

    `written`: a plan, or the name of one that is shipped.
    """

    transport: Transport = Transport()
    files: Files = Files()
    written: Annotated[
        WrittenPlan | None, BeforeValidator(_by_name, json_schema_input_type=WrittenPlan | str | None)
    ] = None


@dataclass(frozen=True)
class FaultPlan:
    """The faults of one world. `last_night` is the period whose first attempts may be told to fail."""

    scenario: str
    seed: int
    last_night: Interval
    rules: Rules

    def of_attempt(self, attempt: Attempt) -> Fault | None:
        """The fault of the export job as a whole."""
        written = self._written(attempt)
        if written is not None:
            return None if written.job is None else Fault(written.job)
        if attempt.number > FAULTY_ATTEMPTS:
            return None
        planned = attempt.period == self.last_night and attempt.dataset in self.rules.transport.job_failed_last_night
        if planned:
            return Fault.JOB_FAILED if attempt.number == 1 else None
        return self._one_of(ATTEMPT, self._luck(attempt, "job"))

    def of_part(self, attempt: Attempt, part: str) -> Fault | None:
        """The fault of a part of this attempt, whichever request asks for it."""
        if attempt.number > FAULTY_ATTEMPTS or self._written(attempt) is not None:
            return None
        return self._one_of(PART, self._luck(attempt, f"{part}/part"))

    def of_request(self, attempt: Attempt, request: str, time: int) -> Fault | None:
        """The fault that hits a request (`create`, `status`, `manifest` or the name of a part) when it is made for the
        `time`-th time, from 1; None: it goes through."""
        if time > IN_A_ROW:
            return None
        possible = PART_REQUEST if request.startswith("part-") else ANY_REQUEST
        return self._one_of(possible, self._luck(attempt, f"{request}/{time}"))

    def of_file(self, attempt: Attempt) -> Damage:
        """What is wrong with the file of this attempt."""
        contract = load_all()[attempt.dataset]
        written = self._written(attempt)
        if written is not None:
            chosen = [
                Planned(each.fault, each.columns, self._luck(attempt, f"{each.fault}/rows"))
                if each.columns
                else choose(each.fault, contract, self._luck(attempt, f"{each.fault}/choice"))
                for each in written.files
            ]
            return Damage(tuple(filter(None, chosen)), written.totals_of_file)
        if attempt.number > FAULTY_ATTEMPTS:
            return NO_DAMAGE
        struck = (f for f in FileFault if self._luck(attempt, f.value) < getattr(self.rules.files, f.value))
        found = (choose(fault, contract, self._luck(attempt, f"{fault}/choice")) for fault in struck)
        return Damage(tuple(filter(None, found)))

    def expires_at(self, attempt: Attempt) -> str:
        """Which of `REQUESTS` is the first that finds its token expired, if it expires in this attempt."""
        return REQUESTS[int(self._luck(attempt, "expires") * len(REQUESTS))]

    def retry_after(self, attempt: Attempt, request: str) -> tuple[int, bool]:
        """Seconds to wait (0 or 1), and whether to say so by a date."""
        choice = int(self._luck(attempt, f"{request}/retry-after") * 4)
        return choice % 2, choice >= 2

    def _written(self, attempt: Attempt) -> WrittenAttempt | None:
        return None if self.rules.written is None else self.rules.written.of(attempt)

    def _one_of(self, faults: Iterable[Fault], luck: float) -> Fault | None:
        for fault in faults:
            luck -= float(getattr(self.rules.transport, fault.value))
            if luck < 0:
                return fault
        return None

    def _luck(self, attempt: Attempt, what: str) -> float:
        """A number in [0, 1)."""
        name = f"{self.scenario}/{self.seed}/{attempt.dataset}/{attempt.period.slug}/{attempt.number}/{what}"
        return int.from_bytes(blake2b(name.encode(), digest_size=7).digest(), "big") / 2**56
