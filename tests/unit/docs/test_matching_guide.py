"""The guide's worked example is run; that its output is fresh, test_generated_docs.py holds."""

from pathlib import Path

import pytest

from docs import guide


def test_the_example_finds_whom_it_should() -> None:
    text = guide.matching_guide()
    link, explain, evaluate = (found["output"] for found in guide.COMMAND.finditer(text))
    assert "2 leads" in link
    assert "S1 and P1" in link
    assert "OKAFOR" not in link
    assert "MARIA GARCIA" in explain
    assert "precision 1.000" in evaluate
    assert [file["name"] for file in guide.FILE.finditer(text)] == [
        "subjects.csv",
        "petitions.csv",
        "columns.yaml",
        "truth.csv",
    ]


def test_a_command_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "matching.md"
    broken.write_text("```console\n$ python -m include.matching dedupe none.csv --out pairs.csv\n```\n")
    monkeypatch.setattr(guide, "GUIDE", broken)
    with pytest.raises(RuntimeError, match=r"docs/matching.md: \[dedupe none.csv --out pairs.csv\] fails: .*none.csv"):
        guide.matching_guide()
