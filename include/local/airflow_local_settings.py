"""Airflow imports this at the start of every component; `include/local/stack.py` copies it into AIRFLOW_HOME.

LocalExecutor forks its workers from the scheduler, so what the scheduler has imported costs the tasks nothing: Great
Expectations alone takes 4 s.
"""

import sys

if "scheduler" in sys.argv[1:2]:
    try:
        import include.pipeline

        include.pipeline.preload()
    except Exception as error:  # what cannot be imported fails again in its task, where it is read
        sys.stderr.write(f"preload left out: {type(error).__name__}\n")
