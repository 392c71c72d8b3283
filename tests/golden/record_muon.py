"""Make muon.json from recordings of Optax.

    python tests/golden/record_muon.py FOLDER

FOLDER holds ``muon_optax.json``. README.md tells how it was recorded.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
KEPT = {"params": "params", "W0": "start", "G": "gradients", "W_steps": "steps", "W": "matrices"}


def text(folder: Path) -> str:
    recorded = json.loads((folder / "muon_optax.json").read_text())
    entries = [{name: case[key] for key, name in KEPT.items()} for case in recorded]
    return "[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n"


if __name__ == "__main__":
    (HERE / "muon.json").write_text(text(Path(sys.argv[1])))
