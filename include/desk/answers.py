"""What every route of the desk answers with: a page, or a refusal, which is a page as well."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, select_autoescape

from include.warehouse.connection import WarehouseError

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
                return HTMLResponse(page("refused.html", message=str(error), way_on=error.way_on), error.status)

        return page_or_refusal


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
    except WarehouseError as error:
        raise RefusedError(503, str(error)) from None
