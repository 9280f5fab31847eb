#!/usr/bin/env bash
# Fills static/vendor with the theme's fonts and icons, from the packages that package-lock.json pins.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/node.sh
"${npm[@]}" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
node scripts/vendor.mjs
