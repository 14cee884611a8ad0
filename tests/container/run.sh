#!/bin/sh
# Builds the action's image with a real engine and runs it as GitHub's runner runs a container action: main, post, and a cancel.
#
#   tests/container/run.sh BINARY [LAB_URL]
#
# BINARY is a static ami-build for this machine. With the URL of a running lab (tests/lab) an image is built in it as well.
# Needs root, a Docker engine (one is started where none runs), and, where no base image can be pulled, debootstrap.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
binary=$(realpath "${1:?usage: run.sh BINARY [LAB_URL]}")
lab=${2:-}
image=ami-build-test:container
base=ami-build-test-base:bookworm
work=$(mktemp -d "${TMPDIR:-/tmp}/ami-build-container.XXXXXX")
engine=
host=${DOCKER_HOST:-unix:///var/run/docker.sock}
socket=${host#unix://}

. "$here/runner.sh"

finish() {
    [ -z "$engine" ] || kill "$engine"
    rm -rf "$work"
}
trap finish EXIT

start_engine() {
    docker version >/dev/null 2>&1 && return
    dockerd >"$work/dockerd.log" 2>&1 &
    engine=$!
    for _ in $(seq 60); do
        docker version >/dev/null 2>&1 && return
        sleep 0.5
    done
    cat "$work/dockerd.log" >&2
    fail "the Docker engine does not start"
}

# The Dockerfile's own base where it can be had, else one that is made here: it only copies files.
choose_base() {
    builder=$(sed -n 's/^ARG BUILDER=//p' "$root/Dockerfile")
    if docker image inspect "$builder" >/dev/null 2>&1 || docker pull --quiet "$builder" >/dev/null 2>&1; then
        return
    fi
    builder=$base
    if ! docker image inspect "$base" >/dev/null 2>&1; then
        debootstrap --variant=minbase --include=ca-certificates bookworm "$work/base" >"$work/debootstrap.log" 2>&1 ||
            { tail -n 20 "$work/debootstrap.log" >&2; fail "debootstrap cannot make a base image"; }
        tar -C "$work/base" -c . | docker import - "$base" >/dev/null
        rm -rf "$work/base"
    fi
}

# From a context of its own, since the binary may be anywhere. The classic builder is part of every engine.
build_image() {
    mkdir -p "$work/context/prebuilt"
    cp -r "$root/Dockerfile" "$root/.dockerignore" "$root/Cargo.toml" "$root/Cargo.lock" "$root/build.rs" "$root/src" "$work/context/"
    cp "$binary" "$work/context/prebuilt/ami-build"
    DOCKER_BUILDKIT=0 docker build --quiet --tag "$image" --build-arg BUILDER="$builder" \
        --build-arg BINARY=prebuilt/ami-build "$work/context" >"$work/build.log" 2>&1 ||
        { cat "$work/build.log" >&2; fail "the image cannot be built"; }
}

check_image() {
    echo "== the image holds two names, the authorities and nothing else"
    container=$(docker create "$image")
    docker export "$container" | tar -t | grep -v -E '^(\.dockerenv|dev/|proc/|sys/|etc/(hostname|hosts|mtab|resolv\.conf)$)' |
        grep -v '/$' | sort >"$work/files"
    docker rm "$container" >/dev/null
    printf '%s\n' ami-build ami-build-post etc/ssl/certs/ca-certificates.crt | sort | diff - "$work/files" ||
        fail "other files are in the image"
    [ -z "$(docker image inspect --format '{{.Config.User}}' "$image")" ] || fail "the image sets a user"
    docker run --rm "$image" version | grep -q . || fail "the image does not say its version"
    size=$(docker image inspect --format '{{.Size}}' "$image")
    echo "image size: $size bytes ($((size / 1024 / 1024)) MiB)"
}

check_validate() {
    echo "== a template without a cloud is validated"
    new_job validate
    stage main INPUT_COMMAND=validate INPUT_TEMPLATE=file.json
    expect_exit 0
    expect_output conclusion success
}

check_build() {
    echo "== a build writes outputs, a summary, and files that belong to the workspace's owner"
    new_job build
    chown 1001:1001 "$job/workspace"
    stage main INPUT_COMMAND=build INPUT_TEMPLATE=file.json
    expect_exit 0
    expect_output conclusion success
    expect_output builds '{}'
    grep -q '### ami-build' "$job/summary" || fail "no summary"
    [ "$(cat "$job/workspace/hello.txt")" = hello ] || fail "the file builder wrote nothing"
    [ "$(stat -c %u:%g "$job/workspace/hello.txt")" = 1001:1001 ] || fail "the file is not the workspace owner's"
    stage post
    expect_exit 0
}

check_failure() {
    echo "== a broken template fails with a place in the file"
    new_job invalid
    stage main INPUT_COMMAND=build INPUT_TEMPLATE=broken.json
    expect_exit 1
    expect_output conclusion invalid
    grep -q '^::error .*file=broken.json,line=' "$job/log" || fail "no annotation"
    stage post
    expect_exit 0
}

check_cancel() {
    echo "== a cancel ends within 5 s, with what is known written down"
    new_job cancel
    cancel_after 3
    stage main INPUT_COMMAND=build INPUT_TEMPLATE=waiting.json
    expect_exit 1
    [ "$seconds" -le 8 ] || fail "it took $seconds s, of which 3 s were before the cancel"
    expect_output conclusion cancelled
    [ -z "$(docker ps --quiet --filter "name=$name")" ] || fail "the container still runs"
    stage post
    expect_exit 0
}

check_fork() {
    echo "== a fork's build is rehearsed in a container beside this one, which has nothing of it but what the template uploads"
    new_job fork
    from_fork
    chown 1001:1001 "$job/workspace"
    before=$(docker ps --all --quiet | sort)
    stage main INPUT_COMMAND=build INPUT_TEMPLATE=fork.json "INPUT_SANDBOX=docker:$builder" AWS_ENDPOINT_URL=http://127.0.0.1:9 \
        AWS_ACCESS_KEY_ID=canary AWS_SECRET_ACCESS_KEY=canarycanarycanary
    expect_exit 0
    expect_output conclusion rehearsed
    expect_output ami-id ''
    grep -q 'uploaded: "hello"' "$job/log" || fail "the provisioners did not run"
    ! grep -v '^::add-mask::' "$job/log" | grep -q canary || fail "credentials are in the log"
    grep -q 'A pull request from a fork has no credentials' "$job/summary" || fail "the summary does not say so"
    [ ! -e "$job/workspace/manifest.json" ] && [ ! -e "$job/workspace/back" ] || fail "something is in the workspace"
    [ -z "$(ls -A "$job/temp")" ] || fail "something is in the runner's temporary directory"
    [ "$(docker ps --all --quiet | sort)" = "$before" ] || fail "a container is left"
    stage post
    expect_exit 0
}

check_fork_cancel() {
    echo "== a cancel of it leaves no container"
    new_job fork-cancel
    from_fork
    before=$(docker ps --all --quiet | sort)
    cancel_after 4
    stage main INPUT_COMMAND=build INPUT_TEMPLATE=fork-waiting.json "INPUT_SANDBOX=docker:$builder"
    expect_exit 1
    expect_output conclusion cancelled
    [ "$seconds" -le 12 ] || fail "it took $seconds s, of which 4 s were before the cancel"
    [ "$(docker ps --all --quiet | sort)" = "$before" ] || fail "a container is left"
}

check_lab() {
    echo "== an image is built in the lab"
    new_job lab
    stage main INPUT_COMMAND=build INPUT_TEMPLATE=amazon.json "AWS_ENDPOINT_URL=$lab" AWS_REGION=us-east-1 \
        AWS_ACCESS_KEY_ID=lab AWS_SECRET_ACCESS_KEY=labsecretlabsecret "AMI_BUILD_ADDRESS_SERVICE=$lab/checkip"
    expect_exit 0
    expect_output conclusion success
    output ami-id | grep -qE '^ami-[0-9a-f]{8,17}$' || fail "no image id"
    grep -q "$(output ami-id)" "$job/summary" || fail "the summary does not name the image"
    stage post "AWS_ENDPOINT_URL=$lab" AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=lab AWS_SECRET_ACCESS_KEY=labsecretlabsecret
    expect_exit 0
}

start_engine
choose_base
build_image
check_image
check_validate
check_build
check_failure
check_cancel
check_fork
check_fork_cancel
[ -z "$lab" ] || check_lab
echo "container: all good"
