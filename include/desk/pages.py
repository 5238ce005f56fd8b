"""The nights (counts, dataset names and reasons; nobody's data); the leads, and one with its evidence, to decide on.

Every page asks the warehouse in the role that its reader was given; whoever looks at a lead is in the audit trail.
"""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, select_autoescape

from include.desk.access import Access
from include.reporting.review import LISTS, OUTCOMES, PAGE, REVIEWER, After, ChangedError, Trail, decide, pairs, show
from include.reporting.summary import summarise
from include.warehouse.audit import Reader
from include.warehouse.connection import WarehouseError, as_role, fetch, query

HERE = Path(__file__).parent
SQL = HERE / "sql"
SHOWN = 90  # runs on the page: a quarter of nights

T = TypeVar("T")

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)


class _RefusedError(Exception):
    """What was asked for cannot be shown or done: status, one line, and the address of a page to go on from."""

    def __init__(self, status: int, message: str, way_on: str = "") -> None:
        super().__init__(message)
        self.status, self.way_on = status, way_on


class _Route(APIRoute):
    """A refusal is a page as well: a reviewer reads it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def page(request: Request) -> Response:
            try:
                return await answer(request)
            except _RefusedError as error:
                return HTMLResponse(_page("refused.html", message=str(error), way_on=error.way_on), error.status)

        return page


def router(access: Callable[[], Access], who: Callable[..., str]) -> APIRouter:
    """Routes below `/nights`, `/leads` and `/lead`. `access` is asked at each request; `who`, a dependency, names the
    person.

    Who may see the pages at all is the business of the app that includes the router.
    """
    routes = APIRouter(default_response_class=HTMLResponse, route_class=_Route)
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
            raise _RefusedError(404, str(error), "../nights") from None

    @routes.get("/leads")
    def leads(
        name: Name,
        which: Annotated[str, Query(alias="list", pattern=f"^({'|'.join(LISTS)})$")] = LISTS[0],
        weight: float = float("inf"),
        subject_id: str = "",
        receipt_number: str = "",
    ) -> str:
        """A page of leads or of pairs to review, the heaviest first, from after the pair that the query names."""
        after = After(weight, subject_id, receipt_number)
        found = _ask(lambda: pairs(trail(name), which, after))
        return _page("leads.html", which=which, lists=LISTS, pairs=found, more=len(found) == PAGE)

    @routes.get("/lead")
    def lead(name: Name, subject_id: Annotated[str, Query()], receipt_number: Annotated[str, Query()]) -> str:
        """A subject, a petition, and why the two are thought to be of one person, as far as the reader may see it."""
        asked = trail(name)
        shown = _ask(lambda: show(asked, {"subject_id": subject_id, "receipt_number": receipt_number}))
        if shown is None:
            raise _RefusedError(404, "no such lead", "leads")
        may_decide, role = asked.reader.role == REVIEWER, asked.reader.role
        return _page("lead.html", pair=shown.pair, seal=shown.seal, role=role, may_decide=may_decide, outcomes=OUTCOMES)

    @routes.post("/lead")
    def decision(
        name: Name,
        subject_id: Annotated[str, Form()],
        receipt_number: Annotated[str, Form()],
        outcome: Annotated[str, Form()],
        seal: Annotated[str, Form()],
        reason: Annotated[str, Form()] = "",
    ) -> RedirectResponse:
        """What a reviewer decided. The seal of the page that was shown is the guard against forged forms as well."""
        of = {"subject_id": subject_id, "receipt_number": receipt_number}
        again = f"lead?{urlencode(of)}"  # relative: where the pages are mounted is not known here
        try:
            _ask(lambda: decide(trail(name), of, outcome, reason, seal))
        except PermissionError as error:
            raise _RefusedError(403, str(error), again) from None
        except ChangedError as error:
            raise _RefusedError(409, str(error), again) from None
        except ValueError as error:
            raise _RefusedError(422, str(error), again) from None
        return RedirectResponse(again, 303)

    def trail(name: str) -> Trail:
        desk = access()
        return Trail(desk.dsn, desk.audit_key, Reader(name, desk.role(name)))

    return routes


def _dsn(access: Access, name: str) -> str:
    return as_role(access.dsn, access.role(name))


def _page(template: str, **values: object) -> str:
    return _templates.get_template(template).render(**values)


def _ask(question: Callable[[], T]) -> T:
    try:
        return question()
    except WarehouseError as error:
        raise _RefusedError(503, str(error)) from None
