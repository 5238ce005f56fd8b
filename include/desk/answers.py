"""What every route of the desk answers with: a page, or a refusal, which is a page as well."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, select_autoescape

from include.warehouse.connection import ForbiddenError, WarehouseError

FORBIDDEN = "your role may not see this; docs/access.md says what each role sees, CROSSCHECK_DESK_ROLES gives another"

T = TypeVar("T")

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(),
    trim_blocks=True,
    lstrip_blocks=True,
)


class RefusedError(Exception):
    """What was asked for cannot be shown or done: status, one line, and the address of a page to go on from."""

    def __init__(self, status: int, message: str, way_on: str = "") -> None:
        super().__init__(message)
        self.status, self.way_on = status, way_on


class _Route(APIRoute):
    """A refusal is a page as well: a reviewer reads it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def page_or_refusal(request: Request) -> Response:
            try:
                return await answer(request)
            except RefusedError as error:
                return HTMLResponse(_refusal(error), error.status)

        return page_or_refusal


def _refusal(error: RefusedError) -> str:
    try_again = error.status == 503  # any other refusal would be repeated
    return page("refused.html", message=str(error), way_on=error.way_on, try_again=try_again)


def pages() -> APIRouter:
    """A router without routes, whose routes answer with pages."""
    return APIRouter(default_response_class=HTMLResponse, route_class=_Route)


def page(template: str, **values: object) -> str:
    """A template of the desk, filled in."""
    return _templates.get_template(template).render(**values)


def ask(question: Callable[[], T]) -> T:
    """What the warehouse answers. Raises `RefusedError` where it does not."""
    try:
        return question()
    except ForbiddenError:
        raise RefusedError(403, FORBIDDEN) from None
    except WarehouseError as error:
        raise RefusedError(503, str(error)) from None
