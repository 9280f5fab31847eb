#!/usr/bin/env bash
# Installs Debian packages, where this machine has apt and lets us: as root or by sudo without a password.
# Exits with 1, having said why, where it does not.
set -euo pipefail

if ! command -v apt-get >/dev/null; then
    echo "apt: not a Debian-like system, cannot install $*" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "apt: neither root nor sudo without a password, cannot install $*" >&2
        exit 1
    fi
    as_root=(sudo -n)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" \
        >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        echo "apt: apt-get $* failed" >&2
        return 1
    fi
}
run update || true # a stale list may still do
run install --yes --no-install-recommends "$@"
