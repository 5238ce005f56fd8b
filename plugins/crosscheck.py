"""Mounts the desk in the Airflow UI, behind Airflow's own login."""

from typing import Any

from airflow.plugins_manager import AirflowPlugin


class CrosscheckPlugin(AirflowPlugin):
    """Pages `Nights` and `Leads` in the side bar, and a tab `Books` on each run."""

    name = "crosscheck"
    external_views = [  # noqa: RUF012 -- Airflow's own way to declare views
        {
            "name": "Nights",
            "href": "/crosscheck/nights",
            "destination": "nav",
            "url_route": "nights",
            "nav_top_level": True,
        },
        {
            "name": "Leads",
            "href": "/crosscheck/leads",
            "destination": "nav",
            "url_route": "leads",
            "nav_top_level": True,
        },
        {
            "name": "Books",
            "href": "/crosscheck/nights/of?external_id={RUN_ID}",
            "destination": "dag_run",
            "url_route": "books",
        },
    ]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        """Built where it is served only: every component loads this file, the API server alone asks for the app."""
        from airflow.api_fastapi.core_api.security import GetUserDep, requires_authenticated
        from airflow.models.connection import Connection
        from fastapi import Depends, FastAPI

        from dags.connections import dsn
        from include.desk.access import Access, access
        from include.desk.discretion import Discretion
        from include.desk.pages import router

        def who(user: GetUserDep) -> str:
            return str(user.get_name())

        def desk() -> Access:
            return access(dsn(Connection.get_connection_from_secrets("desk")))

        # Airflow does not protect the apps of plugins: the dependency does, and there are no open routes beside it
        app = FastAPI(
            title="Crosscheck",
            dependencies=[Depends(requires_authenticated())],
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
        )
        app.add_middleware(Discretion)  # Airflow logs each request with its query
        app.include_router(router(desk, who))
        return [{"app": app, "url_prefix": "/crosscheck", "name": "Crosscheck"}]
