"""Rebuild data/glosses.tsv.gz from the noun file of WordNet 3.0, Debian package wordnet-base.

apt-get update
python data/build/glosses.py

Needs `apt-get download` and `dpkg` (Debian or Ubuntu) and the standard library; installs nothing.
Made with Python 3.11 and wordnet-base 1:3.0-37. Another zlib may pack the same table into other
bytes.

1,600 definitions of each of 8 classes, in random order (seed 7): class, word, definition.
Left out: names of single things (instances), definitions of fewer than 4 words, examples of use.
"""

import gzip
import hashlib
import random
import subprocess
import tempfile
from pathlib import Path

# The numbers of WordNet's lexicographer files, see lexnames(5WN).
CLASSES = {
    "animal": 5,
    "plant": 20,
    "person": 18,
    "artifact": 6,
    "food": 13,
    "body": 8,
    "communication": 10,
    "substance": 27,
}
EACH = 1600

with tempfile.TemporaryDirectory() as work:
    subprocess.run(["apt-get", "download", "wordnet-base"], cwd=work, check=True)
    subprocess.run(["dpkg", "-x", next(Path(work).glob("*.deb")), work], check=True)
    nouns = (Path(work) / "usr/share/wordnet/data.noun").read_text(encoding="latin-1")

found = {c: [] for c in CLASSES}
for line in nouns.splitlines():
    if line.startswith("  "):  # the licence, printed at the head of the file
        continue
    head, gloss = line.split(" | ", 1)
    fields = head.split()
    definition = gloss.split('; "')[0].split('"')[0].strip(" ;\n")
    for c, number in CLASSES.items():
        if int(fields[1]) == number and "@i" not in fields and len(definition.split()) >= 4:
            found[c].append((c, fields[4].replace("_", " "), definition))

random.seed(7)
rows = []
for c in CLASSES:
    random.shuffle(found[c])
    rows += found[c][:EACH]
random.shuffle(rows)

out = Path(__file__).parents[1] / "glosses.tsv.gz"
with gzip.GzipFile(out, "wb", 9, mtime=0) as file:  # no time stamp: the same bytes every time
    file.write("\n".join("\t".join(row) for row in rows).encode())
print(hashlib.sha256(out.read_bytes()).hexdigest(), "", out.name)
