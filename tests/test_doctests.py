"""The examples in the docstrings do what they say; every public function of the core has one."""

import doctest
import importlib
import inspect

import pytest

import lrlib

CORE = ["contracts", "schedules", "policies", "kernels", "loop", "surfaces", "fits"]
CORE += ["datasets", "listings", "environment"]
MODULES = [*CORE, "_arguments", "_blocks"]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module(name: str) -> None:
    module = importlib.import_module(f"lrlib.{name}")
    done = doctest.testmod(module, optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert not done.failed


@pytest.mark.parametrize("name", CORE)
def test_every_public_function_has_an_example_and_says_what_it_returns(name: str) -> None:
    module = importlib.import_module(f"lrlib.{name}")
    public = {
        key: f
        for key, f in vars(module).items()
        if inspect.isfunction(inspect.unwrap(f))
        and f.__module__ == module.__name__
        and key[0] != "_"
    }
    assert public
    for sign in (">>> ", "Return"):
        without = [key for key, f in public.items() if sign not in (f.__doc__ or "")]
        assert not without, f"{sign!r} is missing in the docstring of {', '.join(without)}"


def test_what_is_exported_from_the_core_has_a_docstring() -> None:
    assert all(inspect.getdoc(getattr(lrlib, name)) for name in lrlib.__all__)
