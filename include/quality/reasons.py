"""Why a row is in quarantine, in one sentence that a person can act on. Names columns and rules, never a value."""

from collections.abc import Sequence

from include.contracts.model import Contract
from include.quality.records import Malformed
from include.quality.repairs import Repair
from include.quality.rules import Rule

OF_RECORD: dict[str, str] = {
    Malformed.TOO_FEW_FIELDS: "the row has fewer fields than the header",
    Malformed.TOO_MANY_FIELDS: "the row has more fields than the header, and no single way to put it right",
    Malformed.NUL_BYTE: "a NUL byte stands within a value, where a character was lost",
    Malformed.NOT_UTF8: "some bytes of the row are neither UTF-8 nor, all of them, CP1252",
    "row:unconfirmed": "an attempt that is complete by its control totals does not have it",
    Malformed.BROKEN_QUOTES: "a quote is opened and never closed, or closed within a value",
}
OF_VALUE = {
    Rule.REQUIRED: "is blank, and no row is of use without it",
    Rule.PATTERN: "does not have the form that the contract asks for",
    Rule.MAX_LENGTH: "is longer than the contract allows",
    Rule.ALLOWED: "is a code that the contract does not know",
    Rule.NOT_BEFORE: "is earlier than the contract allows",
    Rule.NOT_AFTER: "is later than the contract allows",
    Rule.UNREADABLE: "cannot be read as the type that the contract says",
}


def sentence(contract: Contract, labels: Sequence[str]) -> str:
    """One sentence for the labels of a refused row (`row:<fault>`, `<column>:<rule>`, repairs among them)."""
    repairs = set(Repair)
    said = [_clause(contract, label) for label in labels if label not in repairs]
    remedy = "ask the agency for the row anew, or, if the agency is right, correct the contract and replay"
    return f"{', and '.join(said)}; {remedy}."


def _clause(contract: Contract, label: str) -> str:
    name, _, rule = label.partition(":")
    if name == "row":
        return OF_RECORD[label]
    return f"column [{contract.column(name).source}] {OF_VALUE[Rule(rule)]}"
