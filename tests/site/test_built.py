"""The pages and the decks in a real browser, the network cut.

A few lessons are built with few states a figure; with LESSONS_IN_FULL=1 all are, and where `make
site` was run before, its pages are the ones that are read.
"""

import functools
import http.server
import os
import pathlib
import re
import subprocess
import sys
import threading
from collections.abc import Iterator

import browser
import lesson
import pytest
import slices
from playwright.sync_api import BrowserContext, Page

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-site" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
AXE = ROOT / "site" / "node_modules" / "axe-core" / "axe.min.js"
OTHERS = ["index", "run", "lecturers", "contribute", "changes"]
COURSE = lesson.course(ROOT / "notebooks")
LESSONS = [one.path.stem for one in (COURSE if slices.IN_FULL else COURSE[:9:4])]

if not browser.chromium():
    pytest.skip("no Chromium here: see tests/test_browser.py", allow_module_level=True)
if not PYTHON.exists() or not AXE.exists():
    reason = "what builds the pages is not installed here: make site installs it"
    pytest.skip(reason, allow_module_level=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    if slices.IN_FULL and (ROOT / "_site").exists():
        return ROOT / "_site"
    folder = tmp_path_factory.mktemp("site")
    numbers = [name[:2] for name in LESSONS]
    command = [PYTHON, "tools/build_site.py", "--no-lite", "--states", "30", "--only", *numbers]
    command += ["--out", folder / "out", "--work", folder / "work"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GITHUB_REPOSITORY": ""}
    got = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert got.returncode == 0, got.stdout + got.stderr
    return folder / "out"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: pathlib.Path) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with browser.browser() as opened:
        opened.grant_permissions(["clipboard-read", "clipboard-write"])
        yield opened


@pytest.fixture
def window(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("requestfailed", lambda request: page.faults.append(f"failed: {request.url}"))
    page.on(
        "response", lambda r: page.faults.append(f"{r.status} {r.url}") if r.status >= 400 else 0
    )
    yield page
    page.close()


def outside(page: Page, address: str) -> None:
    page.on(
        "request",
        lambda r: r.url.startswith((address, "data:", "blob:")) or page.faults.append(r.url),
    )


READ = """() => ({
    alts: [...document.querySelectorAll('article img, article [role=img]')].map(e =>
        e.alt ?? document.getElementById(e.getAttribute('aria-labelledby'))?.textContent
            ?? e.ariaLabel),
    formulas: document.querySelectorAll('.math').length,
    unset: [...document.querySelectorAll('.math')]
        .filter(e => !e.querySelector('mjx-container')).length,
    bad: document.querySelectorAll('mjx-merror, [data-mjx-error]').length,
    wide: document.documentElement.scrollWidth - innerWidth,
    links: [...document.querySelectorAll('article a[href]')].map(a => a.getAttribute('href')),
    ids: [...document.querySelectorAll('[id]')].map(e => e.id),
    open: [...document.querySelectorAll('article details.lr-answer')]
        .filter(e => e.open && !e.hidden).length,
})"""
TYPESET = "() => window.MathJax?.startup?.promise?.then(() => true) ?? true"


@pytest.mark.parametrize("name", [*OTHERS, *LESSONS])
def test_a_page_is_whole(window: Page, address: str, site: pathlib.Path, name: str) -> None:
    outside(window, address)
    window.goto(f"{address}{name}.html")
    window.evaluate(TYPESET)
    read = window.evaluate(READ)
    assert read["unset"] == read["bad"] == read["open"] == 0
    for alt in read["alts"]:
        assert alt and len(alt.split()) > 2 and not re.search(r"\.(png|svg)\b", alt), alt
    for link in read["links"]:
        if not slices.IN_FULL and ".ipynb" in link and link[0] == "#":
            continue  # a lesson that was not built
        there, _, anchor = link.partition("#")
        if there.startswith(("http", "mailto:", "slides/", "lite/")) or not there:
            assert there or not anchor or anchor in read["ids"], link
            continue
        known = (site / there.partition("?")[0]).exists()
        assert known or (not slices.IN_FULL and there[:2].isdigit()), link
    assert read["wide"] <= 0
    window.set_viewport_size({"width": 390, "height": 844})
    assert window.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert window.faults == []


@pytest.mark.parametrize("name", LESSONS)
def test_every_control_of_a_page_moves_its_figure(window: Page, address: str, name: str) -> None:
    window.goto(f"{address}{name}.html")
    figures = window.locator(".lr-live")
    for k in range(figures.count()):
        figure = figures.nth(k)
        figure.scroll_into_view_if_needed()
        figure.evaluate(
            "async e => { while (!e.lrReady) await new Promise(r => setTimeout(r, 50));"
            " await e.lrReady; }"
        )
        for control in figure.locator(".lr-controls input, .lr-controls select").all():
            before = figure.inner_text(), figure.locator("svg").last.inner_html()
            control.focus()
            checked = control.get_attribute("type") == "checkbox"
            for key in ["Space"] if checked else ["End", "Home"]:
                window.keyboard.press(key)
                if (figure.inner_text(), figure.locator("svg").last.inner_html()) != before:
                    break
            else:
                pytest.fail(f"{control.get_attribute('aria-label')} moves nothing")
            figure.locator("button").click()
    assert window.faults == []


def test_a_prediction_is_asked_compared_kept_and_copied(window: Page, address: str) -> None:
    name = next(name for name in LESSONS if "lr-prediction" in (stored(name)))
    window.goto(f"{address}{name}.html")
    predictions = window.locator(".lr-prediction")
    first = predictions.nth(0)
    number = first.get_attribute("data-observed")
    assert not first.locator("details").is_visible()
    assert "0 of" in window.locator(".lr-score").inner_text()
    field = first.locator("form input").first
    field.focus()
    if number is None:
        window.keyboard.press("Space")
    else:
        window.keyboard.type("nonsense")
        window.keyboard.press("Enter")
        assert "not a number" in first.inner_text()
        assert not first.locator("details").is_visible()
        field.fill(f"{2.5 * float(number):g}")
    window.keyboard.press("Enter")
    assert first.locator("details table").is_visible()
    assert number is None or "2.5 times the observed" in first.inner_text()
    window.reload()  # kept in this browser
    assert first.locator("details table").is_visible()
    assert "1 of" in window.locator(".lr-score").inner_text()
    window.locator(".lr-score button").click()
    window.wait_for_function(
        "() => document.querySelector('.lr-score button').textContent == 'Copied'"
    )
    copied = window.evaluate("() => navigator.clipboard.readText()")
    assert first.locator(".lr-what").inner_text() in copied and "no guess yet" in copied
    first.locator(".lr-again").click()
    assert not first.locator("details").is_visible()


def stored(name: str) -> str:
    return (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")


SLIDES = """async () => {
    const found = [];
    for (let k = 0; k < Reveal.getTotalSlides(); k++) {
        Reveal.slide(k);
        const slide = Reveal.getCurrentSlide();
        const live = slide.querySelector('.lr-live');
        if (live) while (!live.lrReady) await new Promise(r => setTimeout(r, 50));
        for (const fold of slide.querySelectorAll('details')) fold.open = !(fold.hidden = false);
        window.lrFit(slide);
        found.push([k + 1, slide.dataset.fits, slide.dataset.size, slide.innerText.slice(0, 60)]);
    }
    return found;
}"""


@pytest.mark.parametrize("name", LESSONS)
def test_every_slide_fits_and_can_be_read(window: Page, address: str, name: str) -> None:
    outside(window, address)
    window.goto(f"{address}slides/{name}.html")
    window.wait_for_function("() => document.documentElement.dataset.deck == 'ready'")
    found = window.evaluate(SLIDES)
    assert len(found) > 4
    assert [slide for slide in found if slide[1] != "yes"] == []
    assert window.locator("mjx-merror").count() == 0
    assert "\\(" not in window.locator(".slides").text_content()  # a formula that was not set
    assert window.faults == []


def test_a_deck_opens_from_a_folder(window: Page, site: pathlib.Path) -> None:
    window.goto((site / "slides" / f"{LESSONS[0]}.html").as_uri())
    window.wait_for_function("() => document.documentElement.dataset.deck == 'ready'")
    window.keyboard.press("ArrowRight")
    assert window.evaluate("() => Reveal.getIndices().h") == 1
    assert [fault for fault in window.faults if not fault.startswith("failed: data:")] == []


def test_figures_on_the_white_slides_are_light_where_the_system_is_dark(
    window: Page, site: pathlib.Path
) -> None:
    window.emulate_media(color_scheme="dark")
    window.goto((site / "slides" / f"{LESSONS[0]}.html").as_uri())
    window.wait_for_selector(".lr-live svg", state="attached")
    of = "() => getComputedStyle(document.querySelector('.lr-live svg')).backgroundColor"
    assert window.evaluate(of) == "rgb(255, 255, 255)"


def test_axe_finds_nothing_serious_in_what_is_ours(window: Page, address: str) -> None:
    window.goto(f"{address}{LESSONS[-1]}.html")
    for theme in ("light", "dark"):
        window.evaluate(f"() => {{ document.documentElement.dataset.theme = '{theme}' }}")
        window.add_script_tag(path=AXE)
        found = window.evaluate(
            """() => axe.run({include: [['.lr-live'], ['.lr-prediction'], ['.lr-score'],
                ['.lr-doors']].filter(([part]) => document.querySelector(part))})
                .then(r => r.violations.map(v => [v.impact, v.id, v.nodes[0].html]))"""
        )
        assert [v for v in found if v[0] in ("serious", "critical")] == []


def test_without_node_one_sentence_says_so(tmp_path: pathlib.Path) -> None:
    code = (
        "import pathlib, build_site as b; b.NODE = pathlib.Path('nowhere');"
        "b.shutil.which = lambda name: None; raise SystemExit(b.main(['--no-lite']))"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tools'}"}
    got = subprocess.run([PYTHON, "-c", code], env=environment, capture_output=True, text=True)
    assert got.returncode == 1 and got.stdout == ""
    assert got.stderr.count("\n") == 1 and "install Node.js" in got.stderr


GROWN = """() => {
    const found = [];
    for (let k = 0; k < Reveal.getTotalSlides(); k++) {
        Reveal.slide(k);
        const box = Reveal.getCurrentSlide().querySelector('.lr-fit');
        const foot = box.getBoundingClientRect().bottom;
        for (const image of box.querySelectorAll('img.lr-picture')) {
            const last = box.lastElementChild.getBoundingClientRect().bottom;
            const tall = image.getBoundingClientRect().height, all = image.naturalHeight;
            found.push([k + 1, tall, Math.min(all, 600), foot - last]);
        }
    }
    return found;
}"""


@pytest.mark.parametrize("name", LESSONS[1:])
def test_pictures_take_the_room_of_their_slide(window: Page, site: pathlib.Path, name: str) -> None:
    window.goto((site / "slides" / f"{name}.html").as_uri())
    window.wait_for_function("() => document.documentElement.dataset.deck == 'ready'")
    found = window.evaluate(GROWN)
    assert found
    for slide, tall, most, left in found:
        assert tall >= most - 1 or left < 90, f"slide {slide}: {tall} of {most} px, {left} px free"
    words = window.locator(".slides").text_content()
    assert "minutes; with Going deeper" not in words
