"""Rebuild data/co2.csv from the package statsmodels: dates spelt out, missing weeks left empty.

pip install statsmodels==0.15.0
python data/build/co2.py

Made with Python 3.11 and the version above.
"""

import csv
import hashlib
from importlib.resources import files
from pathlib import Path

text = (files("statsmodels.datasets") / "co2" / "co2.csv").read_text()
lines = ["date,co2_ppm"]
for row in csv.DictReader(text.splitlines()):
    d = row["date"]
    lines.append(f"{d[:4]}-{d[4:6]}-{d[6:]},{row['co2']}")
data = ("\n".join(lines) + "\n").encode()
out = Path(__file__).parents[1] / "co2.csv"
out.write_bytes(data)
print(hashlib.sha256(data).hexdigest(), "", out.name)
