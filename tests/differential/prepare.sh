#!/bin/sh
# Installs Debian's Packer 1.6.6, which the differential test runs beside ami-build. Where there is none, that test says so and is skipped.
set -eu

command -v packer >/dev/null && exit 0

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
as_root apt-get update -q >&2
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends packer >&2 ||
    echo "No packer to install: the differential test will be skipped" >&2
