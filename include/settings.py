"""Every knob, typed, from the environment; each with its reason.

Secrets and addresses may also come from Airflow connections: `dags/` reads those and hands the pipeline a `Settings`.
Light to import (a DAG file reads it while parsing): standard library only.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

SECRET_CHARACTERS = 32  # of a random secret: 128 bits even if each character is a hexadecimal digit


class SettingsError(ValueError):
    """A setting is missing or cannot be read. One line: its name, its value in brackets, what to do."""


@dataclass(frozen=True)
class Gateway:
    """Where an agency's gateway answers, and the bearer token it asks for."""

    url: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Extraction:
    """How patient an attempt is, and what it refuses to swallow."""

    connect_seconds: float = 5.0  # a gateway that does not accept within this is down
    read_seconds: float = 15.0  # longest silence in mid-body before the part is resumed; a stall, not slowness
    poll_seconds: float = 0.2  # first pause between two looks at an export job; doubles up to 5 s
    wait_seconds: float = 20.0  # a job that takes longer is waited for outside of the worker
    job_seconds: float = 600.0  # an export job that takes longer, since its attempt began, never ends
    parts_at_once: int = 4  # more gain nothing on a line that one part can fill, and each may hold 8 MB while counted
    resumes: int = 8  # tries per request inside an attempt before the task's own retries take over
    backoff_seconds: float = 0.2  # first pause between tries; doubles, with jitter
    backoff_max_seconds: float = 30.0  # ceiling of that pause, and of a Retry-After that we honour in place
    content_attempts: int = (
        3  # landed attempts, at most, because fields fall short of the contract; control totals apart
    )
    max_rows: int = 50_000_000  # per export; a manifest that announces more is an error, not a delivery
    max_part_bytes: int = 1 << 30  # compressed, per part
    max_unpacked_ratio: int = 200  # text of this kind packs 4 to 20 times; more is a gzip bomb


@dataclass(frozen=True)
class Retention:
    """How many days what is done is kept; null: for ever. How long the law asks or allows is not ours to say."""

    landing_days: int | None = None  # delivered bytes, after the day on which they were loaded
    staging_days: int | None = None  # Parquet of runs whose books are closed


@dataclass(frozen=True)
class Settings:
    """All that the pipeline needs to know of the place it runs in."""

    warehouse_dsn: str = field(repr=False)  # libpq connection string of the pipeline's login
    landing: Path  # attempts, immutable
    staging: Path  # Parquet between the stages of one run; may be deleted after it
    gateways: Mapping[str, Gateway]  # by agency
    quarantine_secrets: tuple[str, ...] = field(repr=False)  # refused rows are sealed with the first, opened with any
    extraction: Extraction = Extraction()
    retention: Retention = Retention()
    world_start: date | None = None  # first and last day that the gateways can export, if they are simulated:
    world_end: date | None = None  # the schedule ends there
    owner_dsn: str = field(default="", repr=False)  # who may change the schema: set where migrations run only
    desk_dsn: str = field(default="", repr=False)  # the pages' login: set where pages are served or migrations run

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """From `CROSSCHECK_*`. Raises `SettingsError`."""
        return cls(
            warehouse_dsn=_required(env, "CROSSCHECK_WAREHOUSE_DSN"),
            landing=Path(_required(env, "CROSSCHECK_LANDING")),
            staging=Path(_required(env, "CROSSCHECK_STAGING")),
            gateways={
                agency: Gateway(
                    url=_required(env, f"CROSSCHECK_{agency.upper()}_URL"),
                    token=_required(env, f"CROSSCHECK_{agency.upper()}_TOKEN"),
                )
                for agency in ("tecs", "uscis")
            },
            retention=Retention(_count(env, "CROSSCHECK_LANDING_DAYS"), _count(env, "CROSSCHECK_STAGING_DAYS")),
            quarantine_secrets=_secrets(env, "CROSSCHECK_QUARANTINE_KEY"),
            world_start=_day(env, "CROSSCHECK_WORLD_START"),
            world_end=_day(env, "CROSSCHECK_WORLD_END"),
            owner_dsn=env.get("CROSSCHECK_OWNER_DSN", ""),
            desk_dsn=env.get("CROSSCHECK_DESK_DSN", ""),
        )


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if not value:
        raise SettingsError(f"setting [{name}] is missing; `make nightly` and docker-compose.yaml set it")
    return value


def _secrets(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """One or more, parted by commas, the newest first."""
    secrets = tuple(part.strip() for part in _required(env, name).split(","))
    if any(len(secret) < SECRET_CHARACTERS for secret in secrets):
        raise SettingsError(
            f"setting [{name}] has a part shorter than [{SECRET_CHARACTERS}] characters; draw it at random (`make env`)"
        )
    return secrets


def _count(env: Mapping[str, str], name: str) -> int | None:
    value = env.get(name, "")
    if value and not (value.isdecimal() and int(value) > 0):
        raise SettingsError(f"setting [{name}] is [{value}]; write a number of days, or nothing to keep for ever")
    return int(value) if value else None


def _day(env: Mapping[str, str], name: str) -> date | None:
    value = env.get(name, "")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise SettingsError(f"setting [{name}] is [{value}]; write it as YYYY-MM-DD") from None
