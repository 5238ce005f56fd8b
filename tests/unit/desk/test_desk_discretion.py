"""Record numbers that a page is asked for are in nobody's log and in nobody's cache."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from include.desk.discretion import Discretion


def test_who_logs_a_request_finds_no_query_and_the_page_did() -> None:
    pages = FastAPI()
    pages.add_middleware(Discretion)

    @pages.get("/lead")
    def lead(subject_id: str) -> str:
        return f"asked for {subject_id}"

    airflow = FastAPI()
    airflow.mount("/crosscheck", pages)
    logged = []

    async def logging(scope: Scope, receive: Receive, send: Send) -> None:
        """As Airflow's own middleware: the address is read when the answer has been sent."""
        await airflow(scope, receive, send)
        if scope["type"] == "http":
            logged.append((scope["path"], scope["query_string"]))

    with TestClient(logging) as browser:
        answer = browser.get("/crosscheck/lead", params={"subject_id": "S1"})
    assert (answer.status_code, answer.json()) == (200, "asked for S1")
    assert answer.headers["cache-control"] == "no-store"
    assert logged == [("/crosscheck/lead", b"")]
