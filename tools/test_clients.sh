#!/bin/sh
# Install the programs and clients that tests drive and pip cannot bring. Quick when all is there.
# As root missing programs come from Debian; anybody else is told what is missing, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."

# program=package of Debian, one a line
WANTED="
node=nodejs
npm=npm
rclone=rclone
curl=curl
jq=jq
ssh-keygen=openssh-client
strace=strace
chromium=chromium
"

packages=""
for pair in $WANTED; do
    command -v "${pair%=*}" >/dev/null || packages="$packages ${pair#*=}"
done
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=300 -qq update
    # shellcheck disable=SC2086 # one word a package
    apt-get -o DPkg::Lock::Timeout=300 -qq install --no-install-recommends $packages
elif [ -n "$packages" ]; then
    echo "test clients: install$packages, or run this as root on Debian; their tests are skipped" >&2
fi

# The copy of the lock file tells which one the modules were installed from.
js=tests/conformance/clients/js
if command -v npm >/dev/null && ! cmp -s $js/package-lock.json $js/node_modules/.installed; then
    npm ci --prefix $js --silent
    cp $js/package-lock.json $js/node_modules/.installed
fi
