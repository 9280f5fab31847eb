#!/usr/bin/env bash
# Sees to it that there is a Chromium for the browser tests: the one that is here, or Debian's by apt.
# Without one those tests are skipped, which is said aloud; in CI (CI=true) that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

present() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$name" ] && command -v "$name" >/dev/null && "$name" --version >/dev/null 2>&1; then
            return 0
        fi
    done
    return 1
}

if present; then
    exit 0
fi
echo "Installing Chromium for the browser tests."
if scripts/apt.sh chromium fonts-liberation && present; then
    exit 0
fi
{
    echo "**********************************************************************"
    echo "** There is no Chromium on this machine, so NO BROWSER TEST RUNS.   **"
    echo "** Install the package chromium (or set CHROMIUM to one) for them.  **"
    echo "**********************************************************************"
} >&2
[ "${CI:-}" != true ]
