#!/usr/bin/env bash
# Installs the released binary: finds the version, downloads the file for this runner, checks it, puts it on the PATH.
#
# Reads VERSION, VERIFY_ATTESTATION and REPOSITORY, and what the runner sets. Writes the outputs `version` and `path`.
set -euo pipefail

fail() {
    # Not to stdout, which a caller may be capturing; the runner reads both.
    echo "::error title=ami-build::$1" >&2
    exit 1
}

# The name of this runner's file without its ending; the releases have Linux only.
target() {
    [ "$RUNNER_OS" = Linux ] || fail "there is no release for $RUNNER_OS; ami-build runs on Linux"
    case "$RUNNER_ARCH" in
    X64) echo x86_64-unknown-linux-musl ;;
    ARM64) echo aarch64-unknown-linux-musl ;;
    *) fail "there is no release for $RUNNER_ARCH" ;;
    esac
}

download() {
    curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 --output "$2" "$1" ||
        fail "cannot download $1"
}

# The version of the release that GitHub calls latest, by where its page redirects to: no API call, no rate limit.
latest() {
    local page
    page=$(curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 --retry 3 \
        --output /dev/null --write-out '%{url_effective}' "$releases/latest") || fail "cannot find the latest release"
    echo "${page##*/v}"
}

# A release tag carries the checksums, so that a workflow that pins the action by commit pins the binary too.
checksums() {
    if [ "$version" = "$stamped" ]; then
        cp "$GITHUB_ACTION_PATH/SHA256SUMS" "$work/SHA256SUMS"
    else
        download "$base/SHA256SUMS" "$work/SHA256SUMS"
    fi
}

check_sum() {
    local line
    line=$(awk -v file="$file" '$2 == file' "$work/SHA256SUMS")
    [ -n "$line" ] || fail "SHA256SUMS of version $version does not list $file"
    (cd "$work" && echo "$line" | sha256sum --check --strict --quiet) || fail "$file does not have the SHA-256 it should have"
}

check_attestation() {
    [ "$VERIFY_ATTESTATION" = true ] || return 0
    if ! command -v gh >/dev/null; then
        echo "::notice title=ami-build::this runner has no gh, so only the SHA-256 of $file was checked"
        return 0
    fi
    gh attestation verify "$work/$file" --repo "$REPOSITORY" \
        --signer-workflow "$REPOSITORY/.github/workflows/release.yml" || fail "$file has no valid attestation"
}

case "$VERIFY_ATTESTATION" in true | false) ;; *) fail "verify-attestation is true or false" ;; esac

releases="$GITHUB_SERVER_URL/$REPOSITORY/releases"
stamped=$(cat "$GITHUB_ACTION_PATH/VERSION" 2>/dev/null || true)
version="${VERSION#v}"
version="${version:-${stamped:-$(latest)}}"
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "\`$version\` is not a version such as 1.2.3"

base="$releases/download/v$version"
target=$(target)
file="ami-build-$target.tar.gz"
work=$(mktemp -d "$RUNNER_TEMP/ami-build.XXXXXX")
bin="$work/bin"

download "$base/$file" "$work/$file"
checksums
check_sum
check_attestation
mkdir "$bin"
tar -xzf "$work/$file" -C "$bin" ./ami-build
"$bin/ami-build" version

echo "$bin" >>"$GITHUB_PATH"
{
    echo "version=$version"
    echo "path=$bin/ami-build"
} >>"$GITHUB_OUTPUT"
