"""For nbval: a lesson whose package is not installed is one skip that says so, not many faults."""

import functools
import pathlib

import lesson
import nbformat
import pytest


@functools.cache
def reason(path: pathlib.Path) -> str:
    if path.suffix != ".ipynb":
        return ""
    return lesson.lacking(nbformat.read(path, as_version=4))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    kept, skipped = [], set[pathlib.Path]()
    for item in items:
        if why := reason(item.path):
            if item.path in skipped:
                continue
            skipped.add(item.path)
            item.add_marker(pytest.mark.skip(reason=f"{item.path.name} {why}"))
        kept.append(item)
    items[:] = kept
