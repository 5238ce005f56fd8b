"""Our matcher and its peers, side by side on the same data.

    python -m benchmarks.linkage build --data DIR --set febrl4
    python -m benchmarks.linkage run --data DIR --set febrl4 --matcher splink-full
    python -m benchmarks.linkage table --data DIR

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
def table(data: Data) -> None:
    """The newest result of every cell, as Markdown."""
    results = pd.read_json(data / RESULTS, lines=True)
    cell = ["set", "seed", "identifiers", "matcher"]
    print(markdown(results.drop_duplicates(cell, keep="last").sort_values(cell)))


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
