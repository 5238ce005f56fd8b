"""Disks of some megabytes for PostgreSQL's tables and its journal that can be filled to the last byte, without root.

Each is a tmpfs in a mount namespace that the server enters and nobody else sees. A write that does not fit fails as on
any full disk: the kernel says ENOSPC, PostgreSQL says SQLSTATE 53100.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from include.local.namespace import CLONE_NEWUSER, enter_new, libc, must, within
from include.local.postgres import Postgres

CHECKOUT = Path(__file__).parents[2]
READY = "ready"  # what the process says that holds the disks
DISK_FULL = "53100"  # SQLSTATE
CLONE_NEWNS = 0x00020000  # <linux/sched.h>
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4  # <linux/prctl.h>
MEGABYTES = 96  # two warehouses of the scenario `smoke`, or all of a journal between two checkpoints, and room
# A journal that begins each of its files anew soon finds its disk full. The least sizes that PostgreSQL takes.
JOURNAL = {"wal_recycle": "off", "min_wal_size": "2MB", "max_wal_size": "32MB"}


@dataclass(frozen=True)
class SmallDisk:
    """`folder`: where the server sees it; `keeper`: the process that holds the namespace."""

    folder: Path
    keeper: int

    def fill(self, left: int) -> None:
        """Leave so many bytes."""
        filler = os.open(self._filler, os.O_CREAT | os.O_WRONLY)
        try:
            disk = os.fstatvfs(filler)
            with suppress(OSError):  # somebody wrote in between: then it is as full as it gets
                os.posix_fallocate(filler, 0, max(1, disk.f_bavail * disk.f_frsize - left))
        finally:
            os.close(filler)

    def free(self) -> None:
        """Somebody made room."""
        self._filler.unlink(missing_ok=True)

    @property
    def _filler(self) -> Path:
        return Path(f"/proc/{self.keeper}/root{self.folder}/filler")


class PostgresOnSmallDisks(Postgres):
    """A server that sees small disks. Its own files are on the large one: no crash when that of tables is full."""

    disk: SmallDisk | None = None  # one of those it sees

    def keep_journal_on(self, journal: SmallDisk) -> None:
        """Before it is started for the first time. It stops when that disk is full."""
        self.disk = journal
        self.initdb_options = ("--waldir", str(journal.folder / "wal"), "--wal-segsize", "1")

    def words_before(self) -> list[str]:
        return within(self.disk.keeper) if self.disk else super().words_before()


@contextmanager
def small_disks(*folders: Path) -> Iterator[list[SmallDisk]]:
    """Disks at folders, which are made; none where the kernel gives no namespaces."""
    for folder in folders:
        folder.mkdir()
    command = [sys.executable, "-m", "benchmarks.reliability.small_disk", *map(str, folders)]
    keeper = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- our own module
    try:
        assert keeper.stdout is not None
        is_there = keeper.stdout.readline() == f"{READY}\n"
        yield [SmallDisk(folder, keeper.pid) for folder in folders] if is_there else []
    finally:
        keeper.kill()
        keeper.communicate()


def keep(*folders: str) -> None:
    """Make the disks in namespaces of this process, say so, and hold them until the parent ends."""
    try:
        must(libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
        enter_new(CLONE_NEWUSER | CLONE_NEWNS)
        options = f"size={MEGABYTES}m,mode=0700".encode()
        for folder in folders:
            must(libc().mount(b"tmpfs", folder.encode(), b"tmpfs", 0, options), "mount")
        must(libc().prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")  # else /proc/<keeper>/root is closed to our own user
    except OSError as error:
        sys.exit(str(error))
    print(READY, flush=True)
    signal.pause()


if __name__ == "__main__":
    keep(*sys.argv[1:])
