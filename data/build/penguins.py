"""Rebuild data/penguins.csv from the package palmerpenguins.

pip install palmerpenguins==0.1.6 pandas==3.1.1
python data/build/penguins.py

Made with Python 3.11 and the versions above.
"""

import hashlib
from pathlib import Path

from palmerpenguins import load_penguins

data = load_penguins().to_csv(index=False, lineterminator="\n").encode()
out = Path(__file__).parents[1] / "penguins.csv"
out.write_bytes(data)
print(hashlib.sha256(data).hexdigest(), "", out.name)
