"""The state folder: everything that one checkout keeps on one machine."""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from include.local.postgres import Postgres, locked

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class World:
    """One simulated world: a scenario and a seed, with a warehouse and an Airflow of its own."""

    scenario: str
    seed: int
    folder: Path

    @property
    def name(self) -> str:
        """For folders and databases."""
        return f"{self.scenario}_{self.seed}".replace("-", "_")

    @property
    def first_day(self) -> date:
        """First day that the agencies can export."""
        return date.fromisoformat(self.description["first_day"])

    @property
    def last_night(self) -> date:
        """Last night that the agencies can export."""
        return date.fromisoformat(self.description["last_night"])

    @property
    def description(self) -> dict[str, str]:
        """What the simulator wrote about the world."""
        described: dict[str, str] = json.loads((self.agencies / "world.json").read_text())
        return described

    @property
    def agencies(self) -> Path:
        """What the gateways serve, and the truth about it."""
        return self.folder / "agencies"

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.folder / "airflow"

    @property
    def passwords(self) -> Path:
        """Where Airflow's simple login finds its passwords."""
        return self.airflow / "passwords.json"

    @property
    def warehouse(self) -> str:
        """Database of the warehouse."""
        return f"warehouse_{self.name}"

    @property
    def metadata(self) -> str:
        """Database of Airflow's own."""
        return f"airflow_{self.name}"

    @property
    def logs(self) -> Path:
        """One log per component."""
        return self.folder / "logs"


class Home:
    """`.crosscheck/` of the checkout, or where `CROSSCHECK_HOME` points."""

    def __init__(self, folder: Path | None = None) -> None:
        chosen = folder or Path(os.environ.get("CROSSCHECK_HOME") or CHECKOUT / ".crosscheck")
        self.folder = chosen.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.postgres = Postgres(self.folder / "postgres")
        self.summary = self.folder / "summary.json"
        self.audit = self.folder / "audit.json"

    def clean(self) -> None:
        """Delete what this class and its worlds keep, by name: the user may keep other things in the folder too."""
        for name in ("postgres", "worlds"):
            for path in (self.folder / name).rglob("*"):
                if path.is_dir() and not path.is_symlink():
                    path.chmod(0o700)  # landed attempts are read-only
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in ("secrets.json", "secrets.new", "secrets.lock", "summary.json", "audit.json", "hostile.json"):
            (self.folder / name).unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def world(self, scenario: str, seed: int) -> World:
        """Folder and names of a world."""
        return World(scenario, seed, self.folder / "worlds" / f"{scenario}-{seed}")

    def secret(self, name: str) -> str:
        """A random secret of this home, the same at every call; kept in a file that only the owner reads."""
        path = self.folder / "secrets.json"
        with locked(self.folder / "secrets.lock"):
            known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
            if name not in known:
                known[name] = secrets.token_urlsafe(48)
                fresh = path.with_suffix(".new")
                with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                    json.dump(known, file)
                fresh.rename(path)
            return known[name]
