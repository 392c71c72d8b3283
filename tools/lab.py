"""Open the lessons in JupyterLab, on this machine only, with the file list closed.

Which lessons are open is kept in .venv, so that your other work in JupyterLab stays as it was.
"""

import json
import os
import pathlib
import secrets
import socket
import sys
import webbrowser

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIRST_PORT = 8888
WORKSPACES = ROOT / ".venv" / "workspaces"
CLOSED = {
    "metadata": {"id": "default"},
    "data": {"layout-restorer:data": {"left": {"collapsed": True}, "right": {"collapsed": True}}},
}


def first_lesson() -> str:
    lessons = sorted((ROOT / "notebooks").glob("0*.ipynb"))
    return f"notebooks/{lessons[0].name}" if lessons else "notebooks"


def free_port(first: int = FIRST_PORT) -> int:
    """The first port from `first` on that nobody listens on."""
    for port in range(first, first + 100):
        with socket.socket() as probe:
            if os.name == "posix":  # a port in TIME_WAIT is free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    sys.exit(f"Ports {first} to {first + 99} are all busy; end one of their programs first.")


def workspace(folder: pathlib.Path = WORKSPACES) -> pathlib.Path:
    """The folder of open lessons; at the first start the file list is closed."""
    file = folder / "default-37a8.jupyterlab-workspace"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(CLOSED))
    return folder


def browser_at_hand() -> bool:
    """Whether opening a page can work: a display (or macOS, Windows) and a browser."""
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.getenv("WAYLAND_DISPLAY")):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def main() -> None:
    port, token, page = free_port(), secrets.token_hex(16), f"/lab/tree/{first_lesson()}"
    if port != FIRST_PORT:
        print(f"Port {FIRST_PORT} is busy; the lessons are on port {port} instead.")
    options = [
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url={page}",
        f"--LabApp.workspaces_dir={workspace()}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.answer_yes=True",
        "--Application.log_level=ERROR",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # Jupyter refuses root unless told
        options.append("--allow-root")
    if browser_at_hand():
        print("JupyterLab opens in your browser. If it does not, open this address:")
    else:
        options.append("--no-browser")
        print("There is no browser here to open. In a few seconds, open this address in one:")
    print(f"  http://127.0.0.1:{port}{page}?token={token}\nCtrl-C ends JupyterLab.", flush=True)
    # the lessons' products are small: a second BLAS thread costs more than it gives
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ["JUPYTER_TOKEN"] = token  # not on the command line, where others could read it
    app = str(ROOT / "tools" / "lab_app.py")
    os.execv(sys.executable, [sys.executable, app, *options])


if __name__ == "__main__":
    main()
