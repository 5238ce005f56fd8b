"""A real Airflow: environment first, before anything imports it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from machine import Machine

from include.local.stack import Stack

CHECKOUT = Path(__file__).parents[2]
HOME = tempfile.mkdtemp(prefix="crosscheck-airflow-")
os.environ.update(
    {
        "AIRFLOW_HOME": HOME,
        "AIRFLOW__CORE__DAGS_FOLDER": str(CHECKOUT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(CHECKOUT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{HOME}/airflow.db",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    }
)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Of the tests that need a stack and do not look at how it starts or ends: each looks at runs of its own only."""
    return Machine(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def stack(shared: Machine) -> Iterator[Stack]:
    """Starting one takes two cores twenty seconds."""
    with shared.stack() as started:
        yield started
