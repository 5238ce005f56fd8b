"""What several DAGs name: the assets they update, and what their tasks do when they fail."""

import os
from datetime import timedelta

from airflow.sdk import Asset

from dags.alerts import FailureNotifier

RECORDS = Asset(name="records", uri="crosscheck://warehouse/record")
LEADS = Asset(name="leads", uri="crosscheck://warehouse/report/lead")
RETRY_SECONDS = float(os.environ.get("CROSSCHECK_RETRY_SECONDS", "60"))  # a minute lets a gateway restart
DEFAULT_ARGS = {
    "owner": "crosscheck",
    "retries": 2,  # a worker that dies, a database that restarts
    "retry_delay": timedelta(seconds=RETRY_SECONDS),
    "on_failure_callback": FailureNotifier(),
}
