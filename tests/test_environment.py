"""The report of the start lesson says what is there and what is not."""

import shutil

import pytest

from lrlib import datasets, environment


@pytest.fixture
def fresh():
    datasets._forget()
    yield
    datasets._forget()


def test_all_is_there(capsys):
    environment.report()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + len(environment.PACKAGES) + len(environment.SETS)
    assert all(line.endswith("ok") for line in lines)


def test_what_is_missing_is_named_with_the_remedy(capsys, monkeypatch, tmp_path, fresh):
    shutil.copytree(datasets.DATA, tmp_path / "data")
    (tmp_path / "data" / "nile.csv").unlink()
    monkeypatch.setattr(datasets, "DATA", tmp_path / "data")
    monkeypatch.setattr(environment, "PACKAGES", ("numpy", "no_such_package"))
    environment.report()
    said = capsys.readouterr().out
    assert "missing: pip install no_such_package" in said
    (line,) = [x for x in said.splitlines() if x.startswith("nile")]
    assert "nile.csv" in line and "git checkout" in line
    assert "penguins      ok" in said
