"""Run every claim at ten seeds that no lesson uses, and write the table of results.

    python tools/run_claims.py            all claims
    python tools/run_claims.py 05 07      those of these lessons

Red when a statement holds at fewer seeds than it says.  A row of tests/claims/RESULTS.md gets a new
date only when something else in it changed.
"""

import argparse
import concurrent.futures
import datetime
import os
import pathlib
import statistics
import sys
import time
from typing import NamedTuple

# Two workers on two cores, one thread each; set before NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]

import claims  # noqa: E402
import lesson  # noqa: E402
from tqdm import tqdm  # noqa: E402

NOTEBOOKS = ROOT / "notebooks"
RESULTS = claims.FOLDER / "RESULTS.md"
SLOW = 5.0  # seconds a call


class Run(NamedTuple):
    """One claim at one seed."""

    margin: float
    seconds: float
    error: str


class Verdict(NamedTuple):
    """One claim at all seeds."""

    claim: claims.Claim
    margins: tuple[float, ...]
    errors: tuple[str, ...]
    seconds: float

    @property
    def held(self) -> int:
        return sum(margin > 0 for margin in self.margins)

    @property
    def green(self) -> bool:
        # a share of 0.9 of ten seeds is nine, whatever 0.9 * 10 is in floating point
        return not self.errors and self.held >= self.claim.share * len(self.margins) - 1e-9

    @property
    def share(self) -> str:
        return f"{self.held} of {len(self.margins)}"

    def spread(self) -> str:
        """Lowest, median and highest margin."""
        if self.errors:
            return "error"
        middle = statistics.median(self.margins)
        return ", ".join(f"{x:.2g}" for x in (min(self.margins), middle, max(self.margins)))


def once(folder: pathlib.Path, name: str, seed: int) -> Run:
    """One claim at one seed, in a worker; an error is told and not raised."""
    start = time.process_time()  # a busy machine does not make a claim slow
    try:
        margin = float(claims.load(folder)[name].margin(seed))
        error = "" if margin == margin else f"seed {seed}: the margin is nan"
    except Exception as found:
        margin, error = float("-inf"), f"seed {seed}: {type(found).__name__}: {found}"
    return Run(margin, time.process_time() - start, error)


def judge(
    wanted: list[claims.Claim], folder: pathlib.Path = claims.FOLDER, quiet: bool = False
) -> list[Verdict]:
    """All these claims at all seeds, on both cores."""
    jobs = [(claim.name, seed) for claim in wanted for seed in claims.SEEDS]
    runs: dict[str, list[Run]] = {claim.name: [] for claim in wanted}
    with (
        concurrent.futures.ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool,
        tqdm(total=len(jobs), unit="run", disable=quiet) as bar,
    ):
        futures = [pool.submit(once, folder, name, seed) for name, seed in jobs]
        for future in futures:
            future.add_done_callback(lambda _: bar.update())
        for (name, _), future in zip(jobs, futures, strict=True):
            runs[name].append(future.result())
    return [
        Verdict(
            claim,
            tuple(run.margin for run in runs[claim.name]),
            tuple(run.error for run in runs[claim.name] if run.error),
            sum(run.seconds for run in runs[claim.name]),
        )
        for claim in wanted
    ]


# ---- the table ---------------------------------------------------------------------------------

HEAD = """\
# Claims at seeds that no lesson uses

Written by `make claims`: each statement at the seeds {first} to {last}. *Held* counts the seeds at
which the margin is above 0, *needs* is the share that the statement asks for; *margin* is the
lowest, the median and the highest. *Cell* is the cell of the notebook that says so. *Hash* is of
the claim's source: a test compares it.
"""
TITLES = "| claim | cell | held | needs | margin | date | hash |\n|---|---|---|---|---|---|---|"


class Row(NamedTuple):
    """A line of the table, as it stands there."""

    claim: str  # `name`: statement
    cell: str
    held: str
    needed: str
    margin: str
    date: str
    hash: str

    @property
    def name(self) -> str:
        return self.claim.partition("`: ")[0].strip("`")

    def line(self) -> str:
        return f"| {' | '.join(self)} |"


def stored(results: pathlib.Path = RESULTS) -> dict[str, Row]:
    """The rows of the table of results, by the claim's name."""
    text = results.read_text(encoding="utf-8") if results.exists() else ""
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line[:3] == "| `"]
    rows = [Row(*line) for line in cells]
    return {row.name: row for row in rows}


def markers(folder: pathlib.Path) -> dict[str, list[str]]:
    """For each claim that a cell names, where: the lesson's number and the cell's place."""
    found: dict[str, list[str]] = {}
    for one in lesson.course(folder):
        for place, cell in enumerate(one.nb.cells, 1):
            for name in cell.metadata.get("claims", []):
                found.setdefault(name, []).append(f"{one.number}, cell {place}")
    return found


def falls_short(row: Row) -> bool:
    """Whether a row says that its claim held in too few seeds, or could not be run."""
    held, _, seeds = row.held.partition(" of ")
    return row.margin == "error" or int(held) < float(row.needed) * int(seeds) - 1e-9


def new_row(verdict: Verdict, cells: list[str], old: Row | None) -> Row:
    """With the old date where nothing else changed."""
    claim = verdict.claim
    row = Row(
        f"`{claim.name}`: {claim.statement}".replace("|", "∣"),
        "; ".join(cells) or "none",
        verdict.share,
        f"{claim.share:g}",
        verdict.spread(),
        datetime.date.today().isoformat(),
        claim.source_hash(),
    )
    same = old is not None and old._replace(date="", cell="") == row._replace(date="", cell="")
    return row._replace(date=old.date) if same else row


def as_text(rows: dict[str, Row], lessons: list[str]) -> str:
    """The file: a section for each lesson, so that lessons can change beside one another."""
    parts = [HEAD.format(first=claims.SEEDS[0], last=claims.SEEDS[-1])]
    for number in lessons:
        lines = [rows[name].line() for name in sorted(rows) if name[:2] == number]
        parts.append(f"## Lesson {number}\n")
        parts.append("\n".join([TITLES, *lines]) + "\n" if lines else "No statement about noise.\n")
    return "\n".join(parts)


def numbers(folder: pathlib.Path, rows: dict[str, Row]) -> list[str]:
    """At least 00 to 14, and every lesson that is there."""
    there = {one.number for one in lesson.course(folder)} | {name[:2] for name in rows}
    return sorted(there | {f"{n:02d}" for n in range(15)})


def write(rows: dict[str, Row], results: pathlib.Path, notebooks: pathlib.Path) -> None:
    """Rows of claims that are gone are gone, and cells are where they stand now."""
    places = markers(notebooks)
    now = {
        name: row._replace(cell="; ".join(places.get(name, [])) or "none")
        for name, row in rows.items()
    }
    results.write_text(as_text(now, numbers(notebooks, now)), encoding="utf-8")


# ---- the command -------------------------------------------------------------------------------


def told(verdict: Verdict) -> str:
    """One line about a claim, and its errors."""
    word = "green" if verdict.green else "RED  "
    claim, each = verdict.claim, verdict.seconds / len(verdict.margins)
    slow = f", slow: {each:.1f} s a seed" if each > SLOW else ""
    line = f"{word} {claim.name}: held {verdict.share}, needs {claim.share:g}; {verdict.spread()}"
    if not verdict.green:
        line += f"\n      {claim.statement}"
    return "\n      ".join([line + slow, *verdict.errors[:3]])


def main(
    arguments: list[str],
    folder: pathlib.Path = claims.FOLDER,
    results: pathlib.Path = RESULTS,
    notebooks: pathlib.Path = NOTEBOOKS,
) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("lessons", nargs="*", help="numbers of lessons, as 05; all without any")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    options = parser.parse_args(arguments)
    start, known = time.monotonic(), claims.load(folder)
    chosen = tuple(options.lessons)
    left = {one.number: why for one in lesson.course(notebooks) if (why := lesson.lacking(one.nb))}
    for number, why in left.items():
        if number in chosen or not chosen:
            print(f"lesson {number} left out, its rows stay: it {why}")
    wanted = [claim for name, claim in known.items() if name.startswith(chosen) or not chosen]
    if wanted and not (wanted := [claim for claim in wanted if claim.lesson not in left]):
        return 0
    if not wanted and chosen:
        print(f"There is no claim for {' or '.join(chosen)} in {folder}.", file=sys.stderr)
        return 1
    verdicts = judge(wanted, folder, options.quiet)
    old = stored(results)
    places = markers(notebooks)
    rows = {name: row for name, row in old.items() if name in known}
    for verdict in verdicts:
        name = verdict.claim.name
        rows[name] = new_row(verdict, places.get(name, []), old.get(name))
        print(told(verdict))
    write(rows, results, notebooks)
    red = sum(not verdict.green for verdict in verdicts)
    print(
        f"{'red' if red else 'green'}: {len(verdicts) - red} claims held, {red} did not, "
        f"{len(claims.SEEDS)} seeds each, {time.monotonic() - start:.0f} s, "
        f"{sum(verdict.seconds for verdict in verdicts):.0f} s of work"
    )
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
