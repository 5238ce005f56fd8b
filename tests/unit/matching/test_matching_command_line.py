"""The command line, as a person uses it on files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from include.matching.__main__ import app
from include.matching.fields import FIELDS
from include.matching.link import Linker, dedupe, link
from include.matching.model import DEFAULT, LEVELS, Model, load_model
from tests.unit.matching.people import crowd

ROOT = Path(__file__).parents[3]
LEFT, RIGHT = crowd(15, 1, "L"), crowd(60, 2, "R")
CROWD = crowd(25, 1, "L")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], env={"COLUMNS": "120"})


def refused(*arguments: object) -> str:
    """The one line that a command ends with."""
    done = run(*arguments)
    assert done.exit_code == 1, done.output
    line = done.stderr.splitlines()[-1]
    assert line.startswith("matching: ")
    return line


@pytest.fixture(scope="module")
def model() -> Model:
    """The one that a command takes if it is given none."""
    return load_model()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files")
    LEFT.to_csv(path / "left.csv", index=False)
    RIGHT.to_parquet(path / "right.parquet")
    return path


@pytest.mark.parametrize("name", ["pairs.csv", "pairs.parquet"])
def test_link_writes_what_link_finds(folder: Path, model: Model, name: str) -> None:
    done = run("link", folder / "left.csv", folder / "right.parquet", "--out", folder / name, "--floor", "-5")
    assert done.exit_code == 0, done.output
    found = pd.read_csv(folder / name, dtype="str") if name.endswith("csv") else pd.read_parquet(folder / name)
    assert list(found) == ["left_id", "right_id", "match_weight", "match_probability", "band", "others", *LEVELS]
    expected = link(LEFT, RIGHT, model, -5.0)
    texts = dict.fromkeys(["left_id", "right_id", "band", *LEVELS], "str")
    numbers = dict.fromkeys(["match_weight", "match_probability", "others"], "float64")
    pd.testing.assert_frame_equal(found.astype(texts | numbers), expected.pairs.astype(texts), check_exact=True)
    leads = (expected.pairs["band"] == "lead").sum()
    assert f"{expected.compared:,} pairs compared: {leads:,} leads, " in done.stdout
    assert model.version in done.stdout
    assert "\x1b" not in done.output  # no colours, no progress: this is no terminal


def test_evidence_of_the_heaviest_pairs(folder: Path, model: Model) -> None:
    command = ["link", folder / "left.csv", folder / "right.parquet", "--out", folder / "some.csv", "--explain", 2]
    pairs = link(LEFT, RIGHT, model).pairs.sort_values("match_weight", ascending=False)
    done = run(*command)
    assert done.stdout.count("probability") == 2
    assert f"{pairs['match_weight'].iloc[0]:+.4f}" in done.stdout
    assert not any(name.upper() in done.stdout for name in ("Garcia", "Okafor", "Nguyen"))
    assert any(name.upper() in run(*command, "--show-values").stdout for name in ("Garcia", "Okafor", "Nguyen"))


def test_explain_two_rows(folder: Path, model: Model) -> None:
    pair = Linker(LEFT, model).link(RIGHT).pairs.iloc[0]
    command = ["explain", folder / "left.csv", folder / "right.parquet", pair["left_id"], pair["right_id"]]
    done = run(*command)
    assert f"{pair['match_weight']:+.4f}" in done.stdout
    line = refused(*command[:-1], "R999")
    assert line == "matching: [right.parquet] has no row with id [R999]; take one that `link` wrote"


def test_dedupe(folder: Path, model: Model) -> None:
    done = run("dedupe", folder / "right.parquet", "--out", folder / "twice.parquet", "--model", DEFAULT)
    assert done.exit_code == 0, done.output
    expected = dedupe(RIGHT, model).pairs
    assert pd.read_parquet(folder / "twice.parquet")["match_weight"].tolist() == expected["match_weight"].tolist()


def test_without_a_model_it_learns_from_twenty_rows_on(folder: Path) -> None:
    RIGHT.head(19).to_csv(folder / "few.csv", index=False)
    few = run("dedupe", folder / "few.csv", "--out", folder / "x.csv")
    assert load_model().version in few.stdout
    RIGHT.head(20).to_csv(folder / "enough.csv", index=False)
    enough = run("dedupe", folder / "enough.csv", "--out", folder / "x.csv")
    assert enough.exit_code == 0, enough.output
    assert "model trained-" in enough.stdout


def test_explain_weighs_as_link_does(folder: Path) -> None:
    CROWD.to_csv(folder / "crowd.csv", index=False)
    files = [folder / "crowd.csv", folder / "right.parquet"]
    linked = run("link", *files, "--out", folder / "own.csv", "--explain", 1)
    assert "model trained-" in linked.stdout
    pair = linked.stdout.partition("resemblance of records")[2].splitlines()[1].rstrip()
    evidence = run("explain", *files, *pair.split(" and ")).stdout.splitlines()
    assert len(evidence) > 5
    assert evidence[2:-1] == [line for line in linked.stdout.splitlines() if line in evidence[2:-1]]


def test_an_id_is_shown_as_it_stands(folder: Path) -> None:
    LEFT.assign(id=[f"[/red]{n} \x1b" for n in range(len(LEFT))]).to_csv(folder / "odd.csv", index=False)
    done = run("link", folder / "odd.csv", folder / "right.parquet", "--out", folder / "x.csv", "--explain", 1)
    assert done.exit_code == 0, done.output
    assert "[/red]" in done.stdout
    assert "\x1b" not in done.stdout


def test_names_alone_of_few_rows_are_not_said_to_be_learnt(folder: Path) -> None:
    RIGHT[["id", "given", "family"]].to_csv(folder / "names.csv", index=False)
    done = run("dedupe", folder / "names.csv", "--out", folder / "x.csv")
    assert "model: the one that is built in; names alone" in done.stderr
    assert "model default-" in done.stdout


def test_training_on_few_rows_is_told(folder: Path) -> None:
    RIGHT.head(19).to_csv(folder / "few.csv", index=False)
    done = run("train", folder / "few.csv", "--out", folder / "few.json")
    assert "fewer than [20] rows teach little" in done.stderr
    assert "fewer than" not in run("train", folder / "right.parquet", "--out", folder / "few.json").stderr


def test_train_then_link_with_it(folder: Path) -> None:
    done = run("train", folder / "left.csv", folder / "right.parquet", "--out", folder / "model.json")
    assert done.exit_code == 0, done.output
    assert load_model(folder / "model.json").version in done.stdout
    files = [folder / "left.csv", folder / "right.parquet", "--out", folder / "again.csv"]
    linked = run("link", *files, "--model", folder / "model.json")
    assert linked.exit_code == 0, linked.output
    assert load_model(folder / "model.json").version in linked.stdout


def test_evaluate_writes_a_page_and_its_figures(folder: Path, model: Model) -> None:
    pairs = link(LEFT, RIGHT, model).pairs
    pairs[["left_id", "right_id"]].to_csv(folder / "truth.csv", index=False)
    files = ["--truth", folder / "truth.csv", "--out", folder / "page.html", "--json", folder / "page.json"]
    done = run("evaluate", folder / "left.csv", folder / "right.parquet", *files)
    assert done.exit_code == 0, done.output
    figures = json.loads((folder / "page.json").read_text())
    assert figures["true_pairs"] == len(pairs)
    assert figures["at_lead"]["precision"] == 1.0
    assert f"precision 1.000, recall {figures['at_lead']['recall']:.3f}" in done.stdout
    assert (folder / "page.html").read_text().startswith("<!doctype html>")


def test_truth_of_other_files_is_told(folder: Path) -> None:
    truth = folder / "partly.csv"
    truth.write_text("left_id,right_id\nL0,R0\nR0,L0\nL0,R999\n")
    files = [folder / "left.csv", folder / "right.parquet", "--truth", truth, "--out", folder / "x.html"]
    assert (
        "[partly.csv]: [2] pairs have a row that is not in the files, and do not count"
        in run("evaluate", *files).stderr
    )
    truth.write_text("left_id,right_id\nR0,L0\n")
    assert refused("evaluate", *files) == (
        "matching: [partly.csv] has no pair of which both rows are in the files; left_id holds ids of [left.csv], "
        "right_id of [right.parquet]"
    )


def test_no_input_is_written_over(folder: Path) -> None:
    left, right = folder / "left.csv", folder / "right.parquet"
    before = left.read_bytes(), right.read_bytes()
    written = "is read, and would be written over; choose another name for the output"
    for command in (
        ["link", left, right, "--out", right],
        ["dedupe", left, "--out", folder / ".." / folder.name / "left.csv"],
        ["train", left, "--out", left],
        ["evaluate", left, right, "--truth", right, "--out", folder / "x.html", "--json", left],
    ):
        assert written in refused(*command)
    assert (left.read_bytes(), right.read_bytes()) == before


def test_of_many_columns_that_are_not_used_some_are_told(folder: Path) -> None:
    LEFT.assign(**{f"c{number}": "" for number in range(200)}).to_csv(folder / "wide.csv", index=False)
    done = run("link", folder / "wide.csv", folder / "right.parquet", "--out", folder / "wide-pairs.csv")
    assert f"; not used: {', '.join(f'c{number}' for number in range(10))} and 190 more\n" in done.stderr


@pytest.mark.parametrize("bits", ["nan", "inf"])
def test_a_floor_that_no_pair_reaches_is_refused(folder: Path, bits: str) -> None:
    done = run("link", folder / "left.csv", folder / "right.parquet", "--out", folder / "x.csv", "--floor", bits)
    assert done.exit_code == 2
    assert f"no pair reaches [{bits}] bits" in done.stderr


def test_columns_are_told_and_a_map_names_them(folder: Path) -> None:
    renamed = LEFT.rename(columns={"id": "no", "family": "Surname"}).assign(remarks="")
    renamed.to_csv(folder / "renamed.csv", index=False)
    (folder / "map.yaml").write_text("left:\n  id: no\n  family: Surname\n")
    files = [folder / "renamed.csv", folder / "right.parquet"]
    assert refused("link", *files, "--out", folder / "x.csv").startswith("matching: [renamed.csv] has no column [id]")
    done = run("link", *files, "--map", folder / "map.yaml", "--out", folder / "mapped.csv")
    told = ", ".join(FIELDS).replace("family", "family from [Surname]")
    assert f"left [renamed.csv]: {told}; not used: remarks" in done.stderr
    run("link", folder / "left.csv", folder / "right.parquet", "--out", folder / "plain.csv")
    assert (folder / "mapped.csv").read_bytes() == (folder / "plain.csv").read_bytes()


def test_dates_that_cannot_be_read_are_told_as_a_share(folder: Path) -> None:
    LEFT.assign(dob=["31.12.1999"] * 3 + ["1999-12-31"] * 12).to_csv(folder / "dates.csv", index=False)
    done = run("link", folder / "dates.csv", folder / "right.parquet", "--out", folder / "x.csv")
    assert "[dates.csv]: [20.0%] of the dates of birth cannot be read and count as missing" in done.stderr
    assert "31.12.1999" not in done.output


def test_how_dates_are_read_is_told(folder: Path) -> None:
    LEFT.assign(dob=[f"{13 + nth}/12/1999" for nth in range(14)] + ["c. 1999"]).to_csv(
        folder / "dates.csv", index=False
    )
    done = run("link", folder / "dates.csv", folder / "right.parquet", "--out", folder / "x.csv")
    assert "[dates.csv]: [93.3%] of the dates of birth are read as DD/MM/YYYY" in done.stderr
    assert "[dates.csv]: [6.7%] of the dates of birth are read as a year that is not certain" in done.stderr


def test_files_without_names_or_a_field_in_common_are_told(folder: Path) -> None:
    LEFT[["id", "dob"]].to_csv(folder / "born.csv", index=False)
    RIGHT[["id", "family"]].to_csv(folder / "named.csv", index=False)
    said = run("link", folder / "born.csv", folder / "named.csv", "--out", folder / "none.csv").stderr
    assert "left [born.csv]: no column is read as a name; a map says which one is: full_name: ..." in said
    assert "[named.csv] has no field that the other file has; name the columns of both in a map" in said


def test_a_field_of_which_few_values_can_be_read_is_told(folder: Path) -> None:
    LEFT.assign(sex="2", phone="extension 4711").to_csv(folder / "coded.csv", index=False)
    done = run("link", folder / "coded.csv", folder / "right.parquet", "--out", folder / "x.csv")
    for field, write in (("sex", "F or M, or words that begin so"), ("phone", "seven digits or more")):
        told = f"[coded.csv]: of [{field}] [0.0%] of the values can be read, the others count as missing; write {write}"
        assert told in done.stderr
    assert "4711" not in done.output
    done = run("link", folder / "left.csv", folder / "right.parquet", "--out", folder / "x.csv")
    assert "[sex]" not in done.stderr


def test_an_order_that_a_column_shows_is_told(folder: Path) -> None:
    families = [
        "SMITH",
        "MILLER",
        "NGUYEN",
        "JOHNSON",
        "GARCIA",
        "RODRIGUEZ",
        "WOOD",
        "HILL",
        "YOUNG",
        "BAKER",
        "MYERS",
    ]
    given = ["JOHN", "MARY", "LINDA", "ROBERT", "JOSE", "ANA", "KAREN", "RUTH", "MICHAEL", "PATRICIA", "SUSAN"]
    names = [f"{one} {other}" for one in families for other in given]
    pd.DataFrame({"id": range(len(names)), "full_name": names}).to_csv(folder / "turned.csv", index=False)
    done = run("link", folder / "turned.csv", folder / "right.parquet", "--out", folder / "x.csv", "--model", DEFAULT)
    assert "left [turned.csv]: full_name is read with the surname first, as [100.0%] of [" in done.stderr
    assert "SMITH" not in done.output


def test_refusals_are_one_line_and_leave_no_output(folder: Path) -> None:
    left, right, out = folder / "left.csv", folder / "right.parquet", folder / "none.csv"
    assert "[none.json] cannot be read" in refused("link", left, right, "--out", out, "--model", folder / "none.json")
    assert "[gone.csv] cannot be read" in refused("link", folder / "gone.csv", right, "--out", out)
    twice = pd.concat([RIGHT, RIGHT.head(1)])
    twice.to_csv(folder / "twice.csv", index=False)
    assert "[twice.csv] repeats an id in row [61]" in refused("link", left, folder / "twice.csv", "--out", out)
    assert not list(folder.glob("*none.csv*"))
    nowhere = folder / "no" / "page.html"
    truth = folder / "pair.csv"
    truth.write_text("left_id,right_id\nL0,R0\n")
    assert "[page.html] cannot be written there; give the path of a file, in a folder that exists" in refused(
        "evaluate", left, right, "--truth", truth, "--out", nowhere
    )


def test_it_needs_neither_airflow_nor_a_database() -> None:
    code = "import sys, include.matching.__main__; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert {"pandas", "rapidfuzz"} <= loaded
    assert not {"airflow", "psycopg2", "sqlalchemy", "great_expectations", "pyspark"} & loaded


def test_the_command_of_the_documents(folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "include.matching",
        "link",
        folder / "left.csv",
        folder / "gone.csv",
        "--out",
        "x.csv",
    ]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "matching: [gone.csv] cannot be read: No such file or directory; check the path\n"
