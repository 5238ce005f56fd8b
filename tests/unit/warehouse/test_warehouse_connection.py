"""Connection strings that begin a session with settings, and heads of the audit trail."""

import pytest
from psycopg2.extensions import parse_dsn

from include.warehouse.audit import Head
from include.warehouse.connection import as_role, with_settings


def test_settings_add_up_and_spaces_stay_inside():
    dsn = with_settings(
        as_role("host=h user=u password='a b'", "analyst"), **{"crosscheck.known_at": "2014-06-30 12:00"}
    )
    assert parse_dsn(dsn) == {
        "host": "h",
        "user": "u",
        "password": "a b",
        "options": r"-c role=analyst -c crosscheck.known_at=2014-06-30\ 12:00",
    }


def test_a_uri_is_a_connection_string_too():
    assert parse_dsn(as_role("postgres://desk:x@db:5432/warehouse", "reviewer"))["options"] == "-c role=reviewer"


def test_a_head_is_read_as_it_is_printed():
    assert Head.parse(str(Head(7, "abc"))) == Head(7, "abc")


@pytest.mark.parametrize("text", ["", "7", "7:", ":abc", "x:abc", "-1:abc"])
def test_what_is_no_head_is_named(text: str):
    with pytest.raises(ValueError, match="is not NUMBER:SEAL"):
        Head.parse(text)
