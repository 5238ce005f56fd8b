"""The leads, and one with its evidence, to decide on. Whoever looks at a lead is in the audit trail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import RedirectResponse

from include.desk.access import Access
from include.desk.answers import RefusedError, ask, page, pages
from include.reporting.review import LISTS, OUTCOMES, PAGE, REVIEWER, After, ChangedError, Trail, decide, pairs, show
from include.warehouse.audit import Reader


def router(access: Callable[[], Access], who: Callable[..., str]) -> APIRouter:
    """Routes `/leads` and `/lead`. `access` is asked at each request; `who`, a dependency, names the person."""
    routes = pages()
    Name = Annotated[str, Depends(who)]  # noqa: N806 -- a type

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
        found = ask(lambda: pairs(_trail(access(), name), which, after))
        return page("leads.html", which=which, lists=LISTS, pairs=found, more=len(found) == PAGE)

    @routes.get("/lead")
    def lead(name: Name, subject_id: Annotated[str, Query()], receipt_number: Annotated[str, Query()]) -> str:
        """A subject, a petition, and why the two are thought to be of one person, as far as the reader may see it."""
        asked = _trail(access(), name)
        shown = ask(lambda: show(asked, {"subject_id": subject_id, "receipt_number": receipt_number}))
        if shown is None:
            raise RefusedError(404, "no such lead", "leads")
        may_decide, role = asked.reader.role == REVIEWER, asked.reader.role
        return page("lead.html", pair=shown.pair, seal=shown.seal, role=role, may_decide=may_decide, outcomes=OUTCOMES)

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
        with _refused(again):
            ask(lambda: decide(_trail(access(), name), of, outcome, reason, seal))
        return RedirectResponse(again, 303)

    return routes


@contextmanager
def _refused(again: str) -> Iterator[None]:
    """A decision that is not taken, as a page that leads back to the pair."""
    try:
        yield
    except PermissionError as error:
        raise RefusedError(403, str(error), again) from None
    except ChangedError as error:
        raise RefusedError(409, str(error), again) from None
    except ValueError as error:
        raise RefusedError(422, str(error), again) from None


def _trail(access: Access, name: str) -> Trail:
    return Trail(access.dsn, access.audit_key, Reader(name, access.role(name)))
