#!/bin/sh
# ami-build's stand-in in a rehearsal: the first boot is long over.
case $1 in
    status) echo "status: done" ;;
    *)
        [ -x /usr/lib/ami-build/cloud-init ] && exec /usr/lib/ami-build/cloud-init "$@"
        echo "rehearsal: cloud-init $* is not done: this machine has no cloud-init" >&2
        ;;
esac
