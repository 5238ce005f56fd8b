"""The nights (counts, dataset names and reasons; nobody's data) and a lead with its evidence.

Every page asks the warehouse in the role that its reader was given; whoever looks at a lead is in the audit trail.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape

from include.desk.access import Access
from include.reporting.summary import summarise
from include.warehouse.audit import Reader, read
from include.warehouse.connection import WarehouseError, as_role, fetch, query

HERE = Path(__file__).parent
SQL = HERE / "sql"
SHOWN = 90  # runs on the page: a quarter of nights

T = TypeVar("T")

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)


def router(access: Callable[[], Access], who: Callable[..., str]) -> APIRouter:
    """Routes below `/nights` and `/lead`. `access` is asked at each request; `who`, a dependency, names the person.

    Who may see the pages at all is the business of the app that includes the router.
    """
    routes = APIRouter(default_response_class=HTMLResponse)
    Name = Annotated[str, Depends(who)]  # noqa: N806 -- a type

    @routes.get("/nights")
    def nights(name: Name) -> str:
        """The last runs, newest first."""
        dsn = _dsn(access(), name)
        return _page("nights.html", runs=_ask(lambda: fetch(dsn, query("nights", SQL), {"shown": SHOWN})))

    @routes.get("/nights/of")
    def night_of(name: Name, external_id: Annotated[str, Query()]) -> str:
        """The last run that Airflow knows under this id."""
        dsn = _dsn(access(), name)
        found = _ask(lambda: fetch(dsn, query("run_of", SQL), {"external_id": external_id}))
        if found[0].run_id is None:
            return _page("nothing.html", external_id=external_id)
        return night(name, found[0].run_id)

    @routes.get("/nights/{run_id}")
    def night(name: Name, run_id: int) -> str:
        """One run."""
        dsn = _dsn(access(), name)
        try:
            return _page("night.html", run=_ask(lambda: summarise(dsn, run_id)))
        except LookupError as error:
            raise HTTPException(404, str(error)) from None

    @routes.get("/lead")
    def lead(name: Name, subject_id: Annotated[str, Query()], receipt_number: Annotated[str, Query()]) -> str:
        """A subject, a petition, and why the two are thought to be of one person, as far as the reader may see it."""
        desk = access()
        reader = Reader(name, desk.role(name))
        of = {"subject_id": subject_id, "receipt_number": receipt_number}
        shown = _ask(lambda: read(desk.dsn, desk.audit_key, reader, "report.evidence", of, query("lead", SQL), of))
        if not shown:
            raise HTTPException(404, "no such lead")
        return _page("lead.html", of=of, role=reader.role, evidence=shown)

    return routes


def _dsn(access: Access, name: str) -> str:
    return as_role(access.dsn, access.role(name))


def _page(template: str, **values: object) -> str:
    return _templates.get_template(template).render(**values)


def _ask(question: Callable[[], T]) -> T:
    try:
        return question()
    except WarehouseError as error:
        raise HTTPException(503, str(error)) from None
