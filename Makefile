# make lab                open the lessons in JupyterLab
# make test               check everything
# make refresh [NB=01]    run the notebooks anew (or one of them) and store what they print
# make claims [NB=05]     run every statement about noisy runs at seeds the lessons do not use
# make bench [PART=sweep]    measure panels, sweeps, steps and footprint beside their alternatives; run
#                            the lessons' lines for PyTorch, Keras and Optax beside lrlib
# make site               build the course as pages that need no installation, into _site
# The environment is made in .venv on first use.  PYTHON=/path/to/python chooses what it is made with.
SHELL = /bin/sh
RUN = .venv/bin/python

help:
	@sed -n 's/^# //p' Makefile

env:
	@sh tools/python.sh tools/setup_env.py

checks:
	@sh tools/python.sh tools/setup_env.py checks

lab: env
	@$(RUN) tools/lab.py

test: checks
	@$(RUN) tools/check.py

refresh: checks
	@$(RUN) tools/refresh.py $(NB)
	@$(RUN) tools/refresh.py --course

claims: checks
	@$(RUN) tools/run_claims.py $(NB)

bench: checks
	@$(RUN) tests/bench/bench.py $(PART)

site:
	@sh tools/python.sh tools/setup_env.py site
	@.venv-site/bin/python tools/build_site.py

.PHONY: help env checks lab test refresh claims bench site
