#!/bin/sh
# Fetches GitHub's published OpenAPI description, against which the lab's GitHub server checks every request,
# and prints the path of the JSON file. Running it again costs nothing.
#
# It is 13 MB, so it lives in the cache and not in the repository.
set -eu

version=23.0.2
# The tarball's own integrity value, as the npm registry states it for this version.
integrity=sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==

cache="${AMI_BUILD_CACHE:-$HOME/.cache/ami-build}/github-openapi"
description="$cache/api.github.com-$version.json"

if [ ! -s "$description" ]; then
    for program in npm openssl; do
        command -v "$program" >/dev/null && continue
        [ "$(id -u)" = 0 ] || { echo "prepare-github: $program is missing; install it, or run this as root" >&2; exit 1; }
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$program"; } >&2
    done
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/fetch.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && npm pack --silent "@octokit/openapi@$version" >/dev/null)
    tarball="$work/octokit-openapi-$version.tgz"
    found="sha512-$(openssl dgst -sha512 -binary "$tarball" | openssl base64 -A)"
    if [ "$found" != "$integrity" ]; then
        echo "prepare-github: @octokit/openapi $version has integrity $found, expected $integrity" >&2
        exit 1
    fi
    tar -xzf "$tarball" -C "$work" package/generated/api.github.com.json
    # A rename is atomic: a second run beside this one never reads half a file.
    mv "$work/package/generated/api.github.com.json" "$description"
fi

echo "$description"
