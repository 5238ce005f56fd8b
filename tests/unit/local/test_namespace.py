"""A program that is started in a namespace is `nobody` there, and says so in one line where it cannot be started."""

import subprocess

import pytest

from include.local import namespace

needs_namespaces = pytest.mark.skipif(not namespace.is_allowed(), reason="the kernel gives no namespaces here")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)


@needs_namespaces
def test_the_user_of_a_new_namespace_is_nobody() -> None:
    done = run(*namespace.within(), "id", "-u")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{namespace.NOBODY}\n", "")


@needs_namespaces
def test_the_exit_status_is_the_program_s() -> None:
    assert run(*namespace.within(), "sh", "-c", "exit 7").returncode == 7


@needs_namespaces
def test_a_process_that_holds_a_namespace_is_joined() -> None:
    command = [*namespace.within(), "unshare", "--mount", "sh", "-c", "readlink /proc/self/ns/user; read wait"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout is not None
        theirs = keeper.stdout.readline()
        ours = run(*namespace.within(keeper.pid), "readlink", "/proc/self/ns/user").stdout
        keeper.communicate("\n")
    assert theirs == ours != run("readlink", "/proc/self/ns/user").stdout


def test_a_namespace_that_is_not_there_is_said_in_one_line() -> None:
    done = run(*namespace.within(1 << 23), "true")
    assert done.returncode == 1
    assert done.stderr.startswith("[true] could not be started in a namespace: ")
    assert done.stderr.count("\n") == 1
