"""`docs/matching.md` with the output of its commands as they print it today: a guide that is run, not believed.

Fences `csv NAME` and `yaml NAME` are files; a fence `console` holds one command of `include.matching` and its output.
"""

import contextlib
import re
import shlex
import tempfile
from pathlib import Path

from typer.testing import CliRunner

from include.matching.__main__ import app

GUIDE = Path(__file__).parent / "matching.md"
FILE = re.compile(r"^```(?:csv|yaml) (?P<name>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(
    r"^```console\n(?P<line>\$ python -m include\.matching (?P<arguments>[^\n]+)\n)(?P<output>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def matching_guide() -> str:
    """The guide, each command followed by what it prints. Raises `RuntimeError` for a command that fails."""
    text = GUIDE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        for file in FILE.finditer(text):
            Path(file["name"]).write_text(file["text"], encoding="utf-8")
        return COMMAND.sub(lambda found: f"```console\n{found['line']}{_output(found['arguments'])}```", text)


def _output(arguments: str) -> str:
    done = CliRunner().invoke(app, shlex.split(arguments), env={"COLUMNS": "100"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    if done.exit_code:
        raise RuntimeError(f"docs/matching.md: [{arguments}] fails: {done.stderr.strip()}; correct the guide")
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())
