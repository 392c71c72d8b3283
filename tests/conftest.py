"""What all tests share: repeatable hypothesis runs, and what belongs together on one worker."""

import re

import pytest
from hypothesis import settings

try:
    from xdist.scheduler import LoadScopeScheduling
except ImportError:
    LoadScopeScheduling = object

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")

LONGEST_FIRST = ("test_browser.py", "test_notebooks.py")


class ByNotebook(LoadScopeScheduling):
    """A worker takes all the tests of a file, or of a notebook where these are its parameters."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        notebook = re.search(r"\[(.+)\]", test) if file.endswith(LONGEST_FIRST) else None
        return f"{file} {notebook[1]}" if notebook else file


@pytest.hookimpl(optionalhook=True)  # there may be no xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByNotebook:
    return ByNotebook(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))
