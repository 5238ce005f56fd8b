"""How long a world takes to generate, and how much memory: one process, pinned to one core.

python -m benchmarks.world [--scenario scale-1m]
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer


def main(scenario: Annotated[str, typer.Option(help="smoke, nightly, oig, scale-1m, scale-10m")] = "scale-1m") -> None:
    core = min(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        command = [sys.executable, "-m", "include.simulator", "generate", "--scenario", scenario, "--out", str(world)]
        start = time.perf_counter()
        subprocess.run(command, check=True, preexec_fn=lambda: os.sched_setaffinity(0, {core}))  # noqa: S603 -- our own module
        wall = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        size = sum(path.stat().st_size for path in world.rglob("*.parquet"))
    print(f"{scenario}: {wall:.1f} s ({used.ru_utime + used.ru_stime:.1f} CPU s) on one core, ", end="")
    print(f"{used.ru_maxrss / 1024:,.0f} MiB at most, {size / 1e6:,.0f} MB on disk")


if __name__ == "__main__":
    typer.run(main)
