#!/bin/sh
# Installs what compiling needs beside Rust: a C compiler, make and perl, for OpenSSL and libssh2; a C++ compiler for the fuzzers, patch for vendor/verify. Costs nothing where they are there.
set -eu

missing=
command -v cc >/dev/null || missing="$missing gcc libc6-dev"
command -v c++ >/dev/null || missing="$missing g++"
command -v make >/dev/null || missing="$missing make"
command -v perl >/dev/null || missing="$missing perl"
command -v patch >/dev/null || missing="$missing patch"
[ -n "$missing" ] || exit 0

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
as_root apt-get update -q >&2
# shellcheck disable=SC2086
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
