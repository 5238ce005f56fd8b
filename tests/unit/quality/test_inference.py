"""What can be inferred from the rest of a row, and what is left alone."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.contracts import load_all, load_contract
from include.contracts.model import Column, Contract
from include.quality.inference import infer
from include.quality.repairs import Repair

PETITIONS = load_contract("uscis_petitions")


def text(contract: Contract, *rows: dict[str, str]) -> pa.Table:
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in contract.names})


@pytest.mark.parametrize(
    ("dataset", "column", "value", "meant"),
    [
        ("tecs_arrests", "arrest_id", "?20000177", "R20000177"),
        ("tecs_arrests", "subject_id", "\ufffd10000071", "S10000071"),
        ("tecs_arrests", "subject_id", "S1000007?", None),
        ("tecs_arrests", "subject_id", "S1000007O", None),
        ("tecs_arrests", "subject_id", "S1000007", None),
        ("tecs_arrests", "subject_id", "?1000007?", None),
        ("uscis_petitions", "receipt_number", "?IN0612345678", "LIN0612345678"),
        ("uscis_petitions", "receipt_number", "?AC0612345678", None),  # EAC, WAC
        ("uscis_petitions", "receipt_number", "LIN061234567?", None),
        ("uscis_petitions", "receipt_number", "?S?0612345678", None),  # two need not be the same letter: CSC, MSC, NSC
        ("uscis_petitioners", "a_number", "?12345678", None),  # a digit, or A
    ],
)
def test_a_character_is_restored_where_the_contract_lets_one_stand(
    dataset: str, column: str, value: str, meant: str | None
) -> None:
    found, done = infer(load_contract(dataset), text(load_contract(dataset), {column: value}))
    assert found[column].to_pylist() == [meant or value]
    assert list(done) == ([Repair.ILLEGIBLE] if meant else [])


@pytest.mark.parametrize(
    ("form", "visa_class", "meant", "is_inferred"),
    [
        ("I-140", "K-1", "I-129F", True),
        ("I-140", "IR1", "I-130", True),
        ("I-140", "H2A", "I-129", True),
        ("I-140", "CR6", "I-130", True),
        ("I-140", "EB-1", "I-140", False),
        ("I-140", None, "I-140", False),
        ("I130", "K-1", "I130", False),
        (None, "K-1", None, False),
    ],
)
def test_a_form_follows_from_the_visa_class(
    form: str | None, visa_class: str | None, meant: str | None, is_inferred: bool
) -> None:
    found, done = infer(PETITIONS, text(PETITIONS, {"form": form, "visa_class": visa_class}))
    assert found["form"].to_pylist() == [meant]
    assert list(done) == ([Repair.IMPLIED] if is_inferred else [])


def test_each_row_is_judged_by_itself_and_the_rest_stays() -> None:
    rows = [
        {"form": "I-140", "visa_class": "K-1", "status": "?"},
        {"form": "I-130"},
        {"receipt_number": "?BC0612345678"},
    ]
    found, done = infer(PETITIONS, text(PETITIONS, *rows))
    assert found["form"].to_pylist() == ["I-129F", "I-130", None]
    assert found["receipt_number"].to_pylist() == [None, None, "NBC0612345678"]
    assert found["status"].to_pylist() == ["?", None, None]
    assert {repair: np.flatnonzero(mask).tolist() for repair, mask in done.items()} == {
        Repair.IMPLIED: [0],
        Repair.ILLEGIBLE: [2],
    }


def values(column: Column) -> st.SearchStrategy[str | None]:
    usual = [*column.allowed, *column.codes] or ["S10000071", "LIN0612345678", "2014-09-01", "HT1"]
    return st.none() | st.sampled_from(usual) | st.text(st.characters(blacklist_characters="?\ufffd", codec="utf-8"))


@given(st.sampled_from(sorted(load_all())), st.data())
def test_what_is_legible_and_of_the_contract_is_never_changed(dataset: str, data: st.DataObject) -> None:
    contract = load_contract(dataset)
    row: dict[str, Any] = {column.name: data.draw(values(column)) for column in contract.columns}
    for column in contract.columns:
        if column.implied:
            row[column.name] = data.draw(st.sampled_from([None, *column.allowed, *column.codes]))
    table = text(contract, row)
    found, done = infer(contract, table)
    assert found.equals(table)
    assert done == {}
