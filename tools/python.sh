#!/bin/sh
# Runs its arguments with the best Python at hand: the environment's own, the one named by $PYTHON,
# else the newest that can make an environment.  If none can, setup_env.py says what is missing.
if .venv/bin/python -c '' 2>/dev/null; then exec .venv/bin/python "$@"; fi
if [ -n "$PYTHON" ]; then
    if "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 6))' 2>/dev/null; then
        exec "$PYTHON" "$@"
    fi
    echo "PYTHON=$PYTHON is not a Python 3.11 or newer." >&2
    exit 1
fi
for need in 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
            'import sys; sys.exit(sys.version_info < (3, 11))' \
            'import sys; sys.exit(sys.version_info < (3, 6))'; do
    for python in python3.14 python3.13 python3.12 python3.11 python3 python; do
        if "$python" -c "$need" 2>/dev/null; then exec "$python" "$@"; fi
    done
done
echo "Python 3.11 or newer is needed, and there is no Python on the PATH." >&2
exit 1
