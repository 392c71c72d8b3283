# make lab                open the lessons in JupyterLab
# make test               check everything
# make refresh [NB=01]    run the notebooks anew (or one of them) and store what they print
# The environment is made in .venv on first use.  PYTHON=/path/to/python chooses what it is made with.
SHELL = /bin/sh
RUN = .venv/bin/python

help:
	@sed -n 's/^# //p' Makefile

env:
	@sh tools/python.sh tools/setup_env.py

lab: env
	@$(RUN) tools/lab.py

test: env
	@$(RUN) tools/check.py

refresh: env
	@$(RUN) tools/refresh.py $(NB)

.PHONY: help env lab test refresh
