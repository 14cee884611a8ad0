#!/bin/sh
# The machine's timer where systemd keeps the time: a real ami-build builds over real SSH on a Debian that systemd boots, in a
# container. The lab answers as EC2, without machines of its own.
#
#   tests/container/systemd.sh BINARY
#
# BINARY is an ami-build for this machine. Needs root, debootstrap and systemd-nspawn (Debian: debootstrap, systemd-container).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
binary=$(realpath "${1:?usage: systemd.sh BINARY}")
cache=${AMI_BUILD_CACHE:-$HOME/.cache/ami-build}
base=$cache/systemd-bookworm
port=42022
work=$(mktemp -d "${TMPDIR:-/tmp}/ami-build-systemd.XXXXXX")
machine=$work/machine
container=
lab=

finish() {
    [ -z "$container" ] || kill -KILL "$container" 2>/dev/null || true
    [ -z "$lab" ] || kill "$lab" 2>/dev/null || true
    wait || true
    rm -rf "$work"
}
trap finish EXIT

fail() {
    echo "systemd: $*" >&2
    for log in console lab build; do
        [ ! -s "$work/$log.log" ] || { echo "--- $log" >&2; tail -n 40 "$work/$log.log" >&2; }
    done
    exit 1
}

# Waits at most a minute until a command succeeds.
until_true() {
    what=$1
    shift
    for _ in $(seq 120); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.5
    done
    fail "waited in vain for $what"
}

make_base() {
    [ -e "$base/complete" ] && return
    rm -rf "$base"
    mkdir -p "$cache"
    debootstrap --variant=minbase --include=systemd-sysv,dbus,libpam-systemd,sudo,openssh-server,procps bookworm "$base" \
        >"$work/debootstrap.log" 2>&1 || { tail -n 20 "$work/debootstrap.log" >&2; fail "debootstrap cannot make a system"; }
    : >"$base/complete"
}

# As an image of a distribution, and stricter: what a session leaves running is killed when it ends, and the journal is kept.
make_machine() {
    cp -a "$base" "$machine"
    rm "$machine/complete"
    ssh-keygen -q -t ed25519 -N '' -f "$work/key"
    chroot "$machine" useradd -m -s /bin/bash ubuntu
    echo 'ubuntu ALL=(ALL) NOPASSWD:ALL' >"$machine/etc/sudoers.d/90-cloud-init-users"
    install -d -m 700 "$machine/home/ubuntu/.ssh"
    cp "$work/key.pub" "$machine/home/ubuntu/.ssh/authorized_keys"
    chroot "$machine" chown -R ubuntu: /home/ubuntu/.ssh
    printf 'Port %s\nListenAddress 127.0.0.1\n' "$port" >"$machine/etc/ssh/sshd_config.d/test.conf"
    mkdir -p "$machine/etc/systemd/logind.conf.d" "$machine/var/log/journal"
    printf '[Login]\nKillUserProcesses=yes\n' >"$machine/etc/systemd/logind.conf.d/test.conf"
    printf 'build\n' >"$machine/etc/hostname"
    printf '127.0.0.1 localhost build\n' >"$machine/etc/hosts"
}

boot() {
    # Where systemd runs the host too, the container gets a scope of its own; elsewhere nobody could make one.
    keep=--keep-unit
    [ ! -d /run/systemd/system ] || keep=
    systemd-nspawn --quiet $keep --register=no --console=pipe --resolv-conf=off --timezone=off -D "$machine" \
        -M "ami-build-test-$$" --boot </dev/null >"$work/console.log" 2>&1 &
    container=$!
    until_true "sshd" on_machine true
}

on_machine() {
    ssh -q -i "$work/key" -p "$port" -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        ubuntu@127.0.0.1 "$@"
}

start_lab() {
    python=$("$root/tests/lab/prepare.sh" | tail -n 1)
    (cd "$root/tests/lab" && exec "$python" -m lab serve --port 0 --state-dir "$work/lab" --ready-file "$work/port" --speed 10 \
        --no-machines) >"$work/lab.log" 2>&1 &
    lab=$!
    until_true "the lab" test -s "$work/port"
    url=http://127.0.0.1:$(tr -d '\n' <"$work/port")
}

# start_build SCRIPT: begins a build whose machine is the container.
start_build() {
    cat >"$work/template.json" <<END
{
  "builders": [{
    "type": "amazon-ebs", "region": "us-east-1", "ami_name": "systemd-{{timestamp}}", "instance_type": "t3.micro",
    "source_ami_filter": {
      "filters": { "name": "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*" }, "owners": ["099720109477"], "most_recent": true
    },
    "ssh_username": "ubuntu", "ssh_host": "127.0.0.1", "ssh_port": $port, "ssh_private_key_file": "$work/key", "ssh_timeout": "20s"
  }],
  "provisioners": [{ "type": "shell", "script": "$1" }]
}
END
    env -i PATH="$PATH" HOME="$work" AWS_ACCESS_KEY_ID=lab AWS_SECRET_ACCESS_KEY=labsecretlabsecret AWS_ENDPOINT_URL="$url" \
        AMI_BUILD_ADDRESS_SERVICE="$url/checkip" AMI_BUILD_MACHINE_TIMER=10s PACKER_NO_COLOR=1 \
        "$binary" build "$work/template.json" >"$work/build.log" 2>&1 &
    build=$!
}

# Every path of the machine's disk but for logs and what the boot itself writes.
list_files() {
    (cd "$machine" && find . -xdev -path ./var/log -prune -o -path ./tmp -prune -o -path ./run -prune -o -path ./dev -prune -o -print) | sort
}

check_life() {
    echo "== a build that outlives the timer's 10 s is left alone: one timer of systemd, renewed; no login ban, no broadcast"
    cat >"$work/live.sh" <<'END'
#!/bin/sh
set -e
timers() { systemctl list-timers --no-legend 'ami-build-timer-*.timer' | wc -l; }
for second in $(seq 30); do [ "$(timers)" = 1 ] && break; sleep 1; done
for second in $(seq 25); do
    [ "$(timers)" = 1 ] || { sleep 0.5; [ "$(timers)" = 1 ]; }
    [ ! -e /run/nologin ] && [ ! -e /run/systemd/shutdown/scheduled ]
    sleep 1
done
grep -q '^unit ' /run/ami-build-timer/kept
echo "the timer was there all the time"
END
    on_machine true
    list_files >"$work/before"
    start_build "$work/live.sh"
    wait "$build" || fail "the build failed"
    grep -q 'the timer was there all the time' "$work/build.log" || fail "the provisioner did not run"
    ! grep -q Warning "$work/build.log" || fail "a warning"
}

check_traces() {
    echo "== after it nothing of the timer is left on the machine, running or on its disk"
    [ "$(on_machine "systemctl list-units --all --no-legend 'ami-build*' | wc -l")" = 0 ] || fail "a unit is left"
    [ "$(on_machine 'ps -eo args | grep -c "[a]mi-build"')" = 0 ] || fail "a process is left"
    on_machine 'test ! -e /run/ami-build-timer' || fail "files are left in memory"
    list_files >"$work/after"
    diff "$work/before" "$work/after" || fail "files are left on the disk"
    journal >"$work/journal.log"
    ! grep -qi -e 'broadcast' -e 'is going down' "$work/journal.log" || fail "somebody was told of a shutdown"
    echo "lines in the journal: $(grep -c -i 'ami-build' "$work/journal.log")"
}

check_death() {
    echo "== a build that is killed for good leaves a machine that powers itself off"
    printf '#!/bin/sh\nuntil [ -s /run/ami-build-timer/kept ]; do sleep 0.1; done\necho the timer is set\nsleep 600\n' >"$work/die.sh"
    start_build "$work/die.sh"
    until_true "the timer" grep -q 'the timer is set' "$work/build.log"
    kill -KILL "$build"
    wait "$build" 2>/dev/null || true
    begin=$(date +%s)
    status=0
    until_true "the machine to be off" sh -c "! kill -0 $container"
    wait "$container" || status=$?
    [ "$status" = 0 ] || fail "the container ended with $status"
    container=
    echo "off $(($(date +%s) - begin)) s after the kill"
    journal | grep -q -e 'Reached target .*poweroff.target' -e 'Reached target .*Power.Off' || fail "systemd did not reach its power-off"
}

journal() {
    journalctl --directory "$machine/var/log/journal" --no-pager 2>/dev/null
}

[ "$(id -u)" = 0 ] || fail "this needs root"
make_base
make_machine
start_lab
boot
check_life
check_traces
check_death
echo "systemd: all good"
