"""Airflow imports this at the start of every component; `include/local/stack.py` copies it into AIRFLOW_HOME.

LocalExecutor forks its workers from the scheduler, so what the scheduler has imported costs the tasks nothing: Great
Expectations alone takes 4 s.
"""

import sys

if "scheduler" in sys.argv[1:2]:
    import include.pipeline

    include.pipeline.preload()
