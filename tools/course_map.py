"""Draw docs/map.svg: the lessons, what each needs, and the four kinds of question they answer.

python tools/course_map.py
"""

import html
import pathlib
import re
import sys
from collections.abc import Callable

import lesson

ROOT = pathlib.Path(__file__).resolve().parent.parent
MAP = ROOT / "docs" / "map.svg"

# What a lesson needs, beside lesson 00, by its number.
LANES = {
    "one rate for all weights": {"01": [], "02": ["01"], "03": ["02"]},
    "a rate for every weight": {"04": ["03"], "05": ["04"], "06": ["05"]},
    "a rate that moves by itself": {"07": ["02"], "09": ["03"], "10": ["02"], "12": ["11"]},
    "choose a rate, and a method": {
        "08": ["01", "07"],
        "11": ["02"],
        "13": ["06"],
        "14": ["06", "08"],
    },
}
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#8f4e78"]
WIDTH, LANE, BOX, HIGH = 940, 104, 206, 52  # of the picture, a lane, a box; height of a box


def titles(folder: pathlib.Path = ROOT / "notebooks") -> dict[str, tuple[str, str]]:
    """File name and title, without its number, of each lesson but 00, by its number."""
    found = {}
    for path, nb in lesson.course(folder)[1:]:
        number, title = re.match(r"# (\d\d) (.+)", nb.cells[0].source).groups()
        found[number] = path.name, title
    return found


def places(lessons: set[str]) -> dict[str, tuple[int, int, int]]:
    """Left edge, top edge and lane of each box."""
    found = {}
    for row, lane in enumerate(LANES.values()):
        for column, number in enumerate(n for n in lane if n in lessons):
            found[number] = 20 + column * (BOX + 24), 34 + row * LANE, row
    return found


def box(number: str, title: str, place: tuple[int, int, int], needs: list[str]) -> str:
    x, y, row = place
    short = title.rpartition(": ")[2]
    after = f"after {' and '.join(needs)}" if needs else "start"
    return (
        f'<rect x="{x}" y="{y}" width="{BOX}" height="{HIGH}" rx="7" fill="white" '
        f'stroke="{COLOURS[row]}" stroke-width="2"/>'
        f'<text x="{x + 10}" y="{y + 20}" font-weight="bold" fill="{COLOURS[row]}">{number}</text>'
        f'<text x="{x + BOX - 10}" y="{y + 20}" text-anchor="end" font-size="12" fill="#666">'
        f"{after}</text>"
        f'<text x="{x + 10}" y="{y + 41}" fill="#222">{html.escape(short[0].upper() + short[1:])}'
        "</text>"
    )


def svg(link: Callable[[str], str] | None = None) -> str:
    """The picture; ``link`` turns a notebook's file name into the address of its box."""
    lessons = titles()
    at = places(set(lessons))
    needs = {number: lane[number] for lane in LANES.values() for number in lane}
    parts = []
    for row, lane in enumerate(LANES):
        parts.append(
            f'<text x="20" y="{24 + row * LANE}" fill="{COLOURS[row]}" font-size="13">{lane}</text>'
        )
    for number, place in at.items():
        file, title = lessons[number]
        drawn = box(number, title, place, needs[number])
        parts.append(f'<a href="{html.escape(link(file))}">{drawn}</a>' if link else drawn)
    height = 34 + len(LANES) * LANE - (LANE - HIGH) + 14
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'width="{WIDTH}" height="{height}" font-family="DejaVu Sans, Verdana, sans-serif" '
            'font-size="13.5" role="img" aria-label="Map of the course">',
            f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#fafafa"/>',
            *parts,
            "</svg>\n",
        ]
    )


def main(target: pathlib.Path = MAP) -> int:
    target.write_text(svg(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
