"""What a contract may say, and how it is read.

A contract is `include/contracts/<dataset>.yaml`. An unknown key, a type that does not exist or a column named twice is
an error that names the file and the key: a typing mistake in a contract must never switch a check off.
"""

import re
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

CONTRACTS = Path(__file__).parent
NAME = r"^[a-z][a-z0-9_]*$"


class ContractError(ValueError):
    """A contract that cannot be used. The message is one line: file, key, what to do."""


class Agency(StrEnum):
    """Who exports the dataset; one gateway each."""

    TECS = "tecs"
    USCIS = "uscis"


class ColumnType(StrEnum):
    """`string` Arrow string; `date` date32; `timestamp` microseconds, UTC; `integer` int64."""

    STRING = "string"
    DATE = "date"
    TIMESTAMP = "timestamp"
    INTEGER = "integer"


class Pii(StrEnum):
    """How closely a value points at a person: `direct` (a name, a number issued to one person), `indirect` (a birth
    date, a place) or `none`."""

    NONE = "none"
    DIRECT = "direct"
    INDIRECT = "indirect"


class Protection(StrEnum):
    """The law that closes a fact to the default roles. `8_usc_1367`: applicants for T, U or VAWA relief."""

    NONE = "none"
    USC_1367 = "8_usc_1367"


class Severity(StrEnum):
    """`info` recorded; `warning` recorded and shown, the row flows on (a value that cannot be read is blanked);
    `critical` quarantines the row."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Needed(BaseModel):
    """When a column must have a value that else it may lack: where another column of the row has one of the values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: str  # a column of text with a code list
    values: Annotated[tuple[str, ...], Field(min_length=1)]
    completeness: Annotated[float, Field(gt=0, le=1)]  # least share of those rows with a usable value
    why: Annotated[str, Field(min_length=1)]


class Implied(BaseModel):
    """Which value a column has where it holds none of its code list: another column of the row leaves one alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str  # a column of text with a code list
    values: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]]  # value -> the values of the other that imply it
    why: Annotated[str, Field(min_length=1)]


class Column(BaseModel):
    """One column: what the export calls it, what it may hold, and what a breach costs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=NAME)]
    source: Annotated[str, Field(min_length=1)]  # header in the agency's export
    also: tuple[str, ...] = ()  # other headers under which the agency has exported it
    type: ColumnType = ColumnType.STRING
    meaning: Annotated[str, Field(min_length=1)]
    required: bool = False  # a blank is a breach
    severity: Severity = Severity.WARNING  # of a breach of any rule of this column
    pii: Pii = Pii.NONE
    protection: Protection = Protection.NONE
    formats: tuple[str, ...] = ()  # strptime formats of a date or timestamp, tried in this order
    pattern: str | None = None  # regular expression that a string must match in full
    max_length: Annotated[int, Field(gt=0)] | None = None
    allowed: tuple[str, ...] = ()  # the code list, after `codes`
    codes: dict[str, str] = {}  # other spellings of a code: source value -> allowed value
    blanks: tuple[str, ...] = ()  # texts that mean "no value", compared without regard to case; exactly in a name
    references: str | None = None  # dataset whose key this value is, as the source promises; nothing is refused for it
    not_before: date | None = None  # an earlier value is a breach
    not_after: str | None = None  # name of a column of the same row; a later value than its value is a breach
    completeness: Annotated[float, Field(gt=0, le=1)] | None = None  # least share of rows with a usable value
    completeness_why: str | None = None
    needed: Needed | None = None
    implied: Implied | None = None

    @property
    def is_name(self) -> bool:
        """Free text that points at a person: any word may be one, NULL too."""
        free = self.type is ColumnType.STRING and self.pattern is None and not self.allowed
        return free and self.pii is Pii.DIRECT

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        temporal = self.type in (ColumnType.DATE, ColumnType.TIMESTAMP)
        if temporal != bool(self.formats):
            raise ValueError(f"column [{self.name}]: formats go with date and timestamp, and only with them")
        if self.codes and not set(self.codes.values()) <= set(self.allowed):
            raise ValueError(f"column [{self.name}]: codes map to values that are not in allowed")
        if self.implied and not set(self.implied.values) <= set(self.allowed):
            raise ValueError(f"column [{self.name}]: implied values are not in allowed")
        if (self.completeness is None) != (self.completeness_why is None):
            raise ValueError(f"column [{self.name}]: completeness and completeness_why go together")
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"column [{self.name}]: pattern does not compile: {error.msg}") from None
        blank_codes = {blank.casefold() for blank in self.blanks} & {code.casefold() for code in self.codes}
        if blank_codes:
            raise ValueError(f"column [{self.name}]: {sorted(blank_codes)} are both codes and blanks")
        return self


class Contract(BaseModel):
    """One dataset of one agency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: Annotated[str, Field(pattern=NAME)]
    record: Annotated[str, Field(pattern=NAME)]  # table in schema `record`: the dataset, singular
    agency: Agency
    version: Annotated[str, Field(pattern=r"^\d+\.\d+$")]  # a new major version breaks readers
    meaning: Annotated[str, Field(min_length=1)]
    protection: Protection = Protection.NONE  # of every row: that it exists is already a protected fact
    key: Annotated[tuple[str, ...], Field(min_length=1)]  # identifies a source record
    updated_at: str  # source update time; with the key it identifies a version
    quarantine_limit: Annotated[float, Field(ge=0, le=1)]  # a larger share of quarantined rows holds the dataset
    quarantine_limit_why: str
    # by what a record can be found on the other side: route -> columns that it needs; `include/matching/blocking/`
    routes: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = {}
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        headers = [header for c in self.columns for header in (c.source, *c.also)]
        for label, values in (("name", [c.name for c in self.columns]), ("source", headers)):
            twice = sorted({v for v in values if values.count(v) > 1})
            if twice:
                raise ValueError(f"column {label} {twice} appears twice")
        for name in (*self.key, self.updated_at):
            column = self.column(name)
            if not column.required or column.severity is not Severity.CRITICAL:
                raise ValueError(f"column [{name}] is part of the identity of a version: required, severity critical")
        for column in self.columns:
            if column.not_after is not None:
                self.column(column.not_after)
            if column.needed is not None and not set(column.needed.values) <= set(
                self.column(column.needed.when).allowed
            ):
                raise ValueError(f"column [{column.name}]: needed when [{column.needed.when}] has a value it never has")
            if column.implied is not None:
                said = [value for values in column.implied.values.values() for value in values]
                if not set(said) <= set(self.column(column.implied.by).allowed) or len(said) != len(set(said)):
                    raise ValueError(
                        f"column [{column.name}]: a value of [{column.implied.by}] implies one value, and is in allowed"
                    )
        for name in (name for columns in self.routes.values() for name in columns):
            self.column(name)
        if self.column(self.updated_at).type is not ColumnType.TIMESTAMP:
            raise ValueError(f"column [{self.updated_at}] must be a timestamp")
        if not self.dataset.startswith(f"{self.agency}_"):
            raise ValueError(f"dataset [{self.dataset}] must start with its agency [{self.agency}_]")
        return self

    def column(self, name: str) -> Column:
        """The column of that name; `ValueError` if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise ValueError(f"no column [{name}] in dataset [{self.dataset}]")

    @property
    def names(self) -> list[str]:
        """Column names, in the order of the contract."""
        return [column.name for column in self.columns]

    @property
    def version_key(self) -> list[str]:
        """Columns that identify a version of a source record: the key and the source update time."""
        return [*self.key, self.updated_at]

    @property
    def major(self) -> str:
        """Major part of the version."""
        return self.version.split(".")[0]


class _StrictLoader(yaml.SafeLoader):
    """YAML takes the last of two equal keys in silence: here that is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key [{key}] appears twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_contract(path: Path) -> Contract:
    """Read and check one file. Raises `ContractError`."""
    try:
        contract = Contract.model_validate(yaml.load(path.read_text(encoding="utf-8"), _StrictLoader))  # noqa: S506 -- a SafeLoader
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "(top)"
        raise ContractError(f"contract [{path.name}], key [{where}]: {first['msg']}; correct the file") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else "?"
        problem = getattr(error, "problem", None) or "not YAML"
        raise ContractError(f"contract [{path.name}], line [{line}]: {problem}; correct the file") from None
    if contract.dataset != path.stem:
        raise ContractError(f"contract [{path.name}] describes dataset [{contract.dataset}]; rename one of the two")
    return contract


def dataset_names(folder: Path = CONTRACTS) -> list[str]:
    """Every dataset, in alphabetical order, without reading the contracts: cheap enough for a DAG file."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


@cache
def load_all(folder: Path = CONTRACTS) -> dict[str, Contract]:
    """Every contract by dataset, in alphabetical order. Raises `ContractError` at the first that cannot be used."""
    return {dataset: read_contract(folder / f"{dataset}.yaml") for dataset in dataset_names(folder)}


def references(folder: Path = CONTRACTS) -> list[tuple[Contract, Column, Contract]]:
    """Every promise of a source that a value is the key of another record: whose, which column, and of which dataset.

    Raises `ContractError` where the other dataset does not exist or has a key of several columns.
    """
    found = []
    for contract in load_all(folder).values():
        for column in contract.columns:
            if column.references is not None:
                other = load_contract(column.references, folder)
                if len(other.key) != 1:
                    raise ContractError(
                        f"contract [{contract.dataset}], column [{column.name}]: [{other.dataset}] has no single key"
                    )
                found.append((contract, column, other))
    return found


def load_contract(dataset: str, folder: Path = CONTRACTS) -> Contract:
    """The contract of one dataset. Raises `ContractError` for an unknown dataset."""
    contracts = load_all(folder)
    if dataset not in contracts:
        raise ContractError(f"unknown dataset [{dataset}]; known: {', '.join(contracts)}")
    return contracts[dataset]
