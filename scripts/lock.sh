#!/usr/bin/env bash
# Re-pins requirements/*.txt from pyproject.toml and requirements/*.in, with the hash of every file.
# Settings of this machine's pip (mirrors, folders of wheels) are left out: the locks must suit every machine.
set -euo pipefail
cd "$(dirname "$0")/.."

unset PIP_FIND_LINKS PIP_EXTRA_INDEX_URL
export PIP_CONFIG_FILE=/dev/null CUSTOM_COMPILE_COMMAND="make lock"

lock() {
    local target=$1
    shift
    .venv/bin/pip-compile --quiet --upgrade --generate-hashes --no-strip-extras --allow-unsafe --no-annotate \
        --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
        --output-file "requirements/$target.txt" "$@"
    echo "requirements/$target.txt: $(grep -c == "requirements/$target.txt") packages"
}

lock run --extra math pyproject.toml # what CI tests and `make site` use, so formulas are drawn there
for name in build dev node venv bench; do
    lock "$name" "requirements/$name.in"
done

if grep -nE 'https?://|file:/|\s/\w+/' requirements/*.txt; then
    echo "error: a lock names an address or a path of this machine" >&2
    exit 1
fi
