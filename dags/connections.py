"""The pipeline's settings from Airflow's connections `warehouse`, `tecs_gateway` and `uscis_gateway`."""

import os
from dataclasses import replace

from airflow.sdk import Connection

from include.settings import Gateway, Settings


def settings() -> Settings:
    """Paths and knobs from the environment; addresses and secrets from Airflow, which masks them in logs."""
    return replace(
        Settings.from_env({**_UNSET, **os.environ}),
        warehouse_dsn=dsn(Connection.get("warehouse")),
        gateways={agency: _gateway(Connection.get(f"{agency}_gateway")) for agency in ("tecs", "uscis")},
    )


def owner_settings() -> Settings:
    """The same with the connections `warehouse_owner` and `desk`, for who migrates: no task knows them."""
    return replace(settings(), owner_dsn=dsn(Connection.get("warehouse_owner")), desk_dsn=dsn(Connection.get("desk")))


# what the connections replace: `from_env` need not find it
_UNSET = {
    f"CROSSCHECK_{name}": "from Airflow's connection"
    for name in ("WAREHOUSE_DSN", "TECS_URL", "TECS_TOKEN", "USCIS_URL", "USCIS_TOKEN")
}


def dsn(connection: Connection) -> str:
    """libpq connection string of an Airflow connection."""
    parts = {
        "host": connection.host,
        "port": connection.port,
        "dbname": connection.schema,
        "user": connection.login,
        "password": connection.password,
    }
    quoted = {key: str(value).replace("\\", "\\\\").replace("'", "\\'") for key, value in parts.items() if value}
    return " ".join(f"{key}='{value}'" for key, value in quoted.items())


def _gateway(connection: Connection) -> Gateway:
    port = f":{connection.port}" if connection.port else ""
    scheme = connection.schema or "http"
    return Gateway(url=f"{scheme}://{connection.host}{port}", token=connection.password or "")
