#!/usr/bin/env bash
# Fetches html-validate and Lighthouse, as tests/audit/package-lock.json pins them.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/node.sh
cd tests/audit
"${npm[@]}" ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
