"""A real Airflow: environment first, before anything imports it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.local.stack import Stack
from tests.dags.machine import Machine

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
        # a stack looks whether 8080 is free, and takes it half a minute later: another may have come in between
        "CROSSCHECK_UI_PORT": "0",
    }
)


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Of the tests that need a stack and do not look at how it starts or ends: each looks at runs of its own only."""
    return Machine(tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="package")
def stack(shared: Machine) -> Iterator[Stack]:
    """To start one takes two cores twenty seconds. It stops with the last test of this folder: it is not idle when it
    waits.
    """
    with shared.stack() as started:
        yield started
