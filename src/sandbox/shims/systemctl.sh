#!/bin/sh
# ami-build's stand-in in a rehearsal: no systemd runs here. What only changes files is done by the real one.
real=/usr/lib/ami-build/systemctl
started=/run/ami-build-started
case ${0##*/} in
    systemctl) ;;
    reboot | poweroff | halt | shutdown) exec /bin/sh "/usr/sbin/${0##*/}" "$@" ;;
esac

verb=
units=
now=
for word; do
    case $word in
        --now) now=yes ;;
        -*) ;;
        *) if [ -z "$verb" ]; then verb=$word; else units="$units $word"; fi ;;
    esac
done

note() { echo "rehearsal: $*" >&2; }

known() {
    unit=$1
    case $unit in *.*) ;; *) unit=$unit.service ;; esac
    case $unit in *@*.*) unit=${unit%%@*}@.${unit##*.} ;; esac
    for directory in /etc /run /usr/local/lib /usr/lib /lib; do
        [ -e "$directory/systemd/system/$unit" ] && return 0
    done
    [ -x "/etc/init.d/${unit%.service}" ]
}

must_be_known() {
    for unit in $units; do
        if ! known "$unit"; then
            echo "Failed to $verb $unit: Unit $unit not found." >&2
            exit 5
        fi
    done
}

must_be_root() {
    [ "$(id -u)" = 0 ] && return
    echo "Failed to $verb$units: Interactive authentication required." >&2
    exit 1
}

start() {
    for unit in $units; do
        echo "${unit%.service}" >>"$started"
        note "$unit is not started: no systemd runs here"
    done
}

stop() {
    for unit in $units; do
        [ -f "$started" ] || continue
        grep -vxF "${unit%.service}" "$started" >"$started.new"
        mv "$started.new" "$started"
    done
}

case $verb in
    "" | show | show-environment | list-* | is-* | status | cat | help | get-default) ;;
    *) must_be_root ;;
esac

case $verb in
    reboot | kexec | soft-reboot) exec /usr/sbin/reboot ;;
    poweroff | halt) exec /usr/sbin/poweroff ;;
    start | restart | reload-or-restart | condrestart | try-restart) must_be_known; start ;;
    stop | kill) must_be_known; stop ;;
    reload | try-reload-or-restart | reload-or-try-restart | force-reload) must_be_known ;;
    daemon-reload | daemon-reexec | reset-failed | set-property | isolate | set-environment | unset-environment | import-environment) ;;
    is-system-running) echo running ;;
    is-active | is-failed | status)
        code=0
        for unit in $units; do
            if [ -f "$started" ] && grep -qxF "${unit%.service}" "$started"; then state=active; else state=inactive; code=3; fi
            case " $* " in *" --quiet "* | *" -q "*) ;; *) echo "$state" ;; esac
        done
        [ "$verb" = is-failed ] && exit 1
        exit $code
        ;;
    "" | show | show-environment | list-units | list-timers | list-sockets | list-jobs | list-dependencies) ;;
    *)
        if [ -x "$real" ]; then
            for word; do
                shift
                [ "$word" = --now ] || set -- "$@" "$word"
            done
            SYSTEMD_OFFLINE=1 "$real" --root=/ "$@" || exit
        else
            note "$verb$units is not done: this machine has no systemctl"
        fi
        case $verb$now in enableyes) start ;; disableyes | maskyes) stop ;; esac
        ;;
esac
exit 0
