"""Matching by hand: `python -m include.matching COMMAND`. Files in, files out; no Airflow, no database."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console

from include.matching.console import evidence_screen, links_screen, say, told, told_values, watched
from include.matching.engines.processes import link_chunks
from include.matching.explain import explain
from include.matching.fields import OF_NAMES
from include.matching.files.columns import read_map
from include.matching.files.errors import TableError
from include.matching.files.tables import File
from include.matching.files.writing import Writer, check_outputs
from include.matching.link import Links, at_size, dedupe, lowest
from include.matching.model import DEFAULT, Model, ModelError, load_model, save_model

# Rows of the smaller file: from so few on, models trained on parts of the benchmark's sets were better.
ENOUGH_TO_LEARN = 20

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _floor(bits: float | None) -> float | None:
    if bits is not None and not bits < float("inf"):
        raise typer.BadParameter(f"no pair reaches [{bits}] bits; give a number, such as -10")
    return bits


Left = Annotated[Path, typer.Argument(metavar="LEFT", help="CSV or Parquet, the smaller side; held in memory.")]
Right = Annotated[Path, typer.Argument(metavar="RIGHT", help="CSV or Parquet of any size, read in chunks.")]
Other = Annotated[Path | None, typer.Argument(metavar="[RIGHT]", help="Without it, duplicates within LEFT.")]
Pairs = Annotated[Path, typer.Option(help="Where the pairs go: .parquet or .csv.")]
ModelFile = Annotated[
    Path | None,
    typer.Option(
        "--model",
        help="A model that `train` wrote.",
        show_default="trained on these files; built in, if they are small",
    ),
]
Map = Annotated[Path | None, typer.Option("--map", help="YAML that names the column of each field.")]
Floor = Annotated[
    float | None,
    typer.Option(help="Bits down to which pairs below `review` are written as well.", callback=_floor),
]
Processes = Annotated[int | None, typer.Option(min=1, help="Chunks worked on at once; all cores if not given.")]
Explain = Annotated[int, typer.Option("--explain", min=0, help="Show the evidence of so many pairs, heaviest first.")]
Values = Annotated[bool, typer.Option("--show-values", help="Show what was compared: data of people.")]


@app.command("link")
def link_command(
    left: Left,
    right: Right,
    out: Pairs,
    model: ModelFile = None,
    columns: Map = None,
    floor: Floor = None,
    processes: Processes = None,
    explained: Explain = 0,
    show_values: Values = False,
) -> None:
    """Pairs of rows of two files that are likely the same person or organisation."""
    with _one_line_errors():
        check_outputs([out], [left, right, model, columns])
        maps = read_map(columns)
        ours, theirs = File(left, maps["left"]), File(right, maps["right"])
        told("left", ours)
        told("right", theirs)
        with Writer(out) as pairs:  # refuses before the work begins
            table = ours.read()
            chosen = _model(model, table, File(right, maps["right"]))
            chunks = watched(theirs.chunks(), theirs.rows)
            found = link_chunks(table, chunks, chosen, lowest(floor, chosen), processes)
            links = Links.settled(found, chosen, floor)
            pairs.write(links.pairs)
        told_values(ours, theirs)
        screen = Console(highlight=False)
        screen.print(links_screen(links, chosen))
        if explained and len(links.pairs):
            heaviest = _heaviest(links, explained)
            evidence = explain(table, _rows(theirs, heaviest["right_id"]), heaviest, chosen)
            screen.print(*evidence_screen(evidence, chosen, show_values), sep="\n")


@app.command("dedupe")
def dedupe_command(
    table: Left,
    out: Pairs,
    model: ModelFile = None,
    columns: Map = None,
    floor: Floor = None,
    explained: Explain = 0,
    show_values: Values = False,
) -> None:
    """Pairs of rows within one file; the map's top and `left:` name its columns."""
    with _one_line_errors():
        check_outputs([out], [table, model, columns])
        file = File(table, read_map(columns)["left"])
        told("table", file)
        with Writer(out) as pairs:
            rows = file.read()
            chosen = _model(model, rows, None)
            links = dedupe(rows, chosen, floor)
            pairs.write(links.pairs)
        told_values(file)
        screen = Console(highlight=False)
        screen.print(links_screen(links, chosen))
        if explained and len(links.pairs):
            evidence = explain(rows, rows, _heaviest(links, explained), chosen)
            screen.print(*evidence_screen(evidence, chosen, show_values), sep="\n")


@app.command("train")
def train_command(
    left: Left,
    out: Annotated[Path, typer.Option(help="Where the model goes, JSON.")],
    right: Other = None,
    decisions: Annotated[
        Path | None,
        typer.Option(help="CSV or Parquet of pairs that people decided: left_id, right_id, outcome (accept, reject)."),
    ] = None,
    columns: Map = None,
) -> None:
    """A model fitted to these files, without labels, or with those of `--decisions`; the first is held in memory, and a
    sample of the other."""
    from include.matching.files.tables import read_decisions
    from include.matching.training.decided import learn
    from include.matching.training.train import RIGHT_ROWS, train

    with _one_line_errors():
        check_outputs([out], [left, right, decisions, columns])
        maps = read_map(columns)
        ours = File(left, maps["left"])
        told("left", ours)
        theirs = None if right is None else File(right, maps["right"])
        if theirs is not None:
            told("right", theirs)
        table = ours.read()
        others, right_rows = (None, None) if theirs is None else theirs.sample(RIGHT_ROWS)
        model = train(table, others, right_rows=right_rows)
        if min(len(table), right_rows or len(table)) < ENOUGH_TO_LEARN:
            say(f"fewer than [{ENOUGH_TO_LEARN}] rows teach little: the model that is built in is better")
        if decisions is not None:
            decided = read_decisions(decisions)
            learnt = learn(model, table, table if theirs is None else _rows(theirs, decided["right_id"]), decided)
            model = learnt.model
            typer.echo(
                f"m counted from [{learnt.accepted}] accepted pairs: leads are [{learnt.leads_now[0]}] of them, "
                f"before [{learnt.leads_before[0]}]; and of [{learnt.rejected}] rejected pairs "
                f"[{learnt.leads_now[1]}], before [{learnt.leads_before[1]}]"
            )
        told_values(ours, *(() if theirs is None else (theirs,)))
        save_model(model, out)
        typer.echo(f"model {model.version}: lead from {model.lead:g} bits, review from {model.review:g}")


@app.command("evaluate")
def evaluate_command(
    left: Left,
    truth: Annotated[Path, typer.Option(help="CSV or Parquet of the true pairs: columns left_id, right_id.")],
    out: Annotated[Path, typer.Option(help="Where the page goes, HTML.")],
    right: Other = None,
    figures: Annotated[Path | None, typer.Option("--json", help="The same figures, for programs.")] = None,
    model: ModelFile = None,
    columns: Map = None,
    processes: Processes = None,
    show_values: Values = False,
) -> None:
    """How good the pairs are where the truth is known: a page to read and print; all is held in memory."""
    from include.matching.evaluation.measure import evaluate
    from include.matching.evaluation.page import render
    from include.matching.evaluation.pairs import CULTURE, known_truth
    from include.matching.files.tables import read_truth

    with _one_line_errors():
        check_outputs([out, figures], [left, right, truth, model, columns])
        maps = read_map(columns, extras=(CULTURE,))
        files = [File(left, maps["left"], extras=(CULTURE,))]
        if right is not None:
            files.append(File(right, maps["right"], extras=(CULTURE,)))
        for side, file in zip(("left", "right"), files, strict=False):
            told(side, file)
        tables = [file.read() for file in files]
        true_pairs = read_truth(truth)
        known, unknown = known_truth(true_pairs, tables[0], tables[-1], both_ways=right is None)
        if known.empty:
            raise TableError(
                f"[{truth.name}] has no pair of which both rows are in the files; left_id holds ids of [{left.name}], "
                f"right_id of [{files[-1].path.name}]"
            )
        if unknown:
            say(f"[{truth.name}]: [{unknown}] pairs have a row that is not in the files, and do not count")
        chosen = _model(model, tables[0], File(right, maps["right"]) if right else None)
        found = evaluate(tables[0], tables[1] if right else None, true_pairs, chosen, processes, show_values)
        told_values(*files)
        out.write_text(render(found), encoding="utf-8")
        if figures is not None:
            figures.write_text(json.dumps(found.as_dict(), indent=1) + "\n", encoding="utf-8")
        typer.echo(found.headline())


@app.command("explain")
def explain_command(
    left: Left,
    right: Right,
    a: Annotated[str, typer.Argument(metavar="A", help="An id of LEFT.")],
    b: Annotated[str, typer.Argument(metavar="B", help="An id of RIGHT.")],
    model: ModelFile = None,
    columns: Map = None,
    show_values: Values = False,
) -> None:
    """Why two rows are, or are not, thought to be one: each comparison with its weight."""
    with _one_line_errors():
        maps = read_map(columns)
        ours, theirs = File(left, maps["left"]), File(right, maps["right"])
        table = ours.read()
        chosen = _model(model, table, File(right, maps["right"]))
        one, other = _rows(ours, [a], table), _rows(theirs, [b])
        evidence = explain(one, other, pd.DataFrame({"left_id": [a], "right_id": [b]}), chosen)
        Console(highlight=False).print(*evidence_screen(evidence, chosen, show_values), sep="\n")


def _model(path: Path | None, left: pd.DataFrame, right: File | None) -> Model:
    """The model that was asked for; without one, one trained on these tables if they are large enough to teach. Raises
    `TableError` for files that have nothing to compare."""
    from include.matching.training.train import ENOUGH_NAMES, RIGHT_ROWS, train

    shared = set(left) & set(left if right is None else right.fields)
    if right is not None and not shared and not ({*left} & {*OF_NAMES} and {*right.fields} & {*OF_NAMES}):
        raise TableError(f"[{right.path.name}] has no field that the other file has; name the columns of both in a map")
    if path is not None and not shared <= {"id", *OF_NAMES}:
        return load_model(path)
    others, right_rows = (None, len(left)) if right is None else right.sample(RIGHT_ROWS)
    small = min(len(left), right_rows) < ENOUGH_TO_LEARN
    if path is None and small:
        say("model: the one that is built in; the files are too small to train one")
    if path is not None or small:
        return at_size(load_model(path or DEFAULT), left, left if others is None else others, right_rows)
    model = train(left, others, right_rows=right_rows)
    how = f"trained on these files, {model.prior_why}"
    if model.name != "trained":
        how = f"the one that is built in; names alone, of fewer than [{ENOUGH_NAMES}] rows, teach it nothing"
    say(f"model: {how}")
    return model


def _heaviest(links: Links, count: int) -> pd.DataFrame:
    return links.pairs.sort_values("match_weight", ascending=False, kind="stable").head(count)


def _rows(file: File, ids: "pd.Series[str] | list[str]", table: pd.DataFrame | None = None) -> pd.DataFrame:
    """The rows with these ids. If no `table` of the file is given, the whole file is read, in chunks. Raises
    `TableError` for an id that is not there."""
    chunks = file.chunks() if table is None else [table]
    rows = pd.concat([chunk[chunk["id"].isin(ids)] for chunk in chunks], ignore_index=True)
    if missing := sorted(set(ids) - set(rows["id"])):
        raise TableError(f"[{file.path.name}] has no row with id [{missing[0]}]; take one that `link` wrote")
    return rows


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """An expected failure is one line and exit status 1."""
    try:
        yield
    except (TableError, ModelError) as error:
        say(f"matching: {error}")
        raise typer.Exit(1) from None
    except OSError as error:
        name = Path(str(error.filename or "")).name
        said = f"matching: [{name}] cannot be written: {error.strerror}; check the path"
        say(said)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app(prog_name="python -m include.matching")
