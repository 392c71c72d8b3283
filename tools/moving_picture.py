"""Draw docs/slider.webp, the moving picture of the README: lesson 00's slider from end to end.

python tools/moving_picture.py
"""

import io
import pathlib
import sys

import lesson
import live_figures
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from lrlib import page

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "slider.webp"
WIDTH, HEIGHT, FRAMES, PAUSE = 800, 640, 24, 160  # pixels; stops on the way; ms of each
MOVE = """k => { const i = document.querySelector('input'); i.value = k;
    i.dispatchEvent(new Event('input', {bubbles: true})); }"""


def frames(window: Page) -> list[Image.Image]:
    """The element at stops from the low end to the high one."""
    panel = live_figures.panels(lesson.course(ROOT / "notebooks")[0])[0]
    table = page.table(live_figures.view(panel), panel.uid)
    look = f"<style>{page.style()}body{{font:15px sans-serif;margin:12px}}</style>"
    script = f"<script>{page.SCRIPT}</script>"
    window.set_content(f"<!doctype html><meta charset=utf-8>{look}{page.element(table)}{script}")
    window.wait_for_function("() => document.querySelector('.lr-live').lrReady")
    window.evaluate("() => document.querySelector('.lr-live').lrReady.then(() => null)")
    last, found = len(table.sentences) - 1, []
    box = window.locator(".lr-live").bounding_box()
    height = round(box["y"] + box["height"] + 10)
    for k in range(FRAMES):
        window.evaluate(MOVE, round(k * last / (FRAMES - 1)))
        shot = window.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": height})
        found.append(Image.open(io.BytesIO(shot)).convert("RGB"))
    return found


def main() -> int:
    sys.path.append(str(ROOT / "tests"))
    import browser  # which finds Chromium, as the tests do

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=browser.chromium(), args=["--no-sandbox"]
        )
        window = opened.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        first, *rest = frames(window)
        opened.close()
    first.save(
        TARGET, save_all=True, append_images=[*rest, *rest[-2::-1]], duration=PAUSE, loop=0,
        quality=80, method=2,
    )  # fmt: skip
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
