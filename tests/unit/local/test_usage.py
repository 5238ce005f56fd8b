"""CPU seconds and memory of real processes."""

import os
import subprocess
import sys

import pytest

from include.local.usage import Usage

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

# works itself, has a child work that it waits for, says so, and waits to be told to end
PARENT = """
import os, sys, time
def work():
    end = time.process_time() + 0.3
    while time.process_time() < end: pass
print("ready", flush=True); sys.stdin.readline()
child = os.fork()
if child == 0:
    work(); os._exit(0)
os.waitpid(child, 0); work()
print("done", flush=True); sys.stdin.readline()
"""


def test_what_a_process_and_its_children_used_is_counted_and_kept() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout.readline() == "ready\n"
        whole, split = Usage({"it": parent.pid}), Usage({"it": parent.pid}, split="it")
        for usage in (whole, split):
            usage.look()
        assert whole.cpu_seconds() == {"it": 0.0}
        parent.stdin.write("go\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == "done\n"
        for usage in (whole, split):
            usage.look()
        parent.stdin.write("end\n")
        parent.stdin.flush()
    for usage in (whole, split):
        usage.look()  # of a process that has ended
    assert whole.cpu_seconds()["it"] >= 0.6
    assert min(split.cpu_seconds().values()) >= 0.3
    assert set(split.cpu_seconds()) == {"it", "tasks"}
    assert whole.peak_mib > 1
    assert set(split.at_peak) == {"it", "tasks"}


def test_memory_that_forked_processes_share_counts_once() -> None:
    usage = Usage({"us": os.getpid()})
    usage.look()
    assert usage.peak_mib > 1
    assert usage.cpu_seconds() == {"us": 0.0}


def test_a_component_below_another_is_counted_as_itself_alone() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout.readline() == "ready\n"
        us, both = Usage({"us": os.getpid()}), Usage({"us": os.getpid(), "child": child.pid})
        for usage in (us, both):
            usage.look()
        child.stdin.write("go\n")
        child.stdin.flush()
        assert child.stdout.readline() == "done\n"
        for usage in (us, both):
            usage.look()
        child.stdin.close()
    assert us.cpu_seconds()["us"] >= 0.6
    assert both.cpu_seconds()["child"] >= 0.6
    # half of it: the two do not look at one moment, and what else this process does in between counts as well
    assert both.cpu_seconds()["us"] < us.cpu_seconds()["us"] - 0.3
