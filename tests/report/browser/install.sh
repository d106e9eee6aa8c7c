#!/bin/sh
# Installs Debian's chromium for the tests of the HTML pages where it is absent and can be installed.
# Never fails: without a browser these tests are skipped, or fail where CI is set, and say so.

missing() {
    echo "chromium is not installed: $1" >&2
    echo "The tests of the HTML pages in a browser are skipped (they fail where CI is set)." >&2
    exit 0
}

command -v chromium >/dev/null && exit 0
command -v apt-get >/dev/null || missing "there is no apt-get here; install it by hand"
if [ "$(id -u)" = 0 ]; then
    root=
elif sudo -n true 2>/dev/null; then
    root="sudo -n"
else
    missing "apt-get needs root, and sudo would ask for a password; run: sudo apt-get install chromium"
fi
$root apt-get update -qq >/dev/null &&
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends -y \
        chromium fonts-dejavu-core >/dev/null ||
    missing "apt-get could not install it, as said above"
