"""Make policies.json from recordings of other libraries.

    python tests/golden/record_policies.py FOLDER

FOLDER holds ``paper_closed.json``, ``value_optax.json`` and ``plateau_<library>.json``. README.md
tells how they were recorded. A plateau's rates are stored as the measurements that changed them.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PAPER = {  # class: its parameters
    "bold_driver": ("lr0", "inc", "dec", "max_inc"),
    "barzilai_borwein": ("lr0", "kind"),
    "armijo": ("a0", "c1", "rho"),
    "sps": ("c", "gamma_max", "fstar"),
}
NO_POLICY = ("momo",)  # stored without numbers


def of_papers(folder: Path) -> Iterator[dict]:
    recorded = json.loads((folder / "paper_closed.json").read_text())
    for cls, keys in PAPER.items():
        for number, case in enumerate(recorded[cls]):
            params = {key: case[key] for key in keys}
            start = {"id": f"paper/{cls}/{number}", "lib": "paper", "cls": cls}
            yield start | {"problem": case["problem"], "params": params, "theta": case["x"]}


def of_optax(folder: Path) -> Iterator[dict]:
    for case in json.loads((folder / "value_optax.json").read_text()):
        cls = "linesearch" if "linesearch" in case["cls"] else case["cls"]
        number = case["id"].split("/")[-1]
        entry = {"id": f"optax/{cls}/{case['problem']}/{number}", "lib": "optax", "cls": cls}
        entry |= {"problem": case["problem"], "params": case["params"]}
        yield entry if cls in NO_POLICY else entry | {"theta": case["x"]}


def of_plateau(folder: Path, library: str) -> Iterator[dict]:
    for case in json.loads((folder / f"plateau_{library}.json").read_text())["cases"]:
        rates = case.get("lr_after", case.get("scale_after"))
        first = case.get("lr0", 1.0)
        pairs = zip([first, *rates], rates, strict=False)
        cuts = [[k, new] for k, (old, new) in enumerate(pairs) if new != old]
        entry = {"id": case["id"], "lib": library, "cls": "plateau", "params": case["params"]}
        yield entry | {"lr0": first, "metric": case["metrics"], "cuts": cuts}


def text(folder: Path) -> str:
    metrics = json.loads((folder / "plateau_torch.json").read_text())["metrics"]
    entries = [*of_papers(folder), *of_optax(folder)]
    for library in ("torch", "keras", "optax"):
        entries += of_plateau(folder, library)
    lines = ",\n".join(map(json.dumps, entries))
    return f'{{"metrics": {json.dumps(metrics)},\n"settings": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    (HERE / "policies.json").write_text(text(Path(sys.argv[1])))
