"""How the files of tests are shared among the processes of `make test`, and in which order they go."""

import pytest

SCHEDULERS = "schedulers"


@pytest.hookimpl(tryfirst=True)  # before xdist, which reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays in one process: its tests share what it has set up. Real schedulers run one after another, for one
    keeps two cores busy; and they come first, for nothing takes longer. Last of them those that share a stack, which
    would run beside the others.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(SCHEDULERS if _is_night(item) else item.path.name))
    items.sort(key=lambda item: (not _is_night(item), "stack" in getattr(item, "fixturenames", ())))


def _is_night(item: pytest.Item) -> bool:
    return item.get_closest_marker("night") is not None
