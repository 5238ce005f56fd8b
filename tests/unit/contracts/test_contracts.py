"""A typing mistake in a contract must never switch a check off."""

import copy
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.contracts import ContractError, dataset_names, load_all, load_contract
from include.contracts.model import (
    CONTRACTS,
    ColumnType,
    Contract,
    Pii,
    Protection,
    Severity,
    read_contract,
    references,
)

DATASETS = [
    "tecs_aliases",
    "tecs_arrests",
    "tecs_investigations",
    "tecs_involvements",
    "tecs_subjects",
    "uscis_beneficiaries",
    "uscis_petitioners",
    "uscis_petitions",
    "uscis_t_applications",
    "uscis_t_family",
]
SMALL: dict[str, Any] = {
    "dataset": "tecs_things",
    "record": "tecs_thing",
    "agency": "tecs",
    "version": "1.0",
    "meaning": "things",
    "key": ["thing_id"],
    "updated_at": "updated_at",
    "quarantine_limit": 0.05,
    "quarantine_limit_why": "a test",
    "columns": [
        {"name": "thing_id", "source": "ID", "meaning": "number", "required": True, "severity": "critical"},
        {"name": "colour", "source": "COL", "meaning": "colour", "allowed": ["red"], "codes": {"R": "red"}},
        {"name": "made_on", "source": "MADE", "meaning": "day", "type": "date", "formats": ["%Y%m%d"]},
        {
            "name": "updated_at",
            "source": "UPD",
            "meaning": "time",
            "type": "timestamp",
            "formats": ["%Y-%m-%dT%H:%M:%S%z"],
            "required": True,
            "severity": "critical",
        },
    ],
}
ID, COLOUR, MADE, UPDATED = range(4)
Change = Callable[[dict[str, Any]], Any]


def save(folder: Path, change: Change = lambda _: None, name: str = "tecs_things") -> Path:
    """A contract file: the small one, changed."""
    content = copy.deepcopy(SMALL)
    change(content)
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def set_column(index: int, **values: Any) -> Change:
    return lambda content: content["columns"][index].update(values)


def refusal(path: Path) -> str:
    """The message with which a file is refused: one line that names the file."""
    with pytest.raises(ContractError) as caught:
        read_contract(path)
    message = str(caught.value)
    assert "\n" not in message
    assert f"[{path.name}]" in message
    return message


def test_the_small_contract_is_sound(tmp_path: Path):
    contract = read_contract(save(tmp_path))
    assert contract.names == ["thing_id", "colour", "made_on", "updated_at"]
    assert contract.version_key == ["thing_id", "updated_at"]
    assert contract.major == "1"
    assert contract.column("colour").severity is Severity.WARNING


MISTAKES: dict[str, tuple[Change, str, str]] = {
    "unknown key of a dataset": (
        lambda c: c.update(quarantine_limits=0.1),
        "key [quarantine_limits]",
        "Extra inputs",
    ),
    "unknown key of a column": (set_column(COLOUR, requried=True), "key [columns.1.requried]", "Extra inputs"),
    "missing key of a dataset": (lambda c: c.pop("meaning"), "key [meaning]", "required"),
    "missing key of a column": (lambda c: c["columns"][COLOUR].pop("source"), "key [columns.1.source]", "required"),
    "no columns": (lambda c: c.update(columns=[]), "key [columns]", "at least 1"),
    "no key": (lambda c: c.update(key=[]), "key [key]", "at least 1"),
    "unknown type": (set_column(COLOUR, type="text"), "key [columns.1.type]", "'string'"),
    "unknown severity": (set_column(COLOUR, severity="fatal"), "key [columns.1.severity]", "'critical'"),
    "unknown PII class": (set_column(COLOUR, pii="some"), "key [columns.1.pii]", "'direct'"),
    "unknown protection": (set_column(COLOUR, protection="secret"), "key [columns.1.protection]", "'8_usc_1367'"),
    "unknown agency": (lambda c: c.update(agency="fbi"), "key [agency]", "'tecs'"),
    "version that is not major.minor": (lambda c: c.update(version="1"), "key [version]", "pattern"),
    "name that is no identifier": (set_column(COLOUR, name="Colour"), "key [columns.1.name]", "pattern"),
    "share above 1": (lambda c: c.update(quarantine_limit=5), "key [quarantine_limit]", "less than or equal to 1"),
    "completeness of 0": (
        set_column(COLOUR, completeness=0, completeness_why="x"),
        "key [columns.1.completeness]",
        "greater than 0",
    ),
    "column twice": (set_column(COLOUR, name="thing_id"), "(top)", "column name ['thing_id'] appears twice"),
    "source twice": (set_column(COLOUR, source="ID"), "(top)", "column source ['ID'] appears twice"),
    "other header twice": (set_column(COLOUR, also=["ID"]), "(top)", "column source ['ID'] appears twice"),
    "key that is no column": (lambda c: c.update(key=["thing"]), "(top)", "no column [thing]"),
    "key that may be blank": (set_column(ID, required=False), "(top)", "column [thing_id] is part of the identity"),
    "key that only warns": (set_column(ID, severity="warning"), "(top)", "column [thing_id] is part of the identity"),
    "update time that is no column": (lambda c: c.update(updated_at="upd"), "(top)", "no column [upd]"),
    "update time that is a date": (set_column(UPDATED, type="date"), "(top)", "[updated_at] must be a timestamp"),
    "codes outside allowed": (set_column(COLOUR, codes={"G": "green"}), "[columns.1]", "[colour]: codes map"),
    "codes without allowed": (set_column(COLOUR, allowed=[]), "[columns.1]", "[colour]: codes map"),
    "date without formats": (set_column(MADE, formats=[]), "[columns.2]", "[made_on]: formats go with"),
    "formats without date": (set_column(COLOUR, formats=["%Y"]), "[columns.1]", "[colour]: formats go with"),
    "completeness without why": (set_column(COLOUR, completeness=0.9), "[columns.1]", "completeness_why"),
    "why without completeness": (set_column(COLOUR, completeness_why="x"), "[columns.1]", "completeness_why"),
    "not after an unknown column": (set_column(MADE, not_after="sold_on"), "(top)", "no column [sold_on]"),
    "dataset of another agency": (lambda c: c.update(agency="uscis"), "(top)", "must start with its agency"),
}


@pytest.mark.parametrize(("change", "key", "why"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_refused_with_file_and_key(tmp_path: Path, change: Change, key: str, why: str):
    message = refusal(save(tmp_path, change))
    assert key in message
    assert why in message
    assert message.endswith("correct the file")


def test_a_file_that_is_not_named_after_its_dataset_is_refused(tmp_path: Path):
    message = refusal(save(tmp_path, name="tecs_stuff"))
    assert "describes dataset [tecs_things]; rename one of the two" in message


@pytest.mark.parametrize(
    ("text", "line"), [("dataset: [tecs\nkey: x\n", "2"), ("a: b\n\tc: d\n", "2"), ("key: 'x\n", "2")]
)
def test_what_is_not_yaml_is_refused_with_its_line(tmp_path: Path, text: str, line: str):
    path = tmp_path / "tecs_things.yaml"
    path.write_text(text)
    assert f"line [{line}]: " in refusal(path)


@pytest.mark.parametrize("text", ["", "tecs_things", "- dataset: tecs_things\n"])
def test_yaml_that_is_no_mapping_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "tecs_things.yaml"
    path.write_text(text)
    assert "key [(top)]" in refusal(path)


def test_a_pattern_that_does_not_compile_is_refused(tmp_path: Path):
    assert "colour" in refusal(save(tmp_path, set_column(COLOUR, pattern="(")))


def test_a_key_that_is_written_twice_is_refused(tmp_path: Path):
    path = save(tmp_path)
    path.write_text(path.read_text() + "quarantine_limit: 0.99\n")
    assert "quarantine_limit" in refusal(path)


def test_an_unknown_dataset_is_refused_with_those_that_are_known(tmp_path: Path):
    save(tmp_path)
    with pytest.raises(ContractError) as caught:
        load_contract("tecs_stuff", tmp_path)
    assert str(caught.value) == "unknown dataset [tecs_stuff]; known: tecs_things"


def test_a_reference_is_to_a_dataset_with_one_key_column(tmp_path: Path):
    save(tmp_path, lambda c: c["columns"][COLOUR].update(references="tecs_things"))
    ((contract, column, other),) = references(tmp_path)
    assert (contract.dataset, column.name, other.dataset) == ("tecs_things", "colour", "tecs_things")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda c: c["columns"][COLOUR].update(references="tecs_nothings"), "unknown dataset [tecs_nothings]"),
        (
            lambda c: (
                c["columns"][COLOUR].update(references="tecs_things", required=True, severity="critical"),
                c.update(key=["thing_id", "colour"]),
            ),
            "has no single key",
        ),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(tmp_path: Path, change: Change, why: str):
    save(tmp_path, change)
    with pytest.raises(ContractError, match=re.escape(why)):
        references(tmp_path)


def test_what_refers_to_a_protected_record_is_protected():
    for contract, _, other in references():
        assert other.protection is Protection.NONE or contract.protection is other.protection


def test_an_unknown_column_is_named(tmp_path: Path):
    contract = read_contract(save(tmp_path))
    with pytest.raises(ValueError, match=r"^no column \[size\] in dataset \[tecs_things\]$"):
        contract.column("size")


def test_a_contract_cannot_be_changed(tmp_path: Path):
    contract = read_contract(save(tmp_path))
    with pytest.raises(ValueError, match="frozen"):
        contract.quarantine_limit = 1.0
    with pytest.raises(ValueError, match="frozen"):
        contract.columns[0].required = False


def test_the_contracts_load_in_alphabetical_order():
    assert list(load_all()) == dataset_names() == DATASETS
    assert all(load_contract(dataset).dataset == dataset for dataset in DATASETS)


def test_nothing_but_contracts_lies_in_the_folder():
    assert sorted(path.stem for path in CONTRACTS.glob("*.y*ml")) == DATASETS


def test_a_record_table_belongs_to_one_dataset():
    records = [contract.record for contract in load_all().values()]
    assert len(set(records)) == len(records)


@pytest.fixture(params=DATASETS)
def contract(request: pytest.FixtureRequest) -> Contract:
    return load_contract(request.param)


def test_every_column_of_a_protected_dataset_is_protected(contract: Contract):
    if contract.protection is not Protection.NONE:
        assert {column.protection for column in contract.columns} == {contract.protection}


def test_no_column_is_protected_beyond_its_dataset(contract: Contract):
    """A protected column in an open dataset would need a table of its own: readers are let in by the table."""
    if contract.protection is Protection.NONE:
        assert {column.protection for column in contract.columns} == {Protection.NONE}


@pytest.mark.parametrize("dataset", ["uscis_t_applications", "uscis_t_family"])
def test_applicants_for_t_status_and_their_families_are_protected(dataset: str):
    assert load_contract(dataset).protection is Protection.USC_1367


def test_every_visa_class_can_be_said_with_and_without_its_hyphen():
    family = "K-1 K-2 K-3 K-4 IR1 IR2 IR5 CR1 CR2 F1 F2A F2B F3 F4"
    work = "H-1B H-2A H-2B L-1 O P B-1 A-3 G-5"
    petitions, members = load_contract("uscis_petitions"), load_contract("uscis_t_family")
    for contract, classes in ((petitions, f"{family} {work}"), (members, "T-2 T-3 T-4 T-5 T-6")):
        column = contract.column("visa_class")
        assert column.allowed == tuple(classes.split())
        for name in column.allowed:
            assert column.codes.get(name.replace("-", ""), name) == name
    assert petitions.column("visa_class").codes["CR6"] == "CR1"


def test_a_cancelled_record_is_told_from_an_active_one(contract: Contract):
    if "record_state" in contract.names:
        column = contract.column("record_state")
        assert column.required
        assert column.allowed == ("active", "cancelled")
        assert set(column.codes.values()) == {"active", "cancelled"}


def test_patterns_compile_and_match_neither_nothing_nor_everything(contract: Contract):
    for column in contract.columns:
        if column.pattern is not None:
            assert re.fullmatch(column.pattern, "") is None
            assert re.fullmatch(column.pattern, "\0 not a value \n") is None


def test_formats_read_back_what_they_write(contract: Contract):
    moment = datetime(2014, 9, 30, 23, 59, 58, tzinfo=UTC)
    for column in contract.columns:
        for form in column.formats:
            read = datetime.strptime(moment.strftime(form), form)
            assert read.date() == moment.date()
            if column.type is ColumnType.TIMESTAMP:
                assert read == moment


def test_an_allowed_value_is_no_blank_and_no_other_code(contract: Contract):
    for column in contract.columns:
        blanks = {text.casefold() for text in column.blanks}
        assert blanks.isdisjoint(value.casefold() for value in column.allowed)
        assert set(column.codes).isdisjoint(column.allowed)


def test_a_code_is_no_blank():
    for contract in load_all().values():
        for column in contract.columns:
            blanks = {text.casefold() for text in column.blanks}
            assert blanks.isdisjoint(code.casefold() for code in column.codes)


def test_rules_of_text_go_with_text_and_rules_of_time_with_time(contract: Contract):
    for column in contract.columns:
        if column.type is not ColumnType.STRING:
            assert (column.pattern, column.max_length, column.allowed, column.codes) == (None, None, (), {})
        if column.type not in (ColumnType.DATE, ColumnType.TIMESTAMP):
            assert column.not_before is None
            assert column.not_after is None
        if column.not_before is not None:
            assert date(1900, 1, 1) <= column.not_before < date(2004, 10, 1)


def test_names_and_numbers_of_persons_are_marked(contract: Contract):
    names = ("name", "family_name", "given_name", "middle_name", "other_names", "trafficker_name")
    numbers = ("ssn", "a_number", "passport_number", "fbi_number", "address", "phone", "trafficker_phone")
    for column in contract.columns:
        if column.name in (*names, *numbers, "narrative"):
            assert column.pii is Pii.DIRECT, f"{contract.dataset}.{column.name}"
        if column.name in ("date_of_birth", "trafficker_date_of_birth", "sex", "city", "postal_code"):
            assert column.pii is Pii.INDIRECT, f"{contract.dataset}.{column.name}"


def test_identifiers_of_simulated_persons_are_impossible():
    for dataset in DATASETS:
        for column in load_contract(dataset).columns:
            if column.name == "ssn":
                assert column.pattern is not None
                assert re.fullmatch(column.pattern, "900-12-3456")
                assert not re.fullmatch(column.pattern, "000-12-3456")
            if column.name.endswith("phone"):
                assert column.pattern is not None
                assert re.fullmatch(column.pattern, "(202) 555-0123")
                assert not re.fullmatch(column.pattern, "(202) 000-0123")
