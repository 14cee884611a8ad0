#!/usr/bin/env bash
# An engine of Docker's for the tests of the docker sandbox, with the images that they need.
#
#   tests/sandbox/engine.sh start    prints the engine's socket, or `none` where there cannot be one
#   tests/sandbox/engine.sh stop     ends the engine that `start` started; leaves any other alone
#
# A running engine is used. Else one is started, and installed first where apt-get and root are at hand. No registry is asked:
# the images are made by debootstrap. Whatever does not work is said on the error output, loudly, since tests are not run then.
set -euo pipefail

cache=${AMI_BUILD_CACHE:-$HOME/.cache/ami-build}
home=$cache/docker-engine
own=$home/docker.sock
plain=ami-build-test:bookworm
full=ami-build-test:bookworm-systemd

say() { echo "sandbox engine: $*" >&2; }

none() {
    say "===================================================================="
    say "the tests of the docker sandbox are NOT RUN: $*"
    [ ! -s "$home/log" ] || tail -n 15 "$home/log" >&2
    say "===================================================================="
    echo none
    exit 0
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

install() {
    command -v apt-get >/dev/null || none "there is no $1 and no apt-get to install it"
    say "installing $*"
    { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; } \
        >&2 || none "$1 cannot be installed"
}

answers() { docker --host "unix://$1" version >/dev/null 2>&1; }

start_engine() {
    [ "$(id -u)" = 0 ] || none "no engine runs, and only root can start one"
    command -v dockerd >/dev/null || install docker.io iptables
    mkdir -p "$home"
    # /var/run may be a file system that the sockets of the runtime cannot be made in; all of ours is in one place.
    setsid nohup dockerd --host "unix://$own" --data-root "$home/data" --exec-root "$home/run" --pidfile "$home/pid" \
        >"$home/log" 2>&1 </dev/null &
    for _ in $(seq 120); do
        ! answers "$own" || return 0
        sleep 0.25
    done
    none "dockerd does not start"
}

make_image() {
    local image=$1 root
    shift
    if docker --host "unix://$socket" image inspect "$image" >/dev/null 2>&1; then return; fi
    command -v debootstrap >/dev/null || install debootstrap
    say "making $image (some tens of seconds, once)"
    root=$(as_root mktemp -d "${TMPDIR:-/tmp}/ami-build-image.XXXXXX")
    as_root debootstrap --variant=minbase "$@" bookworm "$root" >"$cache/debootstrap.log" 2>&1 ||
        { tail -n 20 "$cache/debootstrap.log" >&2; as_root rm -rf "$root"; none "debootstrap cannot make an image"; }
    as_root tar -C "$root" -c . | docker --host "unix://$socket" import - "$image" >/dev/null
    as_root rm -rf "$root"
}

case ${1:-start} in
    start)
        mkdir -p "$cache"
        socket=
        for candidate in "${DOCKER_HOST:-}" "unix://$own" unix:///var/run/docker.sock; do
            path=${candidate#unix://}
            if [ -S "$path" ] && command -v docker >/dev/null && answers "$path"; then socket=$path && break; fi
        done
        if [ -z "$socket" ]; then
            start_engine
            socket=$own
        fi
        make_image "$plain"
        make_image "$full" --include=systemd-sysv,dbus,sudo,openssh-server
        echo "$socket"
        ;;
    stop)
        [ ! -s "$home/pid" ] || kill "$(cat "$home/pid")" 2>/dev/null || true
        ;;
esac
