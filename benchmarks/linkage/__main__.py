"""Our matcher and its peers, side by side on the same data.

    python -m benchmarks.linkage build --data DIR --set febrl4
    python -m benchmarks.linkage run --data DIR --set febrl4 --matcher splink-full
    python -m benchmarks.linkage table --data DIR --mean --since 3
    python -m benchmarks.linkage equity --data DIR --set sim-oig --seed 3 --seed 4 --matcher ours-default
    python -m benchmarks.linkage growth --data DIR
    python -m benchmarks.linkage limit --data DIR --set town-10k-1m
    python -m benchmarks.linkage ship --data DIR

Nothing of DIR belongs into the repository. The peers live in an environment of their own (requirements.txt).
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from benchmarks.linkage import equity as equity_report
from benchmarks.linkage import shipped
from benchmarks.linkage.build import SETS, build_set
from benchmarks.linkage.evaluate import evaluate
from benchmarks.linkage.layout import read
from benchmarks.linkage.matchers import MATCHERS

app = typer.Typer(no_args_is_help=True, add_completion=False)
Data = Annotated[Path, typer.Option("--data", help="folder of sets and results")]
Peers = Annotated[Path, typer.Option("--peers", help="Python of the peers' environment", envvar="LINKAGE_PEERS")]
SetName = Annotated[str, typer.Option("--set", help="one of: " + ", ".join(SETS))]
RESULTS = "results.jsonl"


@app.command()
def build(data: Data, name: SetName, peers: Peers = Path(sys.executable), seed: int = 1) -> None:
    """Build a set, if it is not there."""
    folder = data / f"{name}-{seed}"
    if (folder / "about.json").is_file():
        return
    if name not in SETS:
        raise SystemExit(f"no set is called [{name}]; take one of {', '.join(SETS)}, or bring [{folder.name}] yourself")
    if SETS[name].environment == "peers" and Path(sys.executable) != peers:
        _child(peers, "benchmarks.linkage", "build", "--data", data, "--set", name, "--peers", peers, "--seed", seed)
        return
    build_set(name, seed, folder)


@app.command()
def run(
    data: Data,
    name: SetName,
    matcher: Annotated[str, typer.Option(help="one of: " + ", ".join(MATCHERS))],
    peers: Peers = Path(sys.executable),
    seed: int = 1,
    identifiers: Annotated[bool, typer.Option("--identifiers", help="leave A-number, SSN and passport")] = False,
) -> None:
    """Run one matcher on one set; build the set first if it is not there."""
    build(data, name, peers, seed)
    folder, tag = data / f"{name}-{seed}", "ids" if identifiers else "no-ids"
    where, environment = MATCHERS[matcher]
    out = folder / f"pairs-{matcher}-{tag}.parquet"
    python = peers if environment == "peers" else Path(sys.executable)
    _child(python, "benchmarks.linkage.cell", folder, where, out, tag)
    cost = json.loads(out.with_suffix(".json").read_text())
    known = read(folder)
    quality = evaluate(pd.read_parquet(out), known.truth, cost["threshold"], known.asked)
    size = dict(zip(("left", "right"), known.size, strict=True)) | {"true_pairs": len(known.truth)}
    result = {"set": name, "seed": seed, "identifiers": identifiers, "matcher": matcher} | size | vars(quality) | cost
    result["commit"] = _commit()
    result["at"] = datetime.now(UTC).isoformat(timespec="seconds")
    with (data / RESULTS).open("a") as results:
        results.write(json.dumps(result) + "\n")
    print(markdown(pd.DataFrame([result])))


@app.command()
def table(
    data: Data,
    mean: Annotated[bool, typer.Option("--mean", help="one row per set and matcher: the mean of its seeds")] = False,
    since: Annotated[int, typer.Option(help="leave out smaller seeds, of sets that have seeds")] = 1,
) -> None:
    """The newest result of every cell, as Markdown."""
    results = pd.read_json(data / RESULTS, lines=True)
    seeded = results["set"].map(lambda name: name in SETS and SETS[name].seeded)
    results = results[~seeded | (results["seed"] >= since)]
    cell = ["set", "seed", "identifiers", "matcher"]
    results = results.drop_duplicates(cell, keep="last").sort_values(cell)
    print(markdown(_means(results) if mean else results))


def _means(results: pd.DataFrame) -> pd.DataFrame:
    """A recall that a seed does not reach at any threshold counts as 0."""
    results = results.fillna(dict.fromkeys(["recall_at_95", "recall_at_99"], 0.0))
    keys = ["set", "identifiers", "matcher"]
    seeds = results.groupby(keys)["seed"].agg(lambda found: ",".join(map(str, sorted(found))))
    means = results.groupby(keys).mean(numeric_only=True).drop(columns="seed").join(seeds).reset_index()
    return means.astype({"left": int, "right": int, "peak_mb": int})


@app.command()
def equity(
    data: Data,
    name: SetName,
    matcher: Annotated[str, typer.Option(help="one of: " + ", ".join(MATCHERS))],
    seed: Annotated[list[int], typer.Option(help="one or more, taken together")],
    identifiers: Annotated[bool, typer.Option("--identifiers", help="of the runs with identifiers")] = False,
) -> None:
    """Recall by name culture at equal precision, of runs that are there; flags cultures far below the mean."""
    tag, ranked = "ids" if identifiers else "no-ids", []
    for one in seed:
        folder = data / f"{name}-{one}"
        if not (scored := folder / f"pairs-{matcher}-{tag}.parquet").is_file():
            raise SystemExit(f"no result of [{matcher}] on [{folder.name}]; use `run` first")
        known = read(folder)
        if known.culture is None:
            raise SystemExit(f"set [{folder.name}] does not know name cultures")
        ranked.append(equity_report.rank(pd.read_parquet(scored), known))
    print(f"{name} {seed}, {matcher}, {tag}\n")
    print(equity_report.markdown(equity_report.by_culture(ranked)))


@app.command()
def growth(
    data: Data,
    peers: Peers = Path(sys.executable),
    seed: Annotated[int, typer.Option(help="of the first town; the others follow")] = 1,
    size: Annotated[list[int], typer.Option(help="petitioners")] = [10_000, 100_000, 1_000_000, 10_000_000],  # noqa: B006 - typer copies it
    chunk: Annotated[int, typer.Option(help="petitioners linked at once")] = 500_000,
    towns: Annotated[int, typer.Option(help="different towns of a million; larger streams repeat them")] = 4,
) -> None:
    """Our matcher with 10,000 subjects and ever more petitioners, in chunks: CPU, wall and memory."""
    folders = [data / f"town-10k-1m-{seed + nth}" for nth in range(towns)]
    for nth in range(towns):
        build(data, "town-10k-1m", peers, seed + nth)
    for petitioners in size:
        _child(Path(sys.executable), "benchmarks.linkage.growth", petitioners, chunk, *folders)


@app.command()
def limit(data: Data, name: SetName, peers: Peers = Path(sys.executable), seed: int = 1) -> None:
    """The share of our matcher's CPU seconds that rapidfuzz alone needs for the same pairs."""
    build(data, name, peers, seed)
    _child(Path(sys.executable), "benchmarks.linkage.limit", data / f"{name}-{seed}")


@app.command()
def ship(data: Data, seed: Annotated[int, typer.Option(help="of the world to learn from")] = 101) -> None:
    """Train the model that the package ships anew, and write it where it is shipped from."""
    build(data, shipped.SET, seed=seed)
    model = shipped.ship(data / f"{shipped.SET}-{seed}", seed)
    print(f"{model.version}: {model.prior_why}; {model.bands_why}")


def markdown(results: pd.DataFrame) -> str:
    quality = "F1 best | F1 default | recall at 95 % | at 99 % | reached"
    head = f"set | matcher | {quality} | pairs compared | CPU s | wall s | peak MB"
    lines = [head, "|".join(["---"] * 2 + ["--:"] * (head.count("|") - 1))]
    for row in results.to_dict("records"):
        ids = " with identifiers" if row["identifiers"] else ""
        size = f"{row['left']:,} x {row['right']:,}"
        shares = (
            row[name] for name in ("f1_best", "f1_default", "recall_at_95", "recall_at_99", "recall_of_candidates")
        )
        numbers = (row["cpu_seconds"], row["wall_seconds"])
        lines.append(
            " | ".join(
                [
                    f"{row['set']} #{row['seed']} ({size}){ids}",
                    row["matcher"],
                    *("-" if pd.isna(share) else f"{share:.4f}" for share in shares),
                    "-" if pd.isna(row["compared"]) else f"{row['compared']:,.0f}",
                    *(f"{number:.1f}" for number in numbers),
                    f"{row['peak_mb']:,}",
                ]
            )
        )
    return "\n".join(f"| {line} |" for line in lines)


def _commit() -> str:
    """What made the result; `+` if files were changed since."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - our own


def _child(python: Path, *arguments: object) -> None:
    """Run a module of this repository in a process of its own; CPU seconds count all its threads."""
    environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "PYTHONHASHSEED": "0"}
    done = subprocess.run([python, "-m", *map(str, arguments)], env=environment, check=False)  # noqa: S603 - modules of ours
    if done.returncode:
        raise SystemExit(f"module [{arguments[0]}] ended with [{done.returncode}]; its message is above")


if __name__ == "__main__":
    app()
