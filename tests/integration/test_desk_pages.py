"""The pages on a real warehouse: what they show, and whom they do not."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from nights import Screen, night

from include import pipeline
from include.contracts import dataset_names
from include.desk.access import Access
from include.desk.pages import router
from include.settings import Settings
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration

PAIR = "/lead?subject_id=S00000000&receipt_number=EAC0699999999"


@pytest.fixture
def browser(settings: Settings) -> TestClient:
    app = FastAPI()
    app.include_router(router(lambda: Access(settings.desk_dsn, "key", {}), lambda: "ana"))
    return TestClient(app)


def test_before_the_first_run_it_says_so(browser: TestClient) -> None:
    assert "No run has opened its books yet" in browser.get("/nights").text
    unknown = browser.get("/nights/1")
    assert (unknown.status_code, 'href="../nights"' in unknown.text) == (404, True)
    assert "has not opened its books" in browser.get("/nights/of", params={"external_id": "x"}).text


def test_a_night_is_listed_and_shown_whole(settings: Settings, browser: TestClient, screened: Screen) -> None:
    run = screened(settings, night(30), "night__2014-09-30")
    listed = browser.get("/nights").text
    assert "2014-09-30 .. 2014-10-01" in listed
    assert f'href="nights/{run.run_id}"' in listed
    assert ">closed<" in listed
    shown = browser.get(f"/nights/{run.run_id}").text
    assert all(name in shown for name in dataset_names())
    assert "SIMULATED" in shown
    assert browser.get("/nights/of", params={"external_id": "night__2014-09-30"}).text == shown
    names = {
        row[0] for row in fetch(settings.warehouse_dsn, "select name from record.tecs_subject where name is not null")
    }
    assert names
    assert not any(name in shown for name in names)


def test_a_red_run_is_red_with_its_reasons(settings: Settings, browser: TestClient) -> None:
    run = pipeline.open_books(settings, night(30), "<b>red</b>")
    with pytest.raises(pipeline.BooksError):
        pipeline.close_books(settings, run)
    shown = browser.get(f"/nights/{run.run_id}").text
    assert ">RED<" in shown
    assert "dataset [tecs_subjects]: nothing was staged" in shown
    assert "see the log of its task `extract`" in shown, "the log of which task says more"
    assert "<b>red</b>" not in shown
    assert "&lt;b&gt;red&lt;/b&gt;" in shown


def test_a_dataset_whose_task_failed_stands_once_in_the_list(settings: Settings, browser: TestClient) -> None:
    """The books say that nothing was staged, and Airflow that its task failed: one fault, in one line."""
    run = pipeline.open_books(settings, night(30), "night__2014-09-30")
    with pytest.raises(pipeline.BooksError):
        pipeline.close_books(settings, run, [pipeline.FailedTask("extract", "tecs_arrests")])
    listed = browser.get("/nights").text
    assert listed.count("tecs_arrests") == 1
    assert "no attempt was made; see the log of its failed task `extract`" in listed


@pytest.mark.parametrize("page", ["/nights", "/nights/of?external_id=x", "/nights/1", "/leads", PAIR])
def test_a_page_that_is_not_for_the_readers_role_is_a_403_that_says_who_gives_another(
    settings: Settings, page: str
) -> None:
    app = FastAPI()
    access = Access(settings.desk_dsn, "key", {"olga": "privacy_officer"})
    app.include_router(router(lambda: access, lambda: "olga"))
    answer = TestClient(app).get(page)
    assert answer.status_code == 403
    assert "CROSSCHECK_DESK_ROLES" in answer.text
    assert "Try again" not in answer.text, "a second time it is refused as well"
    assert "clear the task" not in answer.text, "there is no task"


def test_a_warehouse_that_is_down_is_a_503_in_one_line() -> None:
    app = FastAPI()
    nowhere = Access("host=127.0.0.1 port=1 dbname=x password=not-to-be-shown", "key", {})
    app.include_router(router(lambda: nowhere, lambda: "ana"))
    answer = TestClient(app).get("/nights")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert "not-to-be-shown" not in answer.text
