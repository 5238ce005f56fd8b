"""Who is what on the pages."""

import pytest

from include.desk.access import access
from include.settings import SettingsError


def test_who_is_not_named_is_an_analyst():
    desk = access("dsn", {"CROSSCHECK_AUDIT_KEY": "k", "CROSSCHECK_DESK_ROLES": "ana=investigator, bob = reviewer"})
    assert [desk.role(name) for name in ("ana", "bob", "eve", "")] == ["investigator", "reviewer", "analyst", "analyst"]
    assert access("dsn", {"CROSSCHECK_AUDIT_KEY": "k"}).role("ana") == "analyst"


@pytest.mark.parametrize(
    "roles", ["ana=crosscheck_etl", "ana=warehouse", "ana", "=analyst", "ana=analyst;bob=reviewer"]
)
def test_a_role_that_the_pages_do_not_give_is_refused(roles: str):
    with pytest.raises(SettingsError, match="CROSSCHECK_DESK_ROLES"):
        access("dsn", {"CROSSCHECK_AUDIT_KEY": "k", "CROSSCHECK_DESK_ROLES": roles})


def test_without_a_key_nobody_looks():
    with pytest.raises(SettingsError, match="CROSSCHECK_AUDIT_KEY"):
        access("dsn", {})


def test_neither_key_nor_password_is_shown():
    assert "secret" not in repr(access("password=secret", {"CROSSCHECK_AUDIT_KEY": "secret key"}))
