"""What several DAGs name: the assets they update, and how long they wait before a second try."""

import os

from airflow.sdk import Asset

RECORDS = Asset(name="records", uri="crosscheck://warehouse/record")
LEADS = Asset(name="leads", uri="crosscheck://warehouse/report/lead")
RETRY_SECONDS = float(os.environ.get("CROSSCHECK_RETRY_SECONDS", "60"))  # a minute lets a gateway restart
