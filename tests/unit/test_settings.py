from datetime import date
from pathlib import Path

import pytest

from include.pipeline import migrate
from include.settings import Extraction, Settings, SettingsError

ENV = {
    "CROSSCHECK_WAREHOUSE_DSN": "host=127.0.0.1 dbname=warehouse password=hidden-dsn",
    "CROSSCHECK_LANDING": "/srv/landing",
    "CROSSCHECK_STAGING": "/srv/staging",
    "CROSSCHECK_QUARANTINE_KEY": "hidden-and-newer-and-long-enough-as-well, hidden-and-older-and-long-enough-as-well",
    "CROSSCHECK_TECS_URL": "http://127.0.0.1:8001",
    "CROSSCHECK_TECS_TOKEN": "hidden-tecs",
    "CROSSCHECK_USCIS_URL": "http://127.0.0.1:8002",
    "CROSSCHECK_USCIS_TOKEN": "hidden-uscis",
}


def test_all_of_it_comes_from_the_environment():
    settings = Settings.from_env(ENV)
    assert settings.warehouse_dsn == ENV["CROSSCHECK_WAREHOUSE_DSN"]
    assert settings.landing == Path("/srv/landing")
    assert settings.staging == Path("/srv/staging")
    assert {agency: (gateway.url, gateway.token) for agency, gateway in settings.gateways.items()} == {
        "tecs": ("http://127.0.0.1:8001", "hidden-tecs"),
        "uscis": ("http://127.0.0.1:8002", "hidden-uscis"),
    }
    assert [secret[:16] for secret in settings.quarantine_secrets] == ["hidden-and-newer", "hidden-and-older"]
    assert settings.extraction == Extraction()
    assert settings.world_start is None
    assert settings.world_end is None


def test_owner_and_pages_are_known_only_where_they_are_set():
    assert (Settings.from_env(ENV).owner_dsn, Settings.from_env(ENV).desk_dsn) == ("", "")
    told = Settings.from_env({**ENV, "CROSSCHECK_OWNER_DSN": "hidden-owner", "CROSSCHECK_DESK_DSN": "hidden-desk"})
    assert (told.owner_dsn, told.desk_dsn) == ("hidden-owner", "hidden-desk")
    assert "hidden" not in repr(told)
    with pytest.raises(SettingsError, match="owner's connection"):
        migrate(Settings.from_env(ENV))


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch):
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CROSSCHECK_WORLD_START", raising=False)
    monkeypatch.delenv("CROSSCHECK_WORLD_END", raising=False)
    assert Settings.from_env() == Settings.from_env(ENV)


@pytest.mark.parametrize("blank", [False, True])
@pytest.mark.parametrize("name", ENV)
def test_a_missing_or_blank_setting_is_named_in_one_line(name: str, blank: bool):
    environment = {key: value for key, value in ENV.items() if key != name} | ({name: ""} if blank else {})
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environment)
    message = str(caught.value)
    assert f"[{name}] is missing" in message
    assert "\n" not in message
    assert "hidden" not in message


def test_the_days_of_a_simulated_world_are_read():
    days = {"CROSSCHECK_WORLD_START": "2004-10-01", "CROSSCHECK_WORLD_END": "2014-09-30"}
    settings = Settings.from_env(ENV | days)
    assert settings.world_start == date(2004, 10, 1)
    assert settings.world_end == date(2014, 9, 30)


@pytest.mark.parametrize("value", ["30.9.2014", "2014-13-01", "yesterday"])
@pytest.mark.parametrize("name", ["CROSSCHECK_WORLD_START", "CROSSCHECK_WORLD_END"])
def test_a_day_that_is_none_is_named_with_its_value(name: str, value: str):
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(ENV | {name: value})
    assert str(caught.value) == f"setting [{name}] is [{value}]; write it as YYYY-MM-DD"


def test_secrets_are_not_shown():
    shown = f"{Settings.from_env(ENV)!r} {Settings.from_env(ENV)}"
    assert "hidden" not in shown
    assert "http://127.0.0.1:8001" in shown


def test_settings_cannot_be_changed():
    settings = Settings.from_env(ENV)
    with pytest.raises(AttributeError):
        settings.landing = Path("/elsewhere")  # type: ignore[misc]  # that it fails is the point
    with pytest.raises(AttributeError):
        settings.extraction.resumes = 0  # type: ignore[misc]  # the same


@pytest.mark.parametrize("secret", ["hidden-short", "hidden-and-newer-and-long-enough-as-well,"])
def test_a_secret_that_could_be_guessed_is_not_taken(secret: str):
    with pytest.raises(SettingsError, match=r"\[CROSSCHECK_QUARANTINE_KEY\] has a part shorter than \[32\]") as caught:
        Settings.from_env({**ENV, "CROSSCHECK_QUARANTINE_KEY": secret})
    assert "hidden" not in str(caught.value)


def test_a_secret_of_just_enough_characters_is_taken():
    assert Settings.from_env({**ENV, "CROSSCHECK_QUARANTINE_KEY": "x" * 32}).quarantine_secrets == ("x" * 32,)
