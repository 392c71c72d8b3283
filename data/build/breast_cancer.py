"""Rebuild data/breast_cancer.csv.gz from the package scikit-learn.

pip install scikit-learn==1.9.1
python data/build/breast_cancer.py

Made with Python 3.11 and the version above. Another zlib may pack the same table into other bytes.
"""

import gzip
import hashlib
from pathlib import Path

from sklearn.datasets import load_breast_cancer

table = load_breast_cancer()
lines = [",".join([*table.feature_names, "target"])]
for x, y in zip(table.data.tolist(), table.target.tolist(), strict=True):
    lines.append(",".join(map(str, [*x, y])))
out = Path(__file__).parents[1] / "breast_cancer.csv.gz"
with gzip.GzipFile(out, "wb", 9, mtime=0) as file:  # no time stamp: the same bytes every time
    file.write(("\n".join(lines) + "\n").encode())
print(hashlib.sha256(out.read_bytes()).hexdigest(), "", out.name)
