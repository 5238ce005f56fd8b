"""Starts a program in a user namespace in which our own user is called `nobody`.

    python namespace.py new PROGRAM ...
    python namespace.py 4711 PROGRAM ...     # in the user and mount namespaces of process 4711

A program of its own, of the standard library alone, since the kernel moves a process only while it has one thread:
whoever starts PostgreSQL may have many, and a fork of those may stand still for ever.
"""

import ctypes
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

CLONE_NEWUSER = 0x10000000  # <linux/sched.h>
NOBODY = 65534  # the kernel's overflow uid: what "nobody" is called on every Linux
NEW = "new"


def within(keeper: int | None = None) -> list[str]:
    """The words that go before a command line, to run it in a namespace of its own, or in those of process `keeper`."""
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), NEW if keeper is None else str(keeper)]


@cache
def is_allowed() -> bool:
    """Whether the kernel gives us a namespace: inside containers it may not."""
    return subprocess.run([*within(), "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def enter_new(kinds: int = CLONE_NEWUSER) -> None:
    """Move this process into namespaces of its own, in which its user is `nobody`. Raises `OSError` if refused."""
    uid, gid = os.geteuid(), os.getegid()
    must(libc().unshare(kinds), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")


def enter_those_of(keeper: int) -> None:
    """Move this process into the user and mount namespaces of another. Raises `OSError` if refused."""
    for kind in ("user", "mnt"):
        namespace = os.open(f"/proc/{keeper}/ns/{kind}", os.O_RDONLY)
        must(libc().setns(namespace, 0), "setns")
        os.close(namespace)


def libc() -> ctypes.CDLL:
    """The C library."""
    return ctypes.CDLL(None, use_errno=True)


def must(result: int, what: str) -> None:
    """Raise `OSError` if a call of the C library failed."""
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def main(where: str, program: str, *arguments: str) -> None:
    """Become the program. Ends in one line where the kernel refuses, or knows no namespaces."""
    try:
        if where == NEW:
            enter_new()
        else:
            enter_those_of(int(where))
        os.execvp(program, [program, *arguments])  # noqa: S606 -- to become what we were asked for is what this is for
    except (OSError, AttributeError) as error:
        sys.exit(f"[{program}] could not be started in a namespace: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
