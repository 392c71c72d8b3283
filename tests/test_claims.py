"""Claims: marked in a cell, run as they stand now, and the runner is red for false ones."""

import pathlib
import textwrap

import claims
import pytest
import refresh
import run_claims
from nbformat.v4 import new_markdown_cell, new_notebook

MARKED = run_claims.markers(refresh.NOTEBOOKS)
CLAIMS = claims.load()
STORED = run_claims.stored()


def tied(
    known: dict[str, claims.Claim], marked: dict[str, list[str]], rows: dict[str, run_claims.Row]
) -> list[str]:
    """What does not go together of claims, the cells that name them and the table of results."""
    faults = [
        f"{', '.join(marked[name])}: names the claim {name}, which is not in tests/claims: write "
        f"it in lesson_{name[:2]}.py, or take the name out of the cell's metadata"
        for name in sorted(set(marked) - set(known))
    ]
    for name, claim in known.items():
        again = f"run `make claims NB={claim.lesson}`"
        row = rows.get(name)
        if name not in marked:
            faults.append(
                f"claim {name}: no cell says it: put it into the metadata of the cell that does, "
                f'"claims": ["{name}"]'
            )
        elif {place[:2] for place in marked[name]} != {claim.lesson}:
            faults.append(f"claim {name}: named in another lesson: {', '.join(marked[name])}")
        if row is None:
            faults.append(f"claim {name}: not in RESULTS.md: {again}")
        elif row.hash != claim.source_hash():
            faults.append(f"claim {name}: changed since it was run: {again}")
        elif run_claims.falls_short(row):
            faults.append(f"claim {name}: RESULTS.md says {row.held}, it needs {row.needed}")
    faults += [
        f"RESULTS.md: there is no claim {name} any more: run `make claims NB={name[:2]}`"
        for name in sorted(set(rows) - set(known))
    ]
    return faults


def test_claims_are_marked_in_cells_and_their_results_are_of_today() -> None:
    faults = tied(CLAIMS, MARKED, STORED)
    assert not faults, "\n".join(faults)


# ---- the runner, on claims of its own ----------------------------------------------------------

TRUE = '''
    """A true statement."""
    return float(np.random.default_rng(seed).normal(5))
'''
PLANTED = {
    "98-lucky-seed": '''
    """Holds at the seed that the text looked at, and at few others."""
    return float(np.random.default_rng(seed).normal(-0.5))
''',
    "98-sign": '''
    """Says above for below."""
    return below(seed)
''',
    "98-share": '''
    """Holds in seven of ten and says nine."""
    return 1.0 if seed % 10 < 7 else -1.0
''',
    "98-not-a-number": '''
    """Compares two runs that both diverged."""
    return float("inf") - float("inf")
''',
    "98-raises": '''
    """Cannot be run."""
    raise ZeroDivisionError("at this seed")
''',
}
HELPERS = """\
import numpy as np
from claims import claim

SHIFT = -5.0


def below(seed):
    return float(np.random.default_rng(seed).normal(SHIFT))


def unused(seed):
    return 0.0
"""


def written(folder: pathlib.Path, bodies: dict[str, str], share: float = 0.9) -> pathlib.Path:
    """A folder with lesson_98.py that holds these claims."""
    parts = [HELPERS]
    for name, body in bodies.items():
        head = f'@claim("{name}", share={share})\ndef {name[3:].replace("-", "_")}(seed):'
        parts.append(head + textwrap.dedent(body).replace("\n", "\n    ").rstrip())
    (folder / "lesson_98.py").write_text("\n\n\n".join(parts) + "\n")
    return folder


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "CLAIMS", {})


def planted(path: pathlib.Path, bodies: dict[str, str], share: float = 0.9) -> dict:
    """The verdicts on these claims, by name."""
    folder = written(path, bodies, share)
    wanted = list(claims.load(folder).values())
    return {v.claim.name: v for v in run_claims.judge(wanted, folder, quiet=True)}


def test_planted_false_claims_are_red_and_a_true_one_is_green(
    tmp_path: pathlib.Path, empty: None
) -> None:
    verdicts = planted(tmp_path, {**PLANTED, "98-true": TRUE})
    assert {name for name, verdict in verdicts.items() if verdict.green} == {"98-true"}
    assert 0 < verdicts["98-lucky-seed"].held < 5  # some seed does hold
    assert verdicts["98-sign"].held == 0
    assert verdicts["98-share"].held == 7
    assert "ZeroDivisionError: at this seed" in verdicts["98-raises"].errors[0]
    assert "nan" in verdicts["98-not-a-number"].errors[0]


def test_a_claim_is_asked_for_no_more_than_it_states(tmp_path: pathlib.Path, empty: None) -> None:
    verdict = planted(tmp_path, {"98-share": PLANTED["98-share"]}, share=0.7)["98-share"]
    assert verdict.green and verdict.held == 7


def run(tmp_path: pathlib.Path, bodies: dict[str, str], capsys: pytest.CaptureFixture) -> tuple:
    """The command on a folder of claims: exit code, what it said, the table."""
    folder = tmp_path / "claims"
    folder.mkdir(exist_ok=True)
    marked = new_markdown_cell("It does.", metadata={"claims": list(bodies)})
    cells = [new_markdown_cell("# 98 A lesson"), marked]
    text = refresh.as_text(refresh.normalise(new_notebook(cells=cells)))
    (tmp_path / "98_lesson.ipynb").write_text(text)
    written(folder, bodies)
    claims.CLAIMS.clear()
    results = tmp_path / "RESULTS.md"
    code = run_claims.main(["98", "--quiet"], folder, results, tmp_path)
    return code, capsys.readouterr().out, results


def test_the_command_tells_what_is_false_and_writes_the_table(
    tmp_path: pathlib.Path, empty: None, capsys: pytest.CaptureFixture
) -> None:
    code, said, results = run(tmp_path, {"98-true": TRUE, **PLANTED}, capsys)
    assert code == 1
    assert "green 98-true: held 10 of 10" in said
    assert "RED   98-sign: held 0 of 10, needs 0.9" in said and "Says above for below." in said
    assert said.splitlines()[-1].startswith("red: 1 claims held, 5 did not")
    rows = run_claims.stored(results)
    assert set(rows) == {"98-true", *PLANTED}
    assert rows["98-share"].held == "7 of 10" and rows["98-share"].cell == "98, cell 2"
    assert run_claims.falls_short(rows["98-share"]) and not run_claims.falls_short(rows["98-true"])


def test_only_a_changed_row_gets_a_new_date(
    tmp_path: pathlib.Path, empty: None, capsys: pytest.CaptureFixture
) -> None:
    both = {"98-true": TRUE, "98-also": TRUE}
    code, said, results = run(tmp_path, both, capsys)
    assert code == 0 and said.splitlines()[-1].startswith("green: 2 claims held, 0 did not")
    today = run_claims.stored(results)["98-true"].date
    results.write_text(results.read_text().replace(today, "2001-01-01"))
    before = results.read_bytes()
    run(tmp_path, both, capsys)
    assert results.read_bytes() == before
    run(tmp_path, {**both, "98-also": TRUE.replace("(5)", "(6)")}, capsys)
    rows = run_claims.stored(results)
    assert (rows["98-true"].date, rows["98-also"].date) == ("2001-01-01", today)


def test_no_claim_for_a_lesson_is_told(capsys: pytest.CaptureFixture) -> None:
    assert run_claims.main(["97"]) == 1
    assert "no claim for 97" in capsys.readouterr().err


# ---- what ties claims, cells and results -------------------------------------------------------


@pytest.fixture
def one(tmp_path: pathlib.Path, empty: None) -> tuple[dict, dict, dict]:
    """A claim, its marker and its row, as they should be."""
    known = claims.load(written(tmp_path, {"98-sign": PLANTED["98-sign"]}, share=0.1))
    row = run_claims.Row(
        "`98-sign`: Says.", "98, cell 2", "9 of 10", "0.1", "1, 2, 3", "2001-01-01", ""
    )
    row = row._replace(hash=known["98-sign"].source_hash())
    return known, {"98-sign": ["98, cell 2"]}, {"98-sign": row}


def test_what_goes_together_has_no_faults(one: tuple[dict, dict, dict]) -> None:
    assert tied(*one) == []


def test_what_does_not_go_together_is_found(one: tuple[dict, dict, dict]) -> None:
    known, marked, rows = one
    row = rows["98-sign"]
    for found, fault in (
        (({}, marked, {}), "not in tests/claims"),
        ((known, {}, rows), "no cell says it"),
        ((known, {"98-sign": ["97, cell 2"]}, rows), "another lesson"),
        ((known, marked, {}), "not in RESULTS.md"),
        ((known, marked, {"98-sign": row._replace(hash="0")}), "changed since it was run"),
        ((known, marked, {"98-sign": row._replace(held="0 of 10")}), "it needs 0.1"),
        (({}, {}, rows), "no claim 98-sign any more"),
    ):
        (told,) = tied(*found)
        assert fault in told


def test_the_hash_sees_what_the_claim_uses_and_nothing_else() -> None:
    text = HELPERS + '\n\n@claim("98-sign")\ndef sign(seed):\n    return below(seed)\n'
    used = claims.used_source(text, "sign")
    assert used == claims.used_source(text.replace("return 0.0", "return 1.0"), "sign")
    for old, new in (("-5.0", "4.0"), ("normal(SHIFT)", "normal(0)"), ('("98-sign"', '("98-x"')):
        assert used != claims.used_source(text.replace(old, new), "sign"), new


@pytest.mark.parametrize(
    ("name", "share", "statement", "module", "fault"),
    [
        ("rmsprop", 0.9, "It does.", "lesson_05", "must be of the form 05-short-name"),
        ("05-Nile", 0.9, "It does.", "lesson_05", "must be of the form 05-short-name"),
        ("05-nile", 0, "It does.", "lesson_05", "share = 0"),
        ("05-nile", 1.1, "It does.", "lesson_05", "share = 1.1"),
        ("05-nile", 0.9, "", "lesson_05", "docstring"),
        ("05-nile", 0.9, "It does.", "lesson_04", "must stand in lesson_05.py"),
    ],
)
def test_what_is_no_claim_is_refused(
    empty: None, name: str, share: float, statement: str, module: str, fault: str
) -> None:
    def function(seed: int) -> float:
        return 1.0

    function.__doc__, function.__module__ = statement, f"claims.{module}"
    with pytest.raises(ValueError, match=fault):
        claims.claim(name, share)(function)


def test_two_claims_of_one_name_are_refused(empty: None) -> None:
    def first(seed: int) -> float:
        """It does."""
        return 1.0

    def second(seed: int) -> float:
        """It does not."""
        return 1.0

    first.__module__ = second.__module__ = "claims.lesson_05"
    claims.claim("05-nile")(first)
    with pytest.raises(ValueError, match="two of that name"):
        claims.claim("05-nile")(second)
