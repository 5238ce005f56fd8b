"""All pages of the desk. Each asks the warehouse in the role that its reader was given."""

from collections.abc import Callable

from fastapi import APIRouter

from include.desk import leads, nights
from include.desk.access import Access


def router(access: Callable[[], Access], who: Callable[..., str]) -> APIRouter:
    """Routes below `/nights`, `/leads` and `/lead`. `access` is asked at each request; `who`, a dependency, names the
    person.

    Who may see the pages at all is the business of the app that includes the router.
    """
    routes = APIRouter()
    routes.include_router(nights.router(access, who))
    routes.include_router(leads.router(access, who))
    return routes
