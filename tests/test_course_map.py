"""The map of the course: every lesson is on it, and it is the one that is stored."""

import re
from itertools import pairwise

import course_map
import refresh


def numbers() -> list[str]:
    return [path.name[:2] for path in sorted(refresh.NOTEBOOKS.glob("*.ipynb"))[1:]]


def test_every_lesson_has_a_place_and_needs_earlier_ones() -> None:
    needs = {number: lane[number] for lane in course_map.LANES.values() for number in lane}
    assert set(numbers()) <= set(needs), "tools/course_map.py: LANES lacks a lesson"
    for number, before in needs.items():
        assert all(n < number and n in needs for n in before), f"{number} needs {before}"


def test_the_stored_map_is_up_to_date() -> None:
    stored = course_map.MAP.read_text(encoding="utf-8")
    assert stored == course_map.svg(), "docs/map.svg: run python tools/refresh.py --course"


def test_a_link_leads_to_each_lesson() -> None:
    linked = course_map.svg(lambda file: f"lessons/{file}")
    assert sorted(re.findall(r'href="lessons/(\d\d)_', linked)) == numbers()


def test_boxes_do_not_overlap_and_their_words_fit() -> None:
    places = course_map.places(set(numbers()))
    boxes = sorted((y, x) for x, y, _ in places.values())
    for (y0, x0), (y1, x1) in pairwise(boxes):
        assert y1 >= y0 + course_map.HIGH or x1 >= x0 + course_map.BOX
    for _, title in course_map.titles().values():
        assert len(title.rpartition(": ")[2]) * 6.6 + 20 < course_map.BOX, (
            f"too long for its box: {title}"
        )
