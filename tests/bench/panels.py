"""Slider to picture in JupyterLab, from the key to the new image on the page.

Every panel of every lesson is found by itself, built three times, and put beside an empty round
trip, `interact` with pyplot and ipympl (see views.py). The keys take turns between the four. A
picture counts as shown in the animation frame after it is decoded (an SVG: is in the page; a
canvas: is drawn to).
"""

import itertools
import json
import pathlib
import statistics
import sys
import time

import browser
import nbformat
from common import table, verdict

PRESSES, BURST, EVERY = 25, 60, 0.033  # a held key repeats 30 times a second
KINDS = ("empty", "panel", "interact", "ipympl")

WATCH = """() => {
    const bench = window.bench = {key: 0, shown: []};
    const kind = node => {
        const box = (node.parentElement ?? node).closest?.('[class*=bench-]');
        return box && /bench-(\\w+)/.exec(box.className)[1];
    };
    const note = (what, alt) => requestAnimationFrame(
        () => bench.shown.push([what, performance.now(), alt]));
    document.addEventListener('keydown', event => { bench.key = event.timeStamp; }, true);
    new MutationObserver(changes => {
        for (const change of changes) {
            const what = kind(change.target);
            const label = change.target.closest?.('.widget-html-content');
            if (what === 'empty' && label) note(what, label.innerText);
            for (const node of change.addedNodes) {
                const images = node.tagName === 'IMG' ? [node]
                    : node.querySelectorAll ? node.querySelectorAll('img') : [];
                if (node.ariaLabel && node.tagName === 'svg') note(what, node.ariaLabel);
                for (const image of images)
                    image.decode().then(() => note(what, image.alt), () => null);
            }
        }
    }).observe(document.body, {childList: true, subtree: true});
    const draw = CanvasRenderingContext2D.prototype.drawImage;
    CanvasRenderingContext2D.prototype.drawImage = function (...args) {
        draw.apply(this, args);
        if (this.canvas.isConnected && kind(this.canvas) === 'ipympl') note('ipympl', '');
    };
}"""
SHOWN = """what => {
    const {key, shown} = window.bench;
    const at = shown.filter(([w, t]) => w === what && t > key);
    return at.length ? at[0][1] - key : 0;
}"""
CHOOSE = """(e, step) => {
    window.bench.key = performance.now();
    e.selectedIndex = Math.max(0, Math.min(e.options.length - 1, e.selectedIndex + step));
    e.dispatchEvent(new Event('change', {bubbles: true}));
}"""
SETUP = """\
import pathlib, sys
sys.path.insert(0, "tests/bench")
import views
%matplotlib inline
made = views.find(pathlib.Path("notebooks") / {name!r})
pathlib.Path("views.txt").write_text(str(len(made)))"""


class Bench(browser.Notebook):
    """A page with the four things to time."""

    def handle(self, kind: str):
        handles = self.page.locator(f".bench-{kind} .noUi-handle")
        return (handles if handles.count() else self.page.locator(f".bench-{kind} select")).first

    def move(self, kind: str, step: int) -> None:
        """One step on, 1, or back, -1: by a key; in a list, whose keys JupyterLab takes, chosen."""
        if self.handle(kind).evaluate("e => e.tagName") == "SELECT":
            self.handle(kind).evaluate(CHOOSE, step)
        else:
            self.page.keyboard.press("ArrowRight" if step > 0 else "ArrowLeft")

    def press(self, kind: str, step: int) -> float:
        """Milliseconds from the key to the picture."""
        self.page.evaluate("() => { window.bench.shown = []; window.bench.key = Infinity }")
        self.move(kind, step)
        return self.page.wait_for_function(SHOWN, arg=kind, timeout=20_000).json_value()

    def presses(self) -> dict[str, float]:
        """The medians of all four, which take turns."""
        times: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for turn in range(PRESSES + 2):  # the first two are not counted
            for kind in KINDS:
                self.handle(kind).focus()
                self.page.wait_for_timeout(250)  # what the one before left behind is over
                took = self.press(kind, (1, -1)[turn % 2])
                if turn > 1:
                    times[kind].append(took)
        return {kind: statistics.median(t) for kind, t in times.items()}

    def burst(self, log: pathlib.Path) -> tuple[float, int, list[str]]:
        """Hold the key: milliseconds from the last key to the last picture, pictures, faults."""
        self.handle("panel").focus()
        self.page.keyboard.press("Home")
        self.page.wait_for_timeout(1000)
        self.page.evaluate("() => { window.bench.shown = [] }")
        start = time.monotonic()
        for k in range(BURST):
            time.sleep(max(0, start + k * EVERY - time.monotonic()))
            self.move("panel", 1)
        self.page.wait_for_timeout(1500)
        key, shown = self.page.evaluate("() => [window.bench.key, window.bench.shown]")
        shown = [(t, alt) for kind, t, alt in shown if kind == "panel"]
        said = [json.loads(line) for line in log.read_text().splitlines()]
        value = {sentence: x for x, sentence in said}
        values = [value[alt] for _, alt in shown]
        faults = []
        if values[-1] != said[-1][0]:
            faults.append(f"ends at {values[-1]}, not {said[-1][0]}")
        if any(a > b for a, b in itertools.pairwise(values)):
            faults.append("an old value after a new one")
        return shown[-1][0] - key, len(shown), faults


def measure(context, server, name: str) -> list[list]:
    """Medians and burst of every panel of a notebook."""
    folder, found = server.folder, []
    for number in itertools.count():
        cells = [SETUP.format(name=name), f"views.all_four(made[{number}], pathlib.Path('log'))"]
        cells.append(f"pathlib.Path('built.txt').write_text(str(views.built(made[{number}])))")
        new = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        new.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}  # or it asks
        nbformat.write(new, folder / "bench.ipynb")
        page = Bench(context, server, "bench.ipynb")
        try:
            page.run_all()
            if errors := page.page.evaluate("() => window.kernelErrors"):
                raise RuntimeError(f"{name}: {errors}")
            page.page.wait_for_selector(".bench-ipympl canvas")
            page.page.wait_for_timeout(1500)
            page.page.evaluate(WATCH)
            built = float((folder / "built.txt").read_text())
            found.append([page.presses(), built, *page.burst(folder / "log")])
            if errors := page.page.evaluate("() => window.kernelErrors"):
                raise RuntimeError(f"{name}: {errors}")
        finally:
            page.close()
        if number + 1 == int((folder / "views.txt").read_text()):
            return found
    raise RuntimeError("no view was the last one")


def main() -> None:
    names = sorted(path.name for path in (browser.ROOT / "notebooks").glob("*.ipynb"))
    names = [n for n in names if not sys.argv[1:] or n.startswith(tuple(sys.argv[1:]))]
    rows, missed, late, slow = [], [], [], []
    with browser.lab_server() as server, browser.browser() as context:
        for name in names:
            for number, (t, built, last, pictures, faults) in enumerate(
                measure(context, server, name), 1
            ):
                label = f"{name.partition('_')[0]}, panel {number}"
                empty, faster = t["panel"] / t["empty"], t["interact"] / t["panel"]
                rows.append([label, *(f"{t[kind]:.0f} ms" for kind in KINDS)])
                rows[-1] += [f"{empty:.2f}", f"{faster:.1f}", f"{t['ipympl'] / t['panel']:.1f}"]
                rows[-1] += [f"{last:.0f} ms" if last > 0 else "at its end", pictures]
                rows[-1].append(f"{1e3 * built:.0f} ms")
                if built > 0.25:
                    slow.append(f"{label} {1e3 * built:.0f} ms")
                if empty > 2:
                    missed.append(f"{label} {empty:.2f}x")
                if faster < 5:
                    missed.append(f"{label} {faster:.1f}x interact")
                late += [f"{label}: {fault}" for fault in faults]
                if last > 150:
                    late.append(f"{label} {last:.0f} ms")
                print(rows[-1], faults, file=sys.stderr, flush=True)
    print("## 1. Slider to picture\n")
    head = ["lesson", *KINDS, "panel / empty", "interact / panel", "ipympl / panel"]
    print(table([*head, "last of 60 keys", "pictures of 60", "built in"], rows))
    print(
        f"\nAt most 2x the empty round trip, at least 5x faster than interact: "
        f"{verdict(not missed)}{': ' + ', '.join(missed) if missed else ''}."
    )
    print(
        f"The last of {BURST} keys shown within 150 ms, no old value after a new one: "
        f"{verdict(not late)}{': ' + ', '.join(late) if late else ''}."
    )
    print(f"Built in at most 250 ms: {verdict(not slow)}{': ' + ', '.join(slow) if slow else ''}.")


if __name__ == "__main__":
    main()
