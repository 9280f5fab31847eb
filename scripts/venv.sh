#!/usr/bin/env bash
# Makes .venv with the newest suitable Python on PATH, also where Python came without venv (as on Debian).
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    printf 'error: %s\n' "$@" >&2
    exit 1
}

find_python() {
    local name
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            command -v "$name"
            return
        fi
    done
    fail "sitegen needs Python 3.11 or newer; set PYTHON to one (make site PYTHON=/path/to/python3)"
}

has_venv() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }

has_pip() { "$python" -m pip --version >/dev/null 2>&1; }

python=$(find_python)
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

if .venv/bin/python -m pip --version >/dev/null 2>&1; then
    exit 0 # made earlier, and whole
fi
rm -rf .venv

if ! has_venv; then
    echo "This Python has no venv module; asking apt for it."
    scripts/apt.sh "python$version-venv" || scripts/apt.sh python3-venv || true
fi
if has_venv; then
    "$python" -m venv .venv
elif has_pip; then
    echo "Still none; making the environment with virtualenv."
    "$python" -m pip install --quiet --quiet --disable-pip-version-check --require-hashes \
        --target build/virtualenv -r requirements/venv.txt
    PYTHONPATH=build/virtualenv "$python" -m virtualenv --quiet .venv
else
    fail "$python has neither venv nor pip, and apt could not be asked for them." \
        "Install them (on Debian and Ubuntu: sudo apt-get install python3-venv) and run make again."
fi
echo "Made .venv with Python $version."
