"""`docs/reports.md` says what the catalog of a warehouse says."""

import pytest

from docs import report_table
from docs.generate import DOCS
from include.settings import Settings

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
