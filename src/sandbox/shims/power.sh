#!/bin/sh
# ami-build's stand-in in a rehearsal: the machine restarts or ends, and this computer does not.
name=${0##*/}
signal=PWR
when=now
[ "$name" = reboot ] && signal=INT
for word; do
    case $word in
        6) [ "$name" = telinit ] && signal=INT ;;
        -w | --wtmp-only | -k | -c) exit 0 ;;
        --reboot) signal=INT ;;
        --help) echo "usage: $name"; exit 0 ;;
        --*) ;;
        -*r*) [ "$name" = shutdown ] && signal=INT ;;
        now | +[0-9]*) when=$word ;;
    esac
done
if [ "$(id -u)" != 0 ]; then
    echo "$name: must be root" >&2
    exit 1
fi
case $when in
    # Then it waits for its end: what comes after it in a script would not run on a machine that is gone.
    now | +0) kill -s "$signal" 1 && sleep 30 ;;
    *)
        echo "$name: scheduled in ${when#+} min" >&2
        minutes=${when#+}
        (sleep $((minutes * 60)); kill -s "$signal" 1) </dev/null >/dev/null 2>&1 &
        ;;
esac
