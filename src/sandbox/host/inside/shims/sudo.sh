#!/bin/sh
# ami-build's stand-in in a rehearsal: whoever calls it is root already, and nobody else can be had.
login=
user=root
keep=
while [ $# -gt 0 ]; do
    case $1 in
        --) shift; break ;;
        -u | -g | -U | -C | -h | -p | -r | -t | -T | -R | -D) [ "$1" = -u ] && user=$2; shift 2 ;;
        --user=*) user=${1#*=}; shift ;;
        -i | --login) login=yes; shift ;;
        -s | --shell) login=${login:-shell}; shift ;;
        -E | --preserve-env*) keep=yes; shift ;;
        -v | --validate | -k | -K | -l | --list) exit 0 ;;
        -*[iI]*) login=yes; shift ;;
        -*E*) keep=yes; shift ;;
        -*) shift ;;
        *=*) export "$1"; shift ;;
        *) break ;;
    esac
done
home=$(sed -n "s/^$user:[^:]*:[^:]*:[^:]*:[^:]*:\([^:]*\):.*/\1/p" /etc/passwd)
SUDO_USER=${USER:-root} SUDO_UID=0 SUDO_GID=0 USER=$user LOGNAME=$user
export SUDO_USER SUDO_UID SUDO_GID USER LOGNAME
[ -z "$keep" ] && [ -n "$home" ] && HOME=$home && export HOME
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
export PATH
if [ "$login" = yes ]; then cd "${home:-/}" || cd /; fi
if [ -n "$login" ]; then
    if [ $# -gt 0 ]; then exec "${SHELL:-/bin/sh}" -c "$*"; fi
    exec "${SHELL:-/bin/sh}"
fi
exec "$@"
