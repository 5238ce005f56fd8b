"""The nights: counts, dataset names and reasons; nobody's data."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from include.desk.access import Access
from include.desk.answers import RefusedError, ask, page, pages
from include.reporting.summary import summarise
from include.warehouse.connection import as_role, fetch, query

SQL = Path(__file__).parent / "sql"
SHOWN = 90  # runs on the page: a quarter of nights


def router(access: Callable[[], Access], who: Callable[..., str]) -> APIRouter:
    """Routes below `/nights`. `access` is asked at each request; `who`, a dependency, names the person."""
    routes = pages()
    Name = Annotated[str, Depends(who)]  # noqa: N806 -- a type

    @routes.get("/nights")
    def nights(name: Name) -> str:
        """The last runs, newest first."""
        dsn = _dsn(access(), name)
        return page("nights.html", runs=ask(lambda: fetch(dsn, query("nights", SQL), {"shown": SHOWN})))

    @routes.get("/nights/of")
    def night_of(name: Name, external_id: Annotated[str, Query()]) -> str:
        """The last run that Airflow knows under this id."""
        dsn = _dsn(access(), name)
        found = ask(lambda: fetch(dsn, query("run_of", SQL), {"external_id": external_id}))
        if found[0].run_id is None:
            return page("nothing.html", external_id=external_id)
        return night(name, found[0].run_id)

    @routes.get("/nights/{run_id}")
    def night(name: Name, run_id: int) -> str:
        """One run."""
        dsn = _dsn(access(), name)
        try:
            return page("night.html", run=ask(lambda: summarise(dsn, run_id)))
        except LookupError as error:
            raise RefusedError(404, str(error), "../nights") from None

    return routes


def _dsn(access: Access, name: str) -> str:
    return as_role(access.dsn, access.role(name))
