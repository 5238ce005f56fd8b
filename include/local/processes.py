"""Child processes that end with us."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
STOP_SECONDS = 20.0  # Airflow's scheduler ends within 2 s of SIGTERM when idle; a running task may take some more


class Child:
    """A component: its process and its log."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str], log: Path, cwd: Path) -> None:
        self.name = name
        self.log = log
        self._command, self._env, self._cwd = command, dict(env), cwd
        self.start()

    def start(self) -> None:
        """Start it; again, if it has ended."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self._command,
                env=self._env,
                cwd=self._cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is ours: components are stopped one by one, in order
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 -- we have one thread
            )

    def check(self) -> None:
        """Raise `RuntimeError` if it has ended."""
        if self.process.poll() is not None:
            raise RuntimeError(f"[{self.name}] ended with [{self.process.returncode}]; see [{self.log}]")


def run(command: Sequence[str], env: Mapping[str, str], log: Path, cwd: Path) -> None:
    """Wait for a command to end. Raises `RuntimeError` with the last line of its log if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(command, env=env, cwd=cwd, stdout=output, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        last = log.read_text(errors="replace").strip().splitlines()[-1:]
        raise RuntimeError(f"[{' '.join(command[1:4])}] failed: {last[0] if last else done.returncode}; see [{log}]")


def stop_all(children: Sequence[Child]) -> None:
    """SIGTERM to all, last started first; SIGKILL to what does not listen or was left behind."""
    for child in reversed(children):
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in reversed(children):
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.1, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)  # each component leads a group of its own
        child.process.wait()


def _end_with_parent() -> None:
    """A command that is killed outright must not leave a scheduler behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
