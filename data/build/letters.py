"""Rebuild data/letters.npz and data/letters_fonts.csv from 133 font packages of Debian 12.

apt-get update
pip install numpy==2.4.6 pillow==13.0.0 fonttools==4.68.0
python data/build/letters.py --work FOLDER --sheet letters.png

Needs `apt-get download` and `dpkg` (Debian or Ubuntu); installs nothing. 66 MB to download, then
about 25 seconds. FOLDER keeps the packages for the next time; --sheet also draws every glyph.
Made with Python 3.11 and the versions above. Another FreeType (it comes with Pillow) gives slightly
other pixels.

The letters A-J, white on black, fitted to 28 x 28 pixels: the recipe of the notMNIST set, but from
fonts under free licences, and split by family, so that no design is in two splits. Every step is a
rule with a fixed threshold. Nothing depends on chance.
"""

import argparse
import csv
import hashlib
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageFont

LETTERS = "ABCDEFGHIJ"
SIZE, BOX = 28, 24  # side of the image; longer side of a glyph, which leaves a margin of 2 pixels
DROP, JOIN = 0.15, 0.25  # relative distance of two faces: below DROP a copy, below JOIN one group
MAX_PER_FAMILY = 12  # faces kept of one family
MIN_LEGIBLE = 3  # of 10 letters that a classifier must read
SHARE = {"test": 0.20, "heldout": 0.12}  # of the faces; the rest is train
SPLITS = ("train", "heldout", "test")

# Packages by the licence of their fonts, see debian/copyright of each. Names without "fonts-".
PACKAGES = {
    "OFL-1.1": """
        3270 allerta anonymous-pro apropal arapey averia-gwf averia-sans-gwf averia-serif-gwf
        b612 bebas-neue blankenburg bwht cabin cabinsketch cantarell cardo century-catalogue
        cherrybomb cmu comfortaa comic-neue courier-prime crosextra-caladea crosextra-carlito
        dancingscript dkg-handwriting dosis ebgaramond ecolier-court essays1743 eurofurence
        ferrite-core firacode gamaliel gemunu-libre georgewilliams gfs-artemisia gfs-didot
        gfs-neohellenic gnutypewriter gotico-antiqua havana hermit hosny-amiri humor-sans
        inconsolata inter junction jura karla kaushanscript klaudia-berenika kristi lato
        league-mono league-spartan leckerli-one lemonada liberation2 linuxlibertine lobster
        lobstertwo manrope monofur monoid mononoki national-park okolaks oldstandard opendin
        oxygen play quattrocento quicksand radisnoir routed-gothic sil-andikanewbasic
        sil-galatia sil-gentium-basic smc-chilanka smc-gayathri smc-manjari sora stix
        teluguvijayam tomsontalks triod-postnaja ubuntu-title vollkorn yanone-kaffeesatz
        yrsa-rasa""",
    "Apache-2.0": "clear-sans jetbrains-mono roboto-slab roboto-unhinted open-sans",
    "MIT/BSD": "agave fanwood go katex lindenhill roadgeek",
    "Bitstream-Vera": "dejavu-core dejavu-extra",
    "public domain/CC0": "fantasma goudybookletter ocr-a ocr-b prociono tuffy",
    "GUST (LPPL-1.3c)": "texgyre",
    "ParaType": "paratype",
    "GPL-2+/3+ with font exception": """
        adf-accanthis adf-baskervald adf-berenis adf-gillius adf-ikarius adf-irianis adf-libris
        adf-mekanus adf-oldania adf-romande adf-solothurn adf-switzera adf-tribun
        adf-universalis adf-verana lg-aboriginal osifont rufscript sjfonts tiresias""",
    "Brian Kent: free to copy, change and share, with attribution": "aenigma",
}
# Faces whose A-J are meant to be something else than Latin letters.
NOT_LATIN = re.compile(
    r"symbol|dings?\b|keyboard|futhark|runic|klingon|greek|ellhnik|phonetic|"
    r"initial|barcode|binary|inverted|math",
    re.IGNORECASE,
)


def fonts(work: Path) -> Iterator[tuple[str, str, str, Path]]:
    """Download and unpack the packages; yield (licence, package, version, font file)."""
    licence = {f"fonts-{p}": lic for lic, names in PACKAGES.items() for p in names.split()}
    missing = sorted(p for p in licence if not list(work.glob(f"{p}_*.deb")))
    if missing:
        subprocess.run(["apt-get", "download", *missing], cwd=work, check=True)
    for package in sorted(licence):
        (deb,) = work.glob(f"{package}_*.deb")
        folder = work / package
        if not folder.is_dir():
            subprocess.run(["dpkg", "-x", deb, folder], check=True)
        version = deb.name.split("_")[1].replace("%3a", ":")
        for file in sorted(folder.glob("usr/share/**/*.[ot]tf"), key=str):
            if not file.is_symlink():
                yield licence[package], package, version, file


def name(file: Path) -> tuple[str, str] | None:
    """(family, style) of a font that has the letters A-J, else None."""
    font = TTFont(file, lazy=True)
    if not all(ord(c) in (font.getBestCmap() or {}) for c in LETTERS):
        return None

    def entry(*ids: int) -> str:
        texts = (font["name"].getDebugName(i) for i in ids)
        return next((text.strip() for text in texts if text), "")

    return entry(16, 1), entry(17, 2)


def draw(font: ImageFont.FreeTypeFont, letter: str) -> np.ndarray:
    """One glyph: cut to its ink, fitted to BOX with its aspect kept, centred in SIZE x SIZE."""
    mask = font.getmask(letter, mode="L")
    ink = np.asarray(mask, np.uint8).reshape(mask.size[::-1])
    ys, xs = np.flatnonzero(ink.max(1) > 8), np.flatnonzero(ink.max(0) > 8)
    ink = ink[ys[0] : ys[-1] + 1, xs[0] : xs[-1] + 1]
    h, w = (max(1, round(n * BOX / max(ink.shape))) for n in ink.shape)
    y, x = (SIZE - h) // 2, (SIZE - w) // 2
    image = np.zeros((SIZE, SIZE), np.uint8)
    image[y : y + h, x : x + w] = np.asarray(Image.fromarray(ink).resize((w, h), Image.BOX))
    return (image.astype(int) + 8) // 17 * 17  # 16 grey levels halve the file


def distances(x: np.ndarray) -> np.ndarray:
    """Root mean square difference of every pair of faces, relative to their ink."""
    x = x.reshape(len(x), -1).astype(np.float32) / 255
    ink = (x * x).sum(1)
    pair = (ink[:, None] + ink) / 2
    return np.sqrt(np.maximum(2 * pair - 2 * x @ x.T, 0) / pair)


def legible(x: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """How many of its 10 letters a classifier reads that never saw a face of the same fold.

    Ridge regression on 1,500 random ReLU features.
    """
    proj = np.random.default_rng(0).normal(0, 0.1, (785, 1500)).astype(np.float32)
    a = x.reshape(-1, 784).astype(np.float32) / 255
    a = np.maximum(np.c_[a, np.ones(len(a), np.float32)] @ proj, 0).reshape(len(x), 10, -1)
    score = np.zeros(len(x), int)
    for k in range(10):
        seen = a[fold != k].reshape(-1, 1500)
        y = np.tile(np.eye(10, dtype=np.float32), ((fold != k).sum(), 1))
        w = np.linalg.solve(seen.T @ seen + 30 * np.eye(1500, dtype=np.float32), seen.T @ y)
        score[fold == k] = ((a[fold == k] @ w).argmax(2) == np.arange(10)).sum(1)
    return score


def order(text: str) -> int:
    """A fixed mixed order."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def load(work: Path, dropped: Counter) -> tuple[list[list[str]], np.ndarray]:
    """All usable faces: rows of family, style, package, version, licence, file; their glyphs."""
    faces, glyphs = [], []
    for licence, package, version, file in fonts(work):
        dropped["font files in all"] += 1
        names, g = name(file), None
        if names:
            try:
                font = ImageFont.truetype(str(file), 160, layout_engine=ImageFont.Layout.BASIC)
                g = np.stack([draw(font, c) for c in LETTERS])
            except (IndexError, OSError):  # a letter without ink, or a broken file
                pass
        if g is None:
            dropped["no A-J"] += 1
        elif NOT_LATIN.search(" ".join(names)) or NOT_LATIN.search(file.name):
            dropped["not Latin"] += 1
        elif (distances(g) + 9 * np.eye(10)).min() < 0.12:  # boxes, the same for every letter
            dropped["letters alike"] += 1
        else:
            faces.append([*names, package, version, licence, file.name])
            glyphs.append(g)
    return faces, np.stack(glyphs)


def groups(words: list[str], d: np.ndarray) -> list[str]:
    """Join faces whose family has the same first word, or that look nearly the same."""
    above = {w: w for w in words}

    def root(w: str) -> str:
        while above[w] != w:
            w = above[w]
        return w

    for i, j in np.argwhere(np.triu(d < JOIN, 1)):
        a, b = sorted((root(words[i]), root(words[j])))
        above[b] = a
    return [root(w) for w in words]


def chosen(faces: list[list[str]], score: np.ndarray, d: np.ndarray, dropped: Counter) -> list[int]:
    """The faces to keep: legible, no near copies, not too many of a family."""
    keep, family = [], Counter()

    def rank(i: int) -> int:
        name, _, package, _, _, file = faces[i]
        return order(f"{name}/{package}/{file}")

    dropped["illegible"] = int((score < MIN_LEGIBLE).sum())
    for i in sorted(np.flatnonzero(score >= MIN_LEGIBLE), key=rank):
        if keep and d[i, keep].min() < DROP:
            dropped["near copies"] += 1
        elif family[faces[i][0]] >= MAX_PER_FAMILY:
            dropped["surplus of a family"] += 1
        else:
            keep.append(i)
            family[faces[i][0]] += 1
    return sorted(keep)


def split(group: list[str]) -> dict[str, str]:
    """Group -> split. Groups stay whole; one above 2 % of all faces goes to train."""
    size, filled, where = Counter(group), Counter(), {}
    for g in sorted(size, key=order):
        where[g] = "train"
        for s, share in SHARE.items():
            fits = filled[s] + size[g] <= share * len(group)
            if size[g] <= 0.02 * len(group) and fits:
                filled[s] += size[g]
                where[g] = s
                break
    return where


def contact_sheet(x: np.ndarray, columns: int = 8) -> Image.Image:
    """Every face in one picture, rows of ten letters."""
    rows = -(-len(x) // columns)
    sheet = np.full((rows * (SIZE + 1), columns * (10 * SIZE + 6)), 70, np.uint8)
    for i, face in enumerate(x):
        r, c = divmod(i, columns)
        y, left = r * (SIZE + 1), c * (10 * SIZE + 6)
        sheet[y : y + SIZE, left : left + 10 * SIZE] = np.concatenate(list(face), 1)
    return Image.fromarray(sheet)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, help="folder for the packages (else a temporary one)")
    parser.add_argument("--sheet", type=Path, help="also write a contact sheet, a PNG file")
    args = parser.parse_args()

    dropped = Counter()
    with tempfile.TemporaryDirectory() as temporary:
        work = args.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        faces, x = load(work, dropped)
    d = distances(x)
    words = [face[0].split()[0].lower() for face in faces]
    group = groups(words, d)
    keep = chosen(faces, legible(x, np.array([order(w) % 10 for w in words])), d, dropped)
    where = split([group[i] for i in keep])
    rows = {s: [i for i in keep if where[group[i]] == s] for s in SPLITS}

    folder = Path(__file__).parents[1]
    out, table = folder / "letters.npz", folder / "letters_fonts.csv"
    np.savez_compressed(out, **{s: x[rows[s]].astype(np.uint8) for s in SPLITS})
    with table.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file).writerow
        write("split row family style package version licence file group".split())
        for s in SPLITS:
            for row, i in enumerate(rows[s]):
                write([s, row, *faces[i], group[i]])
    if args.sheet:
        contact_sheet(x[[i for s in SPLITS for i in rows[s]]]).save(args.sheet, optimize=True)

    print(dict(dropped))
    for s in SPLITS:
        families = len({faces[i][0] for i in rows[s]})
        count = list(where.values()).count(s)
        print(f"{s}: {len(rows[s])} faces, {families} families, {count} groups")
    for path in (out, table):
        print(hashlib.sha256(path.read_bytes()).hexdigest(), "", path.name)


if __name__ == "__main__":
    main()
