"""`make setup`: a virtual environment with the locked requirements, in `.venv/` or what `CROSSCHECK_VENV` names.

Standard library only.

Each step leaves a stamp named after what it installed, so that the second run skips it and a run that failed resumes;
a list that has changed since is installed into an empty environment.
"""

import os
import shutil
import ssl
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / os.environ.get("CROSSCHECK_VENV", ".venv")
PYTHON = VENV / "bin" / "python"
DIGITS = 16  # of a list's hash, in the name of its stamp
OLDEST, NEWEST = (3, 11), (3, 13)  # the lock was tried on these; Airflow 3.3 wants no newer


def main(lists: list[str]) -> int:
    """Install the named requirement lists; exit status."""
    try:
        wanted = [(CHECKOUT / name, _stamp(CHECKOUT / name)) for name in lists or ["requirements.txt"]]
        if all(stamp.exists() for _, stamp in wanted):
            return 0
        if any(_older(stamp) for _, stamp in wanted):  # what an older list brought may disturb what the new one brings
            shutil.rmtree(VENV)
        _make_venv()
        for requirements, stamp in wanted:
            if not stamp.exists():
                _say(f"installing {requirements.name} into {VENV.name}")
                _install(requirements)
                stamp.touch()
    except (SetupError, OSError, subprocess.SubprocessError) as error:
        _say(f"set-up failed: {error}")
        return 1
    return 0


class SetupError(RuntimeError):
    """Set-up cannot go on. One line: what, and the way out."""


def _stamp(requirements: Path) -> Path:
    digest = sha256(requirements.read_bytes()).hexdigest()[:DIGITS]
    return VENV / f"{requirements.stem}-{digest}.stamp"


def _older(stamp: Path) -> bool:
    """Whether another version of the list was installed."""
    name = stamp.name[: -len(".stamp") - DIGITS]
    return any(each != stamp for each in VENV.glob(f"{name}{'[0-9a-f]' * DIGITS}.stamp"))


def _make_venv() -> None:
    if (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", "import pip"], check=False, capture_output=True).returncode == 0
    ):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    _say(f"making {VENV.name}")
    done = subprocess.run([_interpreter(), "-m", "venv", VENV], check=False)
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetupError("Python's module [venv] failed; on Debian install the package `python3-venv`")


def _interpreter() -> str:
    """This Python if it will do, else another on the path."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    raise SetupError(f"Python [{sys.version.split()[0]}]: 3.11, 3.12 or 3.13 is needed; set PYTHON=/path/to/python3.12")


def _install(requirements: Path) -> None:
    """By uv, which takes a quarter of the time; by plain pip where uv cannot be had or does not know the way out.

    `--no-deps`: the list is complete, and pip 23 refuses a hashed list in which a package names an extra of another.
    """
    options = ["--no-deps", "--require-hashes", "-r", str(requirements)]
    pip = [str(PYTHON), "-m", "pip", "install", "-q"]
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        subprocess.run(
            [*pip, "--require-hashes", "-r", str(CHECKOUT / "requirements-uv.txt")], check=False, capture_output=True
        )
    if uv.exists():
        # bytecode now: Airflow and Great Expectations import three times slower without, and three times at once
        command = [str(uv), "pip", "install", "-q", "--compile-bytecode", "--python", str(PYTHON), *options]
        env = {**_certificates(), **os.environ, "VIRTUAL_ENV": str(VENV)}
        if subprocess.run(command, check=False, env=env).returncode == 0:
            return
        _say("uv could not install; trying pip")
    done = subprocess.run([*pip, *options], check=False)
    if done.returncode != 0:
        raise SetupError(f"pip could not install [{requirements.name}]; its message is above; `make setup` resumes")


def _certificates() -> dict[str, str]:
    """uv brings certificates of its own, which do not know a company's proxy; the system's do, where it has any."""
    system = ssl.get_default_verify_paths()
    has_folder = system.capath and any(Path(system.capath).glob("*.0"))  # OpenSSL's names: hash, dot, number
    return {"UV_SYSTEM_CERTS": "1"} if system.cafile or has_folder else {}


def _say(text: str) -> None:
    print(f"crosscheck: {text}", file=sys.stderr, flush=True)  # noqa: T201 -- before anything else is installed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
