"""The nights: what each run received and what became of it. Counts, dataset names and reasons; nobody's data."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from include.reporting.summary import summarise
from include.warehouse.connection import WarehouseError, fetch, query

HERE = Path(__file__).parent
SQL = HERE / "sql"
SHOWN = 90  # runs on the page: a quarter of nights

T = TypeVar("T")

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)


def router(dsn: Callable[[], str]) -> APIRouter:
    """Routes below `/nights`. `dsn` gives the warehouse's connection string at each request.

    Who may see them is the business of the app that includes the router.
    """
    routes = APIRouter(default_response_class=HTMLResponse)

    @routes.get("/nights")
    def nights() -> str:
        """The last runs, newest first."""
        return _page("nights.html", runs=_ask(lambda: fetch(dsn(), query("nights", SQL), {"shown": SHOWN})))

    @routes.get("/nights/of")
    def night_of(external_id: Annotated[str, Query()]) -> str:
        """The last run that Airflow knows under this id."""
        found = _ask(lambda: fetch(dsn(), query("run_of", SQL), {"external_id": external_id}))
        if found[0].run_id is None:
            return _page("nothing.html", external_id=external_id)
        return night(found[0].run_id)

    @routes.get("/nights/{run_id}")
    def night(run_id: int) -> str:
        """One run."""
        try:
            return _page("night.html", run=_ask(lambda: summarise(dsn(), run_id)))
        except LookupError as error:
            raise HTTPException(404, str(error)) from None

    return routes


def _page(template: str, **values: object) -> str:
    return _templates.get_template(template).render(**values)


def _ask(question: Callable[[], T]) -> T:
    try:
        return question()
    except WarehouseError as error:
        raise HTTPException(503, str(error)) from None
