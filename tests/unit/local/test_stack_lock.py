"""Who has the stack of a world, and what a second command does meanwhile."""

import fcntl
from pathlib import Path

import pytest

from include.local import stack


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "stack.json"


def test_a_second_command_joins(tmp_path: Path, place: Path) -> None:
    with (tmp_path / "lock").open("w") as held, (tmp_path / "lock").open("w") as lock:
        fcntl.flock(held, fcntl.LOCK_EX)
        place.write_text('{"url": "http://127.0.0.1:1"}')
        assert stack._stack_of_another(lock, place, pytest.fail) == {"url": "http://127.0.0.1:1"}


def test_a_command_that_ends_meanwhile_leaves_the_world_to_the_next(tmp_path: Path, place: Path) -> None:
    told: list[str] = []
    with (tmp_path / "lock").open("w") as held, (tmp_path / "lock").open("w") as lock:
        fcntl.flock(held, fcntl.LOCK_EX)

        def say(line: str) -> None:
            told.append(line)
            fcntl.flock(held, fcntl.LOCK_UN)

        assert stack._stack_of_another(lock, place, say) is None
        assert told == ["another command starts or stops this world; waiting for it"]


def test_a_command_that_is_never_ready(tmp_path: Path, place: Path) -> None:
    with (tmp_path / "lock").open("w") as held, (tmp_path / "lock").open("w") as lock:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(RuntimeError, match="another command holds this world but is not ready"):
            stack._stack_of_another(lock, place, str, seconds=0.0)
