"""Rebuild data/nile.csv: the file as it lies in the package statsmodels.

pip install statsmodels==0.15.0
python data/build/nile.py

Made with Python 3.11 and the version above.
"""

import hashlib
from importlib.resources import files
from pathlib import Path

data = (files("statsmodels.datasets") / "nile" / "nile.csv").read_bytes()
out = Path(__file__).parents[1] / "nile.csv"
out.write_bytes(data)
print(hashlib.sha256(data).hexdigest(), "", out.name)
