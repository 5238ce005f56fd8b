"""The figures of docs/operations.md are those of the settings: who is on duty waits as long as the page says."""

import pytest

from include.local.home import CHECKOUT
from include.settings import Extraction

PAGE = " ".join((CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize(
    "said",
    [
        "each time {resumes} times by the client",
        "gave up after [{resumes}] tries",
        "not done after [{job_seconds:g}] s",
        "takes longer than {wait_seconds:g} s",
        "for {job_minutes:g} minutes since the attempt began",
        "at most {content_attempts} landed attempts",
    ],
)
def test_the_page_says_how_patient_an_attempt_is(said: str) -> None:
    limits = Extraction()
    words = {"content_attempts": ["no", "one", "two", "three", "four"][limits.content_attempts]}
    figures = {**vars(limits), **words, "job_minutes": limits.job_seconds / 60}
    assert said.format(**figures) in PAGE
