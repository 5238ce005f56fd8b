"""Airflow imports this at the start of every component; `include/local/stack.py` copies it into AIRFLOW_HOME.

LocalExecutor forks its workers from the scheduler, so what the scheduler has imported costs the tasks nothing: Great
Expectations alone takes 4 s, what the DAG files import 30 ms of the 80 that a task takes which does nothing.

Nor does it cost them memory, as long as nobody writes to it: forked processes share what none of them has changed.
"""

import gc
import sys
from importlib import import_module


def _stay_frozen() -> None:
    """Instead of `gc.unfreeze`. LocalExecutor freezes all there is, forks its workers and unfreezes it again; the next
    full collection then writes to each object, and the scheduler has a copy of its own of what it shared with ten
    processes (docs/decisions/0053). What was there before the fork is there to stay."""


if "scheduler" in sys.argv[1:2]:
    gc.unfreeze = _stay_frozen
    try:
        import include.pipeline

        include.pipeline.preload()
        import_module("dags.tasks")  # by name: a DAG imports the pipeline, never the other way round
        import_module("dags.connections")
    except Exception as error:  # what cannot be imported fails again in its task, where it is read
        sys.stderr.write(f"preload left out: {type(error).__name__}\n")
