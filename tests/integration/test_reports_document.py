"""`docs/reports.md` says what the catalog of a warehouse says."""

import pytest

from docs import report_table
from docs.generate import DOCS
from include.settings import Settings
from include.warehouse.connection import fetch

pytestmark = pytest.mark.integration


def test_the_committed_document_is_true(settings: Settings) -> None:
    assert (DOCS / report_table.NAME).read_text(encoding="utf-8") == report_table.render(settings.owner_dsn), (
        "make docs"
    )


def test_it_traces_a_column_to_the_field_of_the_export(settings: Settings) -> None:
    text = report_table.render(settings.owner_dsn)
    section = text.split("\n## shared_address_petition\n")[1].split("\n## ")[0]
    (line,) = [line for line in section.splitlines() if line.startswith("| `family_name` |")]
    field = "`uscis_petitioner.family_name` ([uscis_petitioners](data-dictionary.md#uscis_petitioners) `LAST_NAME`)"
    assert line == f"| `family_name` | text | - | yes | {field} |"


def test_it_has_every_function_of_the_reports(settings: Settings) -> None:
    sections = report_table.render(settings.owner_dsn).split("\n## ")
    with_arguments = {section.split(",")[0]: section for section in sections if ", a function\n" in section}
    functions = fetch(settings.owner_dsn, "select proname from pg_proc where pronamespace = 'report'::regnamespace")
    assert with_arguments.keys() == {row.proname for row in functions} > {"changed_since"}
    assert "| takes | `run_number bigint` |" in with_arguments["changed_since"]
    assert "| returns | `weight_now double precision` |" in with_arguments["changed_since"]
    assert all("None" not in section for section in with_arguments.values()), "each has its comment"
