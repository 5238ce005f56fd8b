"""How the files of tests are shared among the processes of `make test`, and in which order they go; no property is one
of the clock.
"""

from pathlib import PurePosixPath

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

SCHEDULERS = "tests/dags"

# By default an example of 0.2 s is a failure, which says of a busy machine that it is busy.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


class ByFile(LoadScopeScheduling):
    """A file stays in one process, for its tests share what it has set up. So does the folder of the real schedulers:
    one of them keeps two cores busy. (xdist's own groups have no effect under pytest 9.2.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", maxsplit=1)[0]
        return SCHEDULERS if str(PurePosixPath(file).parent) == SCHEDULERS else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real schedulers come first, for nothing takes longer; last of them the tests that share a stack, which would run
    beside the others.
    """
    items.sort(
        key=lambda item: (
            item.get_closest_marker("night") is None,
            "stack" in getattr(item, "fixturenames", ()),
        )
    )
