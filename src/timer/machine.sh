# What a build machine is told about its timer, as the login user, on the standard input of `sh -s`. Two lines come before:
# `order=hold` or `order=release`, and `lifetime=SECONDS`. Last, one line of answer. Any POSIX shell on Linux.
#
# All that the timer has lies on a memory disk: `timer`, what root runs; `renewed`, the uptime at which the machine last heard of
# us, which belongs to the login user so that a renewal needs no root; `kept`, who keeps the time.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

answer() {
    printf 'ami-build-timer: %s\n' "$1"
    exit 0
}

# The first of the usual memory disks that this machine has.
choose_home() {
    for disk in /run /dev/shm; do
        while read -r _ where kind _; do
            if [ "$where $kind" = "$disk tmpfs" ]; then
                home=$disk/ami-build-timer
                return
            fi
        done </proc/mounts
    done
    answer 'none memory'
}

# Whether somebody keeps the time. What cannot be seen (no bus, hidden processes) is believed.
is_kept() {
    read -r keeper name <"$home/kept" || return 1
    case $keeper in
    process) [ ! -d /proc/1 ] || grep -q ami-build-timer "/proc/$name/cmdline" ;;
    unit)
        states=$(systemctl is-active "$name.timer" "$name.service")
        [ -n "$states" ] || return 0
        for state in $states; do
            case $state in active | activating) return 0 ;; esac
        done
        return 1
        ;;
    esac
}

renew() {
    read -r now _ </proc/uptime
    echo "${now%%.*}" >"$home/renewed"
}

[ -r /proc/uptime ] && [ -r /proc/mounts ] || answer 'none means'
choose_home
case $order in
hold) if [ -w "$home/renewed" ] && is_kept && renew; then answer renewed; fi ;;
release)
    [ -e "$home" ] || answer released
    # Where root cannot be had any more, this word ends the timer at its next look.
    echo released >"$home/renewed"
    ;;
esac
as_root=
[ "$(id -u)" = 0 ] || as_root='sudo -n'
$as_root sh -s "$order" "$home" "$lifetime" "$(id -u)" <<'ROOT' || answer 'none root'
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
order=$1 home=$2 lifetime=$3 user=$4
umask 022
exec 2>/dev/null

answer() {
    printf 'ami-build-timer: %s\n' "$1"
    exit 0
}

# Ends whatever kept the time so far, and takes its files away.
drop() {
    if read -r keeper name <"$home/kept"; then
        case $keeper in
        unit) systemctl stop "$name.timer" "$name.service" ;;
        process)
            if grep -q ami-build-timer "/proc/$name/cmdline"; then kill -KILL "-$name"; fi
            for try in 1 2 3 4 5; do
                [ -d "/proc/$name" ] || break
                sleep 0.05 || sleep 1
            done
            ;;
        esac
    fi
    rm -rf "$home"
}

drop
[ "$order" = hold ] || answer released
mkdir "$home" || answer 'none memory'
cat >"$home/timer" <<'TIMER'
#!/bin/sh
# ami-build: ends this machine once the program that builds an image of it is gone for good. Nothing of this is on a disk.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
how=$1 home=$2 lifetime=$3

# How many seconds are left, by a clock that nobody sets. A renewal that is half written counts as one.
measure() {
    [ -f "$home/renewed" ] || exit 0
    read -r renewed <"$home/renewed"
    read -r now _ </proc/uptime
    now=${now%%.*}
    case $renewed in
    released) exit 0 ;;
    '' | *[!0-9]*) renewed=$now ;;
    esac
    left=$((renewed + lifetime - now))
}

# One unit is one span of time: a transient unit cannot be used again before systemd has dropped it.
wait_by_unit() {
    [ -d /run/systemd/system ] || return 1
    read -r now _ </proc/uptime
    unit=ami-build-timer-${now%%.*}${now##*.}
    systemd-run --quiet --unit="$unit" --description='ami-build: ends this machine unless renewed' \
        --on-active="$1" --timer-property=AccuracySec=1s /bin/sh "$home/timer" unit "$home" "$lifetime" || return 1
    echo "unit $unit" >"$home/kept"
}

wait_by_process() {
    command -v setsid || return 1
    setsid sh "$home/timer" process "$home" "$lifetime" </dev/null >/dev/null 2>&1 &
    for try in 1 2 3 4 5 6 7 8 9 10; do
        [ -s "$home/kept" ] && return
        # Not every `sleep` knows fractions.
        sleep 0.05 || sleep 1
    done
    return 1
}

# A service that hangs must not keep the machine alive: the polite way is followed by the others.
power_off() {
    if [ -d /run/systemd/system ]; then
        systemctl --no-wall --ignore-inhibitors poweroff || systemctl poweroff
        sleep 180
        systemctl --no-wall --force poweroff
        sleep 60
    fi
    poweroff || shutdown -h now || halt -p
    sleep 180
    poweroff -f
}

case $how in
start) wait_by_unit "$lifetime" || wait_by_process >/dev/null ;;
unit)
    measure
    if [ "$left" -gt 0 ]; then wait_by_unit "$left"; else power_off; fi
    ;;
process)
    echo "process $$" >"$home/kept"
    while measure && [ "$left" -gt 0 ]; do
        # It looks now and then, since where root is gone it is called off by a word alone.
        [ "$left" -lt 20 ] || left=20
        sleep "$left" || exit
    done
    power_off
    ;;
esac
TIMER
read -r now _ </proc/uptime
echo "${now%%.*}" >"$home/renewed"
chown "$user" "$home/renewed"
if sh "$home/timer" start "$home" "$lifetime"; then
    read -r keeper _ <"$home/kept"
    answer "held $keeper"
fi
rm -rf "$home"
answer 'none means'
ROOT
exit 0
