import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict, get_type_hints

import pytest
from jsonschema import Draft202012Validator, ValidationError

from docs import generate
from include.contracts import load_all
from include.local.night import NightSummary
from include.reporting.summary import DatasetSummary

EXAMPLE = {str: "text", int: 1, float: 0.5, bool: True, list[str]: ["text"], dict[str, float]: {"stage": 0.5}}


def example(described: type) -> dict[str, object]:
    """A value for every key of a TypedDict; null where null is one of the types."""
    hints = get_type_hints(described)
    return {
        key: EXAMPLE.get(hint) if hint != list[DatasetSummary] else [example(DatasetSummary)]
        for key, hint in hints.items()
    }


def schema() -> Draft202012Validator:
    document = json.loads(generate.summary_schema())
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def row(dataset: str, column: str) -> str:
    """The line of the dictionary that describes a column."""
    section = generate.data_dictionary().split(f"\n## {dataset}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith(f"| `{column}` |")]
    assert len(lines) == 1
    return lines[0]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generated documents."""
    folder = tmp_path_factory.mktemp("docs")
    generate.write(folder)
    return folder


def test_the_committed_documents_are_fresh_says_the_command_that_ci_runs():
    command = [sys.executable, str(generate.DOCS / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_made_again_they_are_the_same_and_nothing_else_is_written(written: Path):
    assert {path.name for path in written.iterdir()} == generate.DOCUMENTS.keys()
    assert generate.stale(written) == []


@pytest.mark.parametrize("name", generate.DOCUMENTS)
def test_a_stale_or_missing_document_is_named_in_one_line(
    tmp_path: Path, written: Path, name: str, monkeypatch: pytest.MonkeyPatch
):
    texts = {path.name: path.read_text() for path in written.iterdir()}
    made = {each: lambda text=text: text for each, text in texts.items()}  # one takes a second to make
    monkeypatch.setattr(generate, "DOCUMENTS", made)
    generate.write(tmp_path)
    document = tmp_path / name
    document.write_text(document.read_text() + "\n")
    assert generate.stale(tmp_path) == [name]
    document.unlink()
    assert generate.stale(tmp_path) == [name]

    monkeypatch.setattr(generate, "stale", lambda: [name])
    message = generate.main(["--check"])
    assert message is not None
    assert f"[{name}]" in message
    assert "make docs" in message
    assert "\n" not in message


def test_an_unknown_option_is_refused():
    assert generate.main(["--chekc"]) == "docs/generate.py: the only option is --check"


def test_the_dictionary_has_every_dataset_and_every_column():
    for dataset, contract in load_all().items():
        for column in contract.columns:
            line = row(dataset, column.name)
            assert f"`{column.source}`" in line
            assert column.meaning.replace("|", "\\|") in line
            assert (f"| {column.pii} |" if column.pii != "none" else "| - |") in line
            assert ("8_usc_1367" in line) == (column.protection == "8_usc_1367")


def test_the_dictionary_says_every_rule_and_what_a_breach_costs():
    assert "required; pattern `S\\d{8}`; breach: critical" in row("tecs_subjects", "subject_id")
    assert "at most 30 characters; breach: warning" in row("tecs_aliases", "name")
    born = row("uscis_petitioners", "date_of_birth")
    assert "formats `%Y-%m-%d`, `%m/%d/%Y`; not before 1900-01-01; not after `updated_at`" in born
    assert "| 75.0%: signatories of organisations give none; persons nearly always do |" in born
    sex = row("tecs_subjects", "sex")
    assert "`Female` = `F`" in sex
    assert "one of `F`, `M`, `U`" in sex
    assert "a whole number; breach: critical" in row("uscis_beneficiaries", "beneficiary_number")
    assert "breach" not in row("tecs_subjects", "city")  # no rule that could be broken


def test_a_pipe_in_a_pattern_does_not_end_the_cell():
    line = row("uscis_petitions", "receipt_number")
    assert "(EAC\\|VSC\\|" in line
    assert line.replace("\\|", "").count("|") == 8  # seven cells


def test_the_schema_accepts_a_summary():
    summary = example(NightSummary)
    schema().validate(summary)
    schema().validate({**summary, "datasets": [{**example(DatasetSummary), "completeness": 1.0, "decision": "pass"}]})


@pytest.mark.parametrize("key", get_type_hints(NightSummary))
def test_the_schema_misses_every_key_that_is_missing(key: str):
    summary = example(NightSummary)
    del summary[key]
    with pytest.raises(ValidationError, match=f"'{key}' is a required property"):
        schema().validate(summary)


def test_the_schema_refuses_what_nobody_described():
    with pytest.raises(ValidationError, match="unexpected"):
        schema().validate({**example(NightSummary), "surname": "x"})
    with pytest.raises(ValidationError, match="unexpected"):
        schema().validate({**example(NightSummary), "datasets": [{**example(DatasetSummary), "surname": "x"}]})


def test_every_key_of_the_schema_says_what_it_means():
    document = json.loads(generate.summary_schema())
    for described in (document, document["$defs"]["DatasetSummary"]):
        assert described["description"]
        assert all(key["description"] for key in described["properties"].values())


def test_a_key_without_a_meaning_is_an_error():
    class Described(TypedDict):
        known: int
        forgotten: int

    with pytest.raises(ValueError, match=r"\[Described\].*forgotten"):
        generate._model(Described, {"known": "a number"})
    with pytest.raises(ValueError, match=r"\[Described\].*gone"):
        generate._model(Described, {"known": "a number", "forgotten": "a number", "gone": "a number"})
