#!/usr/bin/env bash
# Installs CF Studio into .venv and opens it on 100,004 real movie ratings. Further words are options of cfstudio.
. "$(dirname "$0")/install.sh" movielens
exec .venv/bin/cfstudio --data ml-latest-small-2016 "$@"
