#!/usr/bin/env bash
# Installs CF Studio and all that its checks need, and runs them: style, types, layers, tests.
. "$(dirname "$0")/install.sh" test xvfb xauth
export PATH="$PWD/.venv/bin:$PATH" QT_QPA_PLATFORM=offscreen
ruff check .
ruff format --check .
mypy
lint-imports
pytest --numprocesses auto --dist loadfile "$@"
