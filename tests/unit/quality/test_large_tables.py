"""Threads that stage at the same time leave the process as they found it."""

import sys
from threading import Thread

import pyarrow as pa
import pytest

from include.quality.large_tables import LENT_SECONDS, for_large_tables


def of_process() -> tuple[float, str]:
    return sys.getswitchinterval(), pa.default_memory_pool().backend_name


def in_a_thread(act) -> None:
    thread = Thread(target=act)
    thread.start()
    thread.join()


def test_of_two_threads_the_last_one_to_leave_puts_back_what_the_first_one_found():
    found = of_process()
    for_large_tables.__enter__()
    in_a_thread(for_large_tables.__enter__)
    for_large_tables.__exit__()
    assert sys.getswitchinterval() == pytest.approx(LENT_SECONDS), "the other thread still stages"
    in_a_thread(for_large_tables.__exit__)
    assert of_process() == found


def test_a_staging_that_fails_puts_it_back_as_well():
    found = of_process()
    with pytest.raises(ValueError, match="bad"), for_large_tables:
        raise ValueError("bad")
    assert of_process() == found
