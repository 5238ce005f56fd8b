"""Commands that are waited for."""

import sys
from pathlib import Path

import pytest

from include.local.processes import run

SPEAKS = "import os, sys; print('first'); print(os.environ['WORD']); sys.exit(int(os.environ['STATUS']))"


def test_a_command_that_fails_says_its_last_line_and_where_the_rest_is(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "it.log"
    with pytest.raises(RuntimeError) as failed:
        run([sys.executable, "-c", SPEAKS], {"WORD": "no room", "STATUS": "3"}, log, tmp_path)
    assert str(failed.value).endswith(f"failed: no room; see [{log}]")
    assert log.read_text() == "first\nno room\n"


def test_the_log_of_one_that_succeeds_is_kept_beside_the_one_before(tmp_path: Path) -> None:
    log = tmp_path / "it.log"
    for word in ("one", "two"):
        run([sys.executable, "-c", SPEAKS], {"WORD": word, "STATUS": "0"}, log, tmp_path)
    assert log.read_text() == "first\none\nfirst\ntwo\n"
