"""`make env`: the `.env` of docker-compose.yaml, every secret drawn at random. Standard library only."""

import argparse
import base64
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

SECRETS = (
    "POSTGRES_PASSWORD",
    "METADATA_PASSWORD",
    "WAREHOUSE_PASSWORD",
    "ETL_PASSWORD",
    "DESK_PASSWORD",
    "REDIS_PASSWORD",
    "ADMIN_PASSWORD",
    "API_SECRET",
    "JWT_SECRET",
    "FERNET_KEY",
    "AUDIT_KEY",
    "QUARANTINE_KEY",
    "TECS_TOKEN",
    "USCIS_TOKEN",
)

# The dates are those of include/simulator/scenarios/nightly.yaml; a test holds the two together.
TEXT = """\
# Written by `make env` for docker-compose.yaml. Whoever reads this file may read everything: keep it private.

# Passwords of PostgreSQL's superuser and of the owners of the two databases, of the warehouse's other two logins (the
# pipeline, the pages), of Redis, and of Airflow's user `admin`.
CROSSCHECK_POSTGRES_PASSWORD={POSTGRES_PASSWORD}
CROSSCHECK_METADATA_PASSWORD={METADATA_PASSWORD}
CROSSCHECK_WAREHOUSE_PASSWORD={WAREHOUSE_PASSWORD}
CROSSCHECK_ETL_PASSWORD={ETL_PASSWORD}
CROSSCHECK_DESK_PASSWORD={DESK_PASSWORD}
CROSSCHECK_REDIS_PASSWORD={REDIS_PASSWORD}
CROSSCHECK_ADMIN_PASSWORD={ADMIN_PASSWORD}

# Airflow: signs sessions, signs the tokens of tasks, encrypts what the metadata database keeps.
CROSSCHECK_API_SECRET={API_SECRET}
CROSSCHECK_JWT_SECRET={JWT_SECRET}
CROSSCHECK_FERNET_KEY={FERNET_KEY}

# Seals the audit trail. A new key makes every older entry look forged: keep it, and keep it away from the database.
CROSSCHECK_AUDIT_KEY={AUDIT_KEY}

# Who sees what on the pages: login=role, with commas; everybody else is an analyst (docs/access.md).
CROSSCHECK_DESK_ROLES=admin=reviewer
# Seals the rows in quarantine. A new secret goes in front of the old one, with a comma between.
CROSSCHECK_QUARANTINE_KEY={QUARANTINE_KEY}

# Bearer tokens of the gateways. An agency's own gateway: put its token here.
CROSSCHECK_TECS_TOKEN={TECS_TOKEN}
CROSSCHECK_USCIS_TOKEN={USCIS_TOKEN}

# The simulated agencies. For real ones delete this block and set CROSSCHECK_TECS_SCHEME=https, CROSSCHECK_TECS_HOST,
# CROSSCHECK_TECS_PORT, and the same for USCIS.
COMPOSE_PROFILES=simulated
CROSSCHECK_SCENARIO=nightly
CROSSCHECK_WORLD_START=2004-10-01
CROSSCHECK_WORLD_END=2014-09-30
CROSSCHECK_RETRY_SECONDS=2
"""


def render() -> str:
    """Text of an `.env` with fresh secrets."""
    drawn = {name: secrets.token_urlsafe(48) for name in SECRETS}  # 64 characters: what HS512 asks of its key
    drawn["FERNET_KEY"] = base64.urlsafe_b64encode(os.urandom(32)).decode()  # the form that `cryptography.fernet` wants
    return TEXT.format(**drawn)


def write(path: Path, *, force: bool = False) -> None:
    """Write a fresh `.env` that only its owner reads. Raises `FileExistsError` if there is one, unless forced."""
    if path.exists() and not force:
        raise FileExistsError(
            f"[{path}] is there and was left alone; --force draws new secrets, which a database made with the old ones "
            "refuses (docs/deployment.md, Secrets)"
        )
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(render())
    fresh.replace(path)


def main(arguments: Sequence[str]) -> int:
    """The command line; exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=Path(".env"))
    parser.add_argument("--force", action="store_true", help="replace an .env that is there")
    options = parser.parse_args(arguments)
    try:
        write(options.path, force=options.force)
    except OSError as error:
        return _told(f"crosscheck: {error}", 1)
    return _told(f"crosscheck: wrote [{options.path}]; next: docker compose up -d --wait", 0)


def _told(line: str, status: int) -> int:
    print(line, file=sys.stderr)  # noqa: T201 -- this file runs before anything that could say it better is installed
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
