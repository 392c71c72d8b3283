"""JupyterLab with the look of the lessons; options on the command line are JupyterLab's own.

The look is tools/jupyter: defaults of settings and a style sheet. What the user has set stands
above them and is not touched. JupyterLab takes its style sheet from the user's configuration alone,
so the place is made an option here.
"""

import pathlib
import sys

from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import main

LOOK = pathlib.Path(__file__).resolve().parent / "jupyter"

ServerApp.static_custom_path.tag(config=True)
options = [
    f"--LabApp.app_settings_dir={LOOK}",
    "--LabApp.custom_css=True",
    f"--ServerApp.static_custom_path={LOOK / 'custom'}",
]

if __name__ == "__main__":
    sys.exit(main([*options, *sys.argv[1:]]))
