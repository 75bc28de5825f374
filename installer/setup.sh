#!/bin/sh
# Brings this machine up to what Housefull needs: system libraries from Debian, then a
# private Python environment in .venv/ holding exactly what constraints.txt names.
#
#   installer/setup.sh demo    what a till, its window and an office need
#   installer/setup.sh test    that, and what the tests start: a display, PostgreSQL, faults, programs in Node
#
# Asks nothing. Changes nothing when all is in place, and then takes a fraction of a second.
set -eu
cd "$(dirname "$0")/.."

libraries="libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
  libxcb-xkb1"
case "${1:-demo}" in
  demo) ;;
  test)
    libraries="$libraries xvfb xauth xdotool imagemagick fonts-wqy-microhei postgresql-15"
    libraries="$libraries strace gcc libc6-dev iproute2" # power cut, disks that fail, cables pulled
    # Paper read back: letters, and pages of PDF.
    libraries="$libraries tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-tra tesseract-ocr-vie tesseract-ocr-ukr"
    libraries="$libraries tesseract-ocr-hun poppler-utils"
    # One that is there already may come from elsewhere, and then Debian's would replace it.
    command -v node >/dev/null && command -v npm >/dev/null || libraries="$libraries nodejs npm"
    ;;
  *) echo "usage: $0 [demo|test]" >&2; exit 2 ;;
esac

fail() { echo "setup: $*" >&2; exit 1; }

# 6.12 of Qt for Python, which newer Pythons will need, is ruled out in pyproject.toml.
python=
for candidate in python3.11 python3.12 python3.13 python3; do
  if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || fail "needs Python 3.11, 3.12 or 3.13, and found $(python3 --version 2>&1 || true)"

# Debian keeps the part of Python that makes environments in a package of its own.
"$python" -c 'import ensurepip' 2>/dev/null || libraries="$libraries $(basename "$python")-venv"

missing=
if command -v dpkg-query >/dev/null; then
  for package in $libraries; do
    case "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)" in
      installed) ;;
      *) missing="$missing $package" ;;
    esac
  done
elif [ ! -e .venv/.ready ]; then
  echo "setup: not a Debian system; if the window does not open, install what these are called here:" $libraries
fi
if [ -n "$missing" ]; then
  echo "setup: installing system libraries:$missing"
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "not root and no sudo here. As root, please run: apt-get install$missing"
    as_root="sudo"
    [ -t 0 ] || as_root="sudo -n"
  fi
  log=$(mktemp)
  # Quiet, unless it goes wrong: then all that was said is shown.
  { $as_root apt-get update -qq &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
  } >"$log" 2>&1 || {
    cat "$log" >&2
    rm -f "$log"
    fail "could not install them. As root, please run: apt-get install$missing"
  }
  rm -f "$log"
fi

# Printer programs of others, which the tests hold ours against: exactly what the lock file names.
if [ "${1:-demo}" = test ]; then
  peers=tests/peers/node
  locked=$(sha256sum <"$peers/package-lock.json")
  if [ "$(cat "$peers/node_modules/.ready" 2>/dev/null || true)" != "$locked" ]; then
    echo "setup: installing the Node packages of the tests (about 10 MB to fetch)"
    (cd "$peers" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error >&2) || fail "npm ci in $peers failed"
    echo "$locked" >"$peers/node_modules/.ready"
  fi
fi

# The stamp names everything the environment was made from; its folder too, since scripts
# in an environment carry its absolute path.
stamp="$(pwd) $(cat constraints.txt pyproject.toml installer/setup.sh | sha256sum)"
if [ "$(cat .venv/.ready 2>/dev/null || true)" = "$stamp" ]; then
  exit 0
fi
rm -f .venv/.ready
.venv/bin/python -c '' 2>/dev/null || "$python" -m venv --clear .venv
echo "setup: installing Python packages into .venv (about 200 MB to fetch the first time)"
pip() { .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"; }
pip install --quiet --require-hashes --only-binary :all: --requirement constraints.txt
pip install --quiet --no-deps --no-build-isolation --editable .
echo "$stamp" >.venv/.ready
echo "setup: ready"
