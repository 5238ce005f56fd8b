"""How the files of tests are shared among the processes of `make test`."""

import pytest

SCHEDULERS = "schedulers"


@pytest.hookimpl(tryfirst=True)  # before xdist, which reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays in one process: its tests share what it has set up. Real schedulers run one after another, for one
    keeps two cores busy; and they come first, for nothing takes longer.
    """
    for item in items:
        is_night = item.get_closest_marker("night") is not None
        item.add_marker(pytest.mark.xdist_group(SCHEDULERS if is_night else item.path.name))
    items.sort(key=lambda item: item.get_closest_marker("night") is None)
