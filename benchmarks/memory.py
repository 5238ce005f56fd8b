"""Where the memory of a command goes: a profile over time of all its processes and of its home's PostgreSQL.

    python -m benchmarks.memory [--home FOLDER] [--every 2] [--looks FILE] -- python -m include audit

Starts the command, looks at it until it ends, and prints the mean of each component by the minute, then who held what
at the look that saw the most. Proportional set sizes (PSS), MiB: a page that processes share counts once. `own` is what
a process has written itself, and alone. `--looks` keeps each look as a line of JSON.
"""

import argparse
import json
import os
import re
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

from include.local.home import Home
from include.local.usage import MIB, children

# A component by the title of its process; what matches none belongs to the component of its parent
TITLES = (
    ("gateways", r"include\.simulator serve"),
    ("API server", r"airflow api.server"),
    ("DAG processor", r"airflow dag-processor"),
    ("triggerer", r"airflow triggerer"),
    ("idle workers", r"LocalExecutor: <idle>"),
    ("workers", r"LocalExecutor: "),
    ("tasks", r"airflow worker -- [0-9a-f-]{36}"),
    ("log server", r"airflow serve-logs"),
    ("scheduler", r"airflow scheduler"),
    ("PostgreSQL for Airflow", r"postgres: airflow "),
    ("PostgreSQL for the warehouse", r"postgres: (crosscheck_etl|warehouse|desk) "),
    ("PostgreSQL itself", r"postgres"),
)
SHOWN = 20  # processes of the highest look


@dataclass(frozen=True)
class Held:
    """A process at a look, in MiB."""

    component: str
    pid: int
    title: str
    pss: float
    anonymous: float  # of it heaps and stacks, not files or PostgreSQL's shared buffers
    shared: float  # of it PostgreSQL's shared buffers
    own: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two looks")
    parser.add_argument("--looks", type=Path, help="a file for all of them")
    parser.add_argument("command", nargs="+")
    chosen = parser.parse_args()
    home = Home(chosen.home)
    began = time.monotonic()
    looks: list[tuple[float, list[Held]]] = []
    environment = {**os.environ, "CROSSCHECK_HOME": str(home.folder)}
    with (
        chosen.looks.open("w") if chosen.looks else nullcontext() as file,
        subprocess.Popen(chosen.command, env=environment) as command,  # noqa: S603 -- the caller's own
    ):
        while command.poll() is None:
            roots = {command.pid: "command", **({home.postgres.pid: ""} if home.postgres.pid else {})}
            looks.append((time.monotonic() - began, list(look(roots))))
            if file:
                print(
                    json.dumps({"at": looks[-1][0], "held": [asdict(one) for one in looks[-1][1]]}),
                    file=file,
                    flush=True,
                )
            time.sleep(chosen.every)
    show(looks)


def look(roots: Mapping[int, str]) -> Iterable[Held]:
    """Every process below the roots (process id: component) that is there now."""
    below = children()
    todo = list(roots.items())
    while todo:
        pid, parent = todo.pop()
        try:
            title = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
        except OSError:
            continue  # it has ended
        component = next((name for name, pattern in TITLES if re.search(pattern, title)), parent)
        todo += [(child, component) for child in below.get(pid, ())]
        mib = {key: int(value.split()[0]) / MIB for key, _, value in (line.partition(":") for line in lines)}
        yield Held(component, pid, title, mib["Pss"], mib["Pss_Anon"], mib["Pss_Shmem"], mib["Private_Dirty"])


def show(looks: list[tuple[float, list[Held]]]) -> None:
    """Print the minutes, then the highest look."""
    minutes: dict[int, list[dict[str, float]]] = defaultdict(list)
    for at, held in looks:
        sums: dict[str, float] = defaultdict(float)
        for one in held:
            sums[one.component] += one.pss
        minutes[int(at // 60)].append(sums)
    names = sorted({name for found in minutes.values() for sums in found for name in sums})
    print("minute  highest  mean | " + " | ".join(names))
    for minute, found in minutes.items():
        totals = [sum(sums.values()) for sums in found]
        means = [sum(sums.get(name, 0.0) for sums in found) / len(found) for name in names]
        print(
            f"{minute:6}  {max(totals):7.0f}  {sum(totals) / len(found):4.0f} | "
            + " | ".join(f"{mean:{len(name)}.0f}" for name, mean in zip(names, means, strict=True))
        )
    at, held = max(looks, key=lambda seen: sum(one.pss for one in seen[1]))
    print(f"\nthe most: {sum(one.pss for one in held):.0f} MiB after {at:.0f} s, of it")
    for one in sorted(held, key=lambda one: -one.pss)[:SHOWN]:
        print(
            f"{one.pss:8.1f}  own {one.own:6.1f}  anonymous {one.anonymous:6.1f}  shared buffers {one.shared:6.1f}  "
            f"{one.component:28}  {one.title[:60]}"
        )


if __name__ == "__main__":
    main()
