#!/bin/sh
# Writes constraints.txt anew from pyproject.toml: one version of each package for every
# system we run on, with the hash of each file of that release. Versions that are already
# there stay unless `--upgrade` or `--upgrade-package NAME` is given.
set -eu
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv
"$tools/bin/uv" pip compile pyproject.toml --extra postgres --extra dev --universal --python-version 3.11 \
  --strip-extras --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet --output-file constraints.txt "$@"
