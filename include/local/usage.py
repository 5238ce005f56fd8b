"""What running components cost: CPU seconds and memory, from Linux's /proc."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024  # kB, as /proc counts


@dataclass
class Usage:
    """CPU seconds by component since the first look, and the most memory that a look has seen, in MiB.

    A process that forked several counts what its children have used, but not other components below it; memory is the
    proportional share (PSS): pages that forked processes share count once.
    """

    roots: Mapping[str, int]  # component: process id
    split: str = ""  # the component whose descendants are counted apart, as `tasks`
    at_peak: Mapping[str, float] = field(default_factory=dict)  # MiB by component, at the look that saw the most
    _before: dict[str, float] = field(default_factory=dict)
    _now: dict[str, float] = field(default_factory=dict)

    def look(self) -> None:
        """Count what is there now. A component that has ended keeps what it had."""
        tree = children()
        memory: dict[str, float] = {}
        for name, root in self.roots.items():
            below = list(_descendants(root, tree, set(self.roots.values())))
            own, waited = _cpu(root)
            below_it = waited + sum(sum(_cpu(pid)) for pid in below)
            held, held_below = _pss_kib(root) / MIB, sum(_pss_kib(pid) for pid in below) / MIB
            if name == self.split:
                self._note("tasks", below_it)
                self._note(name, own)
                memory |= {"tasks": held_below, name: held}
            else:
                self._note(name, own + below_it)
                memory[name] = held + held_below
        self.at_peak = max(self.at_peak, memory, key=lambda seen: sum(seen.values()))

    @property
    def peak_mib(self) -> float:
        """The most memory that a look has seen."""
        return sum(self.at_peak.values())

    def cpu_seconds(self) -> dict[str, float]:
        """By component, since the first look."""
        return {name: round(now - self._before[name], 1) for name, now in self._now.items()}

    def _note(self, name: str, seconds: float) -> None:
        self._before.setdefault(name, seconds)
        self._now[name] = max(seconds, self._now.get(name, 0.0))


def children() -> dict[int, list[int]]:
    """Of each process of this machine that has any: their process ids."""
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def _descendants(root: int, tree: Mapping[int, list[int]], roots: set[int]) -> Iterable[int]:
    for child in tree.get(root, []):
        if child not in roots:
            yield child
            yield from _descendants(child, tree, roots)


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on (proc(5) numbers it 3); empty if the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu(pid: int) -> tuple[float, float]:
    """Seconds of a process itself, and of those of its children that it has waited for."""
    fields = _stat(pid)
    user, system, waited_user, waited_system = (int(ticks) / TICKS for ticks in fields[11:15] or "0000")
    return user + system, waited_user + waited_system


def _pss_kib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))
