#!/usr/bin/env bash
# Checks every workflow and action.yml: actionlint, GitHub's own parser, zizmor. Installs what is missing in the cache.
set -euo pipefail
cd "$(dirname "$0")"

cache="${AMI_BUILD_CACHE:-$HOME/.cache/ami-build}/workflows-$(cat package-lock.json requirements.txt | sha256sum | cut -c1-16)"
python="$cache/venv/bin/python"
if [ ! -e "$cache/ready" ]; then
    rm -rf "$cache"
    mkdir -p "$cache"
    python3 -m venv "$cache/venv"
    "$python" -m pip install --quiet --disable-pip-version-check --require-virtualenv -r requirements.txt >&2
    cp package.json package-lock.json "$cache"
    # Node comes from PyPI: what a system has is often older than the parser takes.
    (cd "$cache" && PATH="$cache/venv/bin:$PATH" npm ci --silent --ignore-scripts --no-audit --no-fund >&2)
    touch "$cache/ready"
fi

root="$(cd ../.. && pwd)"
cp check.mjs json.mjs "$cache"
"$cache/venv/bin/node" --import "$cache/json.mjs" "$cache/check.mjs" "$root"
# Offline: what it would ask of GitHub, the workflow of this project asks.
"$cache/venv/bin/zizmor" --offline --quiet --persona pedantic --config "$root/.github/zizmor.yml" "$root/.github" "$root/setup" "$root/action.yml" "$root"/examples/workflows/*.yml
