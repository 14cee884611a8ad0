#!/bin/sh
# Installs what the lab needs and prints the path of the Python that has it, as the last line.
# Idempotent; with everything in place it only hashes a file.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${AMI_BUILD_CACHE:-$HOME/.cache/ami-build}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

missing=
[ -x /usr/sbin/sshd ] || missing="$missing openssh-server"
command -v ssh >/dev/null || missing="$missing openssh-client"
command -v sudo >/dev/null || missing="$missing sudo"
command -v unshare >/dev/null && command -v setpriv >/dev/null || missing="$missing util-linux"
command -v pkill >/dev/null || missing="$missing procps"
# pyenv's shim answers for versions that are not installed: ask the interpreter itself.
python3.11 -c 'import venv, ensurepip' 2>/dev/null || missing="$missing python3.11-venv"
if [ -n "$missing" ]; then
    as_root apt-get update -q >&2
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
fi

version=$(python3.11 -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])')
hash=$( (echo "$version"; cat "$here/requirements.txt") | sha256sum | cut -c1-16)
venv="$cache/lab-venv/$hash"
if [ ! -e "$venv/ready" ]; then
    rm -rf "$venv"
    mkdir -p "$cache/lab-venv"
    python3.11 -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
    touch "$venv/ready"
fi
echo "$venv/bin/python"
