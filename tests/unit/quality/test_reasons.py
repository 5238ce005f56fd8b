"""Every reason for a refusal has its sentence, and no sentence has a value."""

import pytest

from include.contracts import load_all
from include.quality.reasons import sentence
from include.quality.records import Malformed
from include.quality.repairs import Repair
from include.quality.rules import columns_of


@pytest.mark.parametrize("dataset", load_all())
def test_every_reason_is_one_sentence(dataset):
    contract = load_all()[dataset]
    labels = [*Malformed, *(f"{column.name}:{rule}" for column, rule in columns_of(contract))]
    labels += [f"{column.name}:unreadable" for column in contract.columns]
    for label in labels:
        text = sentence(contract, [label, Repair.CP1252])
        assert text.count(".") == text.endswith(".") == 1
        assert "\n" not in text
        assert "replay" in text


def test_several_reasons_are_one_sentence_still(small):
    assert sentence(small, ["thing_id:pattern", "owner:required"]) == (
        "column [ID] does not have the form that the contract asks for, and column [OWNER] is blank, and no row is of "
        "use without it; ask the agency for the row anew, or, if the agency is right, correct the contract and replay."
    )
