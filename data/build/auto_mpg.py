"""Rebuild data/auto_mpg.csv: the file as it lies in the package bokeh-sampledata.

pip install bokeh-sampledata==2026.1
python data/build/auto_mpg.py

Made with Python 3.11 and the version above.
"""

import hashlib
from importlib.resources import files
from pathlib import Path

data = (files("bokeh_sampledata") / "_data" / "auto-mpg.csv").read_bytes()
out = Path(__file__).parents[1] / "auto_mpg.csv"
out.write_bytes(data)
print(hashlib.sha256(data).hexdigest(), "", out.name)
