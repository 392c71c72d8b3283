"""Every view and picture of lrlib, made from the EXAMPLES of its module: what tests walk."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import lrlib.views
from lrlib.plots import Picture, View, charts


def modules() -> list[ModuleType]:
    """The modules of lrlib.views, and the charts."""
    names = [m.name for m in pkgutil.iter_modules(lrlib.views.__path__)]
    return [charts, *(importlib.import_module(f"lrlib.views.{name}") for name in names)]


def makers(module: ModuleType) -> dict[str, Callable]:
    """The public functions of a module that return a View or a Picture."""
    return {
        name: thing
        for name, thing in vars(module).items()
        if inspect.isfunction(thing)
        and thing.__module__ == module.__name__
        and not name.startswith("_")
        and inspect.signature(thing).return_annotation in (View, Picture)
    }


def examples(kind: type) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """Module, name and maker of every example whose function returns a ``kind``."""
    for module in modules():
        short = module.__name__.rpartition(".")[2]
        returns = {
            name: inspect.signature(f).return_annotation for name, f in makers(module).items()
        }
        for name, make in getattr(module, "EXAMPLES", {}).items():
            if returns.get(name.partition(",")[0]) is kind:
                yield short, name, make
