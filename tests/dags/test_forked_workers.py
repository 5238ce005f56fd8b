"""What the workers share with the scheduler that forks them."""

import subprocess
import sys

# what the scheduler does when it starts, then its executor: both real
SCHEDULER = """
import gc, sys
sys.argv[1:] = ["scheduler"]
import include.local.airflow_local_settings
from airflow.executors.local_executor import LocalExecutor
before = gc.get_freeze_count()
executor = LocalExecutor(parallelism=1)
executor.start()
after = gc.get_freeze_count()
executor.end()
print(before, after)
"""


def test_what_was_there_before_the_workers_were_forked_stays_out_of_collections() -> None:
    """Else the next full collection would write to each object, and so copy every page that is shared."""
    done = subprocess.run([sys.executable, "-c", SCHEDULER], capture_output=True, text=True, check=True)
    assert "preload left out" not in done.stderr
    before, after = map(int, done.stdout.splitlines()[-1].split())
    assert 0 < before < after
