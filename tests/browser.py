"""Drive notebooks in a real JupyterLab under headless Chromium.

    python tests/browser.py notebooks/01*.ipynb --shots DIR --theme dark

opens each notebook, runs it, takes screenshots of it from top to bottom, moves every control of
every live panel by keyboard and mouse, and prints what went wrong.  test_browser.py does the same
in the test suite, for all notebooks with one server and one browser.

What has to be known to drive JupyterLab 4:
* The server gets a copy of the project and its own settings folders: nothing of the user's leaks
  in, and the work tree is never written.
* windowingMode none keeps every cell in the page; otherwise those off screen are missing.
* The kernel is idle between two cells too: "run all" is over when its own promise is.
* A picture that comes without alt text is given "Image" for it, or none.
* An exception in a slider's callback reaches no cell.  It is a message of the kernel, so those are
  listened to.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request
from collections.abc import Callable, Iterator
from typing import NamedTuple

import lab
import nbformat
import peeking
import refresh
import slices
from playwright.sync_api import BrowserContext, Locator, Page, Request, sync_playwright
from playwright.sync_api import Error as BrowserError

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 1300, 1500
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
PATIENCE = 10.0  # seconds a picture may take to follow its slider on a busy machine


class Server(NamedTuple):
    """A running JupyterLab: its address, its token and the copy of the project that it serves."""

    address: str
    token: str
    folder: pathlib.Path


def chromium() -> str | None:
    """The browser's path: $LAB_CHROMIUM, or the system's Chromium."""
    if named := os.environ.get("LAB_CHROMIUM"):
        return named
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def lab_settings(theme: str) -> dict[str, dict]:
    return {
        "apputils-extension/themes": {"theme": THEMES[theme]},
        "notebook-extension/tracker": {"windowingMode": "none", "scrollPastEnd": False},
        "docmanager-extension/plugin": {"autosave": False},
    }


@contextlib.contextmanager
def lab_server(theme: str = "light") -> Iterator[Server]:
    """A JupyterLab on a private copy of the project."""
    with contextlib.ExitStack() as stack:
        tmp = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lab-")))
        unwanted = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info")
        shutil.copytree(ROOT, tmp / "project", ignore=unwanted)
        for plugin, values in lab_settings(theme).items():
            file = tmp / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        own = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        lab.workspace(tmp / "workspaces")
        token = secrets.token_hex(16)
        environment = {**os.environ, **{name: str(tmp / folder) for name, folder in own.items()}}
        environment |= {"JUPYTER_TOKEN": token, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        log = tmp / "server.log"
        options = [
            *["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"],
            *["--ServerApp.port_retries=0", f"--ServerApp.root_dir={tmp / 'project'}"],
            *["--ServerApp.terminals_enabled=False", "--LabApp.expose_app_in_browser=True"],
            f"--KernelManager.transport={refresh.TRANSPORT}",
        ]
        server = subprocess.Popen(
            [sys.executable, str(ROOT / "tools" / "lab_app.py"), *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stack.enter_context(log.open("w")),
            stderr=subprocess.STDOUT,
        )
        stack.callback(server.wait, 30)
        stack.callback(server.terminate)  # it ends its kernels itself
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            if server.poll() is not None:
                break
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/api/status?token={token}", timeout=2)
                yield Server(address, token, tmp / "project")
                return
            time.sleep(0.2)
        raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def browser() -> Iterator[BrowserContext]:
    """A headless Chromium that reaches nothing but this machine."""
    options = [
        *["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=options)
        yield opened.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        opened.close()


LISTEN = """() => {
    const session = window.jupyterapp.shell.currentWidget.sessionContext;
    window.kernelErrors = [];
    session.iopubMessage.connect((_, message) => {
        const {header, parent_header, content} = message;
        const raised = header.msg_type === 'error' ? `${content.ename}: ${content.evalue}`
            : /Traceback/.test(content.text) ? content.text : null;
        if (raised) window.kernelErrors.push(
            (parent_header.msg_type === 'comm_msg' ? 'callback: ' : 'cell: ') + raised);
    });
    return session.ready.then(() => null);
}"""
IN_FRONT = """path => {
    const widget = window.jupyterapp?.shell.currentWidget;
    return widget?.sessionContext && widget.context?.path === path;
}"""
RUN_ALL = """milliseconds => Promise.race([
    window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => null),
    new Promise((_, fail) => setTimeout(() => fail('still running'), milliseconds))
])"""
RUN_CELLS = """async ([places, milliseconds]) => {
    const content = window.jupyterapp.shell.currentWidget.content;
    const left = new Promise((_, fail) => setTimeout(() => fail('still running'), milliseconds));
    for (const place of places) {
        content.deselectAll();
        content.activeCellIndex = place;
        await Promise.race([window.jupyterapp.commands.execute('notebook:run-cell'), left]);
    }
}"""
WIDGETS_SHOWN = """() => {
    const cells = window.jupyterapp.shell.currentWidget.content.model.toJSON().cells;
    const outputs = cells.flatMap(cell => cell.outputs ?? []);
    const views = outputs.filter(o => o.data?.['application/vnd.jupyter.widget-view+json']);
    const areas = document.querySelectorAll('.jp-OutputArea-output:has(.jupyter-widgets)');
    return areas.length >= views.length;
}"""
WITHOUT_ALT = """() => [...document.querySelectorAll('.jp-Notebook :is(img, [role=img])')]
    .filter(image => ['', 'Image'].includes((image.alt ?? image.ariaLabel ?? '').trim())).length"""
PROMPT = re.compile(r"\[[\s\d*]*\]:?")
SEEN = """async () => {
    await window.jupyterapp.commands.execute('notebook:expand-all-headings');
    return window.jupyterapp.shell.currentWidget.content.widgets.map(
        cell => [cell.node.innerText, cell.model.trusted]);
}"""
WRITE = """sources => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    for (const [index, source] of sources) cells[index].model.sharedModel.setSource(source);
}"""
OPEN = """path => window.jupyterapp.commands.execute('docmanager:open', {path})
    .then(widget => widget.context.ready).then(() => null)"""
PUT_AWAY = """async () => {
    const widget = window.jupyterapp.shell.currentWidget;
    await widget.sessionContext.shutdown();
    widget.dispose();
}"""
SHUTDOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown().then(() => null)"


class Notebook:
    """A notebook open in JupyterLab."""

    def __init__(self, context: BrowserContext, server: Server, path: str, query: str = "reset&"):
        self.outside: list[str] = []
        self.address = server.address
        self.page = context.new_page()
        self.page.on("request", self._note_request)
        self.page.goto(f"{server.address}/lab/tree/{path}?{query}token={server.token}")
        self._listen(path)
        if query:  # as after the very first start otherwise
            command = "window.jupyterapp.commands.execute('application:toggle-left-area')"
            self.page.evaluate(f"() => {command}")

    def next(self, path: str) -> None:
        """Put this notebook away and open another in the same page, as a learner does."""
        self.page.evaluate(PUT_AWAY)
        self.page.wait_for_function("() => !document.querySelector('.jp-Notebook')")
        self.outside.clear()
        self.page.evaluate(OPEN, path)
        self._listen(path)

    def _listen(self, path: str) -> None:
        """Wait for the notebook, then for its kernel, and note what that reports from then on."""
        self.page.wait_for_selector(".jp-Notebook:visible .jp-Cell", timeout=90_000)
        self.page.wait_for_function(IN_FRONT, arg=path)
        self.page.evaluate(LISTEN)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.outside.append(request.url)

    def close(self) -> None:
        self.page.evaluate(SHUTDOWN)
        self.page.close()

    def run_all(self, seconds: float = 300) -> None:
        self.page.evaluate(RUN_ALL, seconds * 1000)
        self.page.wait_for_function(WIDGETS_SHOWN)

    def run_cells(self, places: list[int], seconds: float = 300) -> None:
        """Run these cells, in this order, each as by Ctrl+Enter."""
        self.page.evaluate(RUN_CELLS, [places, seconds * 1000])
        self.page.wait_for_function(WIDGETS_SHOWN)

    def open_headings(self) -> None:
        """Show what stands under closed headings."""
        command = "window.jupyterapp.commands.execute('notebook:expand-all-headings')"
        self.page.evaluate(f"() => {command}.then(() => null)")

    def faults(self) -> list[str]:
        """What is wrong in the page as it stands."""
        found = list(self.page.evaluate("() => window.kernelErrors"))
        for text in ("Error displaying widget", "Loading widget"):
            if n := self.page.locator(f".jp-OutputArea :text('{text}')").count():
                found.append(f"{n} times {text!r}")
        if n := self.page.evaluate(WITHOUT_ALT):
            found.append(f"pictures without alt text: {n}")
        found += [f"request that leaves this machine: {url}" for url in self.outside]
        return found

    def peeked(self, asked: list[peeking.Prediction]) -> list[str]:
        """Answers that can be seen in the page as it was opened, untrusted, without a guess."""
        found = []
        seen = self.page.evaluate(SEEN)
        for one in asked:
            cells = {"the cell of the guess": one.guess, "the cell of the call": one.index}
            # without the number of the cell, which is no answer
            texts = {name: PROMPT.sub("", seen[index][0]) for name, index in cells.items()}
            faults = list(peeking.leaks(texts, one.answers))
            if not one.answers or "none yet" not in seen[one.index][0]:
                faults.append("its stored output is no prediction without a guess")
            if seen[one.index][1]:
                faults.append("it was opened as trusted")
            found += [f"cell {one.index + 1}, before the guess: {fault}" for fault in faults]
        return found

    def write_guesses(self, asked: list[peeking.Prediction]) -> None:
        """Write a guess into each of the cells for one."""
        sources = [[one.guess, one.guess_written()] for one in asked]
        self.page.evaluate(WRITE, sources)

    def kept_back(self, asked: list[peeking.Prediction]) -> list[str]:
        """Answers that cannot be seen although a guess was written and all was run."""
        found = []
        seen = self.page.evaluate(SEEN)
        for one in asked:
            missing = peeking.kept_back(seen[one.index][0], one)
            found += [f"cell {one.index + 1}, after the guess: {fault}" for fault in missing]
        return found

    def unfit(self) -> list[str]:
        """Panels that do not fit a projector's window, or show a slider without its figure."""
        found = []
        for (width, height), least in WINDOWS.items():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(200)
            outer = self.page.locator(".jp-WindowedPanel-outer:visible").first
            visible = outer.evaluate("e => e.clientHeight")
            for number, panel in enumerate(self.panels(), 1):
                for fault in panel.area.evaluate(FITS, [visible, least]):
                    found.append(f"panel {number} {fault}, at {width} x {height}")
        self.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        return found

    def panels(self) -> list["LivePanel"]:
        areas = self.page.locator(".jp-OutputArea-output:has(> .lr-panel)")
        return [LivePanel(self.page, areas.nth(k)) for k in range(areas.count())]

    def shots(self, folder: pathlib.Path, name: str) -> None:
        """The whole notebook, in pictures one window high."""
        folder.mkdir(parents=True, exist_ok=True)
        outer = self.page.locator(".jp-WindowedPanel-outer:visible").first
        height = outer.evaluate("e => e.clientHeight") - 60
        for number in range(-(-outer.evaluate("e => e.scrollHeight") // height)):
            outer.evaluate("(e, y) => { e.scrollTop = y }", number * height)
            self.page.wait_for_timeout(150)
            self.page.screenshot(path=folder / f"{name}-{number + 1:02d}.png")


# window, and the least width of a figure in it: a projector, and one of 1920 x 1080 at 200 %
WINDOWS = {(1280, 720): 600, (960, 540): 400}
FITS = """(e, [visible, least]) => {
    const panel = e.getBoundingClientRect(), faults = [];
    if (panel.height > visible) faults.push(`is ${panel.height} px high, ${visible} are visible`);
    if (e.scrollWidth > e.clientWidth + 1) faults.push('is wider than its place');
    for (const part of e.querySelectorAll('.lr-controls > *, button, .lr-words, svg')) {
        const box = part.getBoundingClientRect();
        if (box.width < 20 || box.right > panel.right + 1 || box.bottom > panel.bottom + 1)
            faults.push(`${part.className.baseVal ?? part.className} is not all in it`);
    }
    const [ground, moving] = e.querySelectorAll('.lr-figure svg');
    const [a, b] = [ground, moving].map(svg => svg.getBoundingClientRect());
    if (a.width < least) faults.push(`has a figure ${a.width} px wide, not ${least}`);
    if (Math.abs(a.x - b.x) + Math.abs(a.y - b.y) + Math.abs(a.width - b.width) > 0.5)
        faults.push('has layers that do not lie on one another');
    return faults;
}"""


class Shown(NamedTuple):
    """What a live panel shows: the picture's data, its alt text and the line of words."""

    picture: str
    alt: str
    words: str


SHOWS = """e => {
    const figure = e.querySelector('.lr-figure');
    const label = figure.querySelector('[role=img]').ariaLabel;
    const picture = figure.innerHTML.replace(/ aria-label="[^"]*"/, '');
    return [picture, label, e.querySelector('[aria-live]').innerText];
}"""
SETTLED = f"""async e => {{
    let now = ({SHOWS})(e), since = performance.now();
    while (performance.now() - since < 120) {{
        await new Promise(done => setTimeout(done, 20));
        const next = ({SHOWS})(e);
        if (next.join() !== now.join()) [now, since] = [next, performance.now()];
    }}
    return now;
}}"""
FOLLOWED = f"""async (e, [alt, patience]) => {{
    const end = performance.now() + patience;
    for (;;) {{
        const now = ({SHOWS})(e);
        if (now[1] !== alt && now[1] === now[2] || performance.now() > end) return now;
        await new Promise(done => setTimeout(done, 20));
    }}
}}"""


class LivePanel:
    """A live panel in the page: its controls, and what it shows in picture and words."""

    def __init__(self, page: Page, area: Locator):
        self.page, self.area = page, area

    def settled(self) -> Shown:
        """What it shows once it has stayed the same for a while."""
        return Shown(*self.area.evaluate(SETTLED))

    def use(self, act: Callable[[], object]) -> tuple[bool, list[str]]:
        """Do something to a control; whether the picture changed, and what did not follow.

        The words must follow, since they say the values.  A picture may look the same for two
        values, but it comes with its alt text, in one piece.
        """
        before = self.settled()
        act()
        now = Shown(*self.area.evaluate(FOLLOWED, [before.alt, 1000 * PATIENCE]))
        if now.alt != before.alt and now.alt == now.words:
            return now.picture != before.picture, []
        same = [name for name in Shown._fields if getattr(now, name) == getattr(before, name)]
        faults = [f"{name} did not follow" for name in same] or ["alt and words differ"]
        return now.picture != before.picture, faults

    def drive(self) -> list[str]:
        """Use every control as a learner does, with Reset after each; what did not follow."""
        start = self.settled()
        found = [] if start[1].strip() else ["picture without alt text"]
        for name, acts in self.controls():
            moved = False
            for how, act in acts:
                changed, faults = self.use(act)
                moved |= changed
                found += [f"{name} by {how}: {fault}" for fault in faults]
            if not moved:
                found.append(f"{name}: the picture never changed")
            self.area.get_by_role("button", name="Reset").click()
            if not self._shows_again(start):
                found.append(f"{name}: Reset does not bring the first picture and words back")
        return found

    def _shows_again(self, what: Shown) -> bool:
        end = time.monotonic() + PATIENCE
        while self.settled() != what:
            if time.monotonic() > end:
                return False
        return True

    def controls(self) -> Iterator[tuple[str, list[tuple[str, Callable[[], object]]]]]:
        """Each control's name, and what can be done to it: how, and the doing."""
        for slider in self.area.locator(".widget-slider").all():
            handle = slider.get_by_role("slider").first
            at, top = (float(handle.get_attribute(f"aria-value{x}")) for x in ("now", "max"))
            key = "ArrowLeft" if at >= top else "ArrowRight"
            yield (
                self._name(slider),
                [
                    (key, lambda h=handle, k=key: [h.press(k) for _ in range(3)]),
                    ("mouse", lambda s=slider, h=handle: self._drag(s, h)),
                    ("Home", lambda h=handle: h.press("Home")),
                    ("End", lambda h=handle: h.press("End")),
                ],
            )
        for box in self.area.locator(".widget-checkbox").all():
            yield box.inner_text().strip("\u200b\n "), [("click", box.locator("input").click)] * 2
        for dropdown in self.area.locator(".widget-dropdown").all():
            select = dropdown.locator("select")
            chosen = select.evaluate("e => e.selectedIndex")
            others = [k for k in range(select.locator("option").count()) if k != chosen]
            yield (
                self._name(dropdown),
                [
                    (f"option {k}", lambda s=select, k=k: s.select_option(index=k))
                    for k in [*others, chosen]
                ],
            )

    @staticmethod
    def _name(control: Locator) -> str:
        return control.locator(".widget-label").first.inner_text()

    def _drag(self, slider: Locator, handle: Locator) -> None:
        """From where the handle is to the far side of its track."""
        slider.scroll_into_view_if_needed()
        track, grip = slider.locator(".noUi-base").first.bounding_box(), handle.bounding_box()
        x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
        far = 0.8 if x < track["x"] + 0.5 * track["width"] else 0.2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(track["x"] + far * track["width"], y, steps=8)
        self.page.mouse.up()


def cleared_but_for_needed(path: pathlib.Path) -> list[int]:
    """Take the outputs from the cells that nothing needs; the places of those that run."""
    nb = nbformat.read(path, as_version=4)
    needed = slices.for_the_browser(nb)
    kept = {*needed, *(one.index for one in peeking.predictions(nb))}
    for place, cell in enumerate(nb.cells):
        if cell.cell_type == "code" and place not in kept:
            cell.outputs, cell.execution_count = [], None
    nbformat.write(nb, path)
    return needed


class Desk:
    """A browser and a server, and the page in which notebooks are read one after another.

    To start JupyterLab takes longer than to open a notebook. A page in which something went wrong
    is not used again.
    """

    def __init__(self, context: BrowserContext, server: Server):
        self.context, self.server = context, server
        self.reading: Notebook | None = None

    def open(self, path: str) -> Notebook:
        if self.reading is not None:
            try:
                self.reading.next(path)
            except BrowserError:  # of JupyterLab's change of notebooks: a learner would reload
                self.clear()
        if self.reading is None:
            self.reading = Notebook(self.context, self.server, path)
        return self.reading

    def clear(self) -> None:
        if self.reading is not None:
            notebook, self.reading = self.reading, None
            with contextlib.suppress(BrowserError):  # where the page does not answer any more
                notebook.close()
            notebook.page.close()


def drive(
    desk: Desk,
    path: str,
    shots: pathlib.Path | None = None,
    name: str = "",
    whole: bool = True,
) -> list[str]:
    """Open, run and play with one notebook; everything that was wrong, in words.

    Where not the ``whole`` is asked for, only the cells that panels and the first prediction need
    are run; the others, but for predictions, stand there without their outputs.
    """
    found: list[str] = []
    file = desk.server.folder / path
    needed = cleared_but_for_needed(file) if not whole else []
    try:
        notebook = desk.open(path)
        stored = nbformat.read(file, as_version=4)
        asked = [one for one in peeking.predictions(stored) if one.guess != one.index]
        notebook.open_headings()
        found += notebook.peeked(asked)
        notebook.write_guesses(asked)
        if whole:
            notebook.run_all()
        else:
            notebook.run_cells(needed)
            asked = [one for one in asked if one.index in needed]
        found += notebook.kept_back(asked)
        if shots:
            notebook.shots(shots, name)
        found += notebook.faults()
        panels = notebook.panels()
        if not panels:
            found.append("no live panel")
        for number, panel in enumerate(panels, 1):
            found += [f"panel {number}, {fault}" for fault in panel.drive()]
        found += notebook.unfit()
    except BrowserError as error:
        frames = traceback.extract_tb(error.__traceback__)
        doing = [frame.name for frame in frames if frame.filename == __file__][-1]
        found.append(f"stopped in {doing}: {error.message.splitlines()[0]}")
    if desk.reading is not None:
        found += [fault for fault in desk.reading.faults() if fault not in found]
    if found:
        desk.clear()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebooks", nargs="+", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path, help="folder for screenshots")
    parser.add_argument("--theme", choices=THEMES, default="light")
    args = parser.parse_args()
    bad = 0
    with lab_server(args.theme) as server, browser() as context:
        desk = Desk(context, server)
        for path in args.notebooks:
            start = time.monotonic()
            inside = path.resolve().relative_to(ROOT).as_posix()
            found = drive(desk, inside, args.shots, f"{path.stem}-{args.theme}")
            bad += bool(found)
            print(
                f"{path.name}: {time.monotonic() - start:.0f} s, {found or 'all well'}", flush=True
            )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
