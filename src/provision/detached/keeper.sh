# Runs one script apart from the SSH session. ami-build puts this beside the script, and removes it afterwards.
# It makes do with a POSIX shell and the tools of busybox. The whole of it is functions, so that it is read before it acts.

folder=${0%/*}
boot_id=/proc/sys/kernel/random/boot_id

say() { printf 'ami-build: %s\n' "$*"; }

# Shorter where `sleep` knows fractions.
nap() { sleep 0.1 2>/dev/null || sleep 1; }

boot() { id=; { read -r id <$boot_id; } 2>/dev/null; echo "$id"; }

# In memory where that can be written to: an image that is made meanwhile holds nothing of it.
find_state() {
  for place in /run /dev/shm "$folder"; do
    state=$place/ami-build-$name
    [ -d "$state" ] && return 0
  done
  return 1
}

make_state() {
  for place in /run /dev/shm "$folder"; do
    state=$place/ami-build-$name
    [ "$place" = "$folder" ] || has_room "$place" || continue
    (umask 077 && mkdir "$state") 2>/dev/null && return 0
  done
  return 1
}

# 64 MiB: the script is held back before it has filled half of that.
has_room() {
  df -Pk "$1" 2>/dev/null | { read -r _ && read -r _ _ _ free _ && [ "${free:-0}" -ge 65536 ]; } 2>/dev/null
}

# May be asked again after a lost answer: the script is started once, and only in the boot that it was meant for.
start() {
  if ! find_state; then
    [ "$(boot)" = "$1" ] || { say gone; return; }
    make_state || { say "failed: no directory can be made in /run, /dev/shm or $folder"; return; }
  fi
  [ -d "$state/claimed" ] || { sh "$0" launch "$state" </dev/null >/dev/null; } 2>/dev/null
  naps=0
  until [ -e "$state/keeper" ]; do
    naps=$((naps + 1))
    [ $naps -le 100 ] || { say "failed: $(tail -n 1 "$state/log" 2>/dev/null)"; return; }
    nap
  done
  [ ! -t 1 ] || say terminal
  say started
}

# The keeper outlives its parent, which kills itself: a command with `&` would ignore SIGINT, and so would the script.
launch() {
  command -v setsid >/dev/null 2>&1 || trap '' HUP
  keep_apart "$1" | kill -9 $$
}

keep_apart() {
  if command -v setsid >/dev/null 2>&1; then
    exec setsid sh "$0" keep "$1" >/dev/null 2>"$1/log"
  fi
  exec sh "$0" keep "$1" >/dev/null 2>"$1/log"
}

keep() {
  state=$1
  mkdir "$state/claimed" || return
  boot >"$state/boot"
  echo 0 >"$state/next"
  echo 0 >"$state/fetched"
  mkfifo "$state/o" "$state/e" "$state/turn" || return
  exec 9<>"$state/turn" || return
  echo >&9
  pump o <"$state/o" &
  pump e <"$state/e" &
  echo $$ >"$state/keeper.new" && mv "$state/keeper.new" "$state/keeper"
  run_apart "${SHELL:-/bin/sh}" -c "$command"
  status=$?
  wait
  until echo $status >"$state/end.new" && mv "$state/end.new" "$state/end"; do sleep 1; done
  linger
}

# In a session of its own, so that a script that kills its process group does not kill us.
run_apart() {
  set -- sh -c 'echo $$ >"$0"; exec "$@"' "$state/script" "$@"
  ! command -v setsid >/dev/null 2>&1 || set -- setsid "$@"
  # In a subshell: what this shell says of a child that was killed is not the child's output.
  (exec "$@" </dev/null >"$state/o" 2>"$state/e" 9>&-)
}

# Whoever logs out takes his files in /dev/shm with him, by systemd's RemoveIPC; a process of his keeps them there.
linger() {
  seconds=0
  while [ -d "$state" ] && [ $seconds -lt 3600 ]; do
    sleep 1
    seconds=$((seconds + 1))
  done
  rm -rf "$state" "$0"
}

# Cuts one output into numbered pieces as it comes. Both outputs share the numbers, and so their order is kept.
pump() {
  while :; do
    if dd bs=65536 count=1 of="$state/$1.new" 2>/dev/null; then
      [ -s "$state/$1.new" ] || break
    else
      : >"$state/gap"
      [ -s "$state/$1.new" ] || { sleep 1; continue; }
    fi
    read -r _ <&9
    read -r number <"$state/next"
    mv "$state/$1.new" "$state/$number.$1"
    echo $((number + 1)) >"$state/next"
    echo >&9
    wait_for_room "$number"
  done
  rm -f "$state/$1.new"
}

# 16 MiB may wait to be fetched. After that the script waits, as it does for a slow connection.
wait_for_room() {
  while read -r fetched <"$state/fetched" && [ $(($1 - fetched)) -gt 200 ] && [ "$(kilobytes)" -gt 16384 ]; do
    nap
  done
}

kilobytes() {
  # shellcheck disable=SC2046
  set -- $(du -sk "$state" 2>/dev/null)
  echo "${1:-0}"
}

# Prints what came from piece $1 on, without its first $2 bytes, which have been fetched, as have all pieces before.
follow() {
  [ ! -t 1 ] || stty -opost
  find_state || { say gone; return; }
  { read -r booted <"$state/boot" && [ "$booted" = "$(boot)" ]; } || { say gone; return; }
  read -r keeper <"$state/keeper"
  forget "$1"
  number=$1 skip=$2 sent=0 naps=0
  while [ $sent -lt 128 ] && [ $naps -lt 600 ]; do
    ended=
    [ -e "$state/end" ] && ended=yes
    if [ -e "$state/$number.o" ]; then
      print_piece o
    elif [ -e "$state/$number.e" ]; then
      print_piece e
    elif [ $ended ]; then
      [ ! -e "$state/gap" ] || say gap
      read -r status <"$state/end" && say "end $status"
      return
    else
      rest || return
    fi
  done
  say more
}

print_piece() {
  size=$(wc -c <"$state/$number.$1")
  say "$1 $number $((size - skip))"
  if [ "$skip" = 0 ]; then cat "$state/$number.$1"; else tail -c +$((skip + 1)) "$state/$number.$1"; fi
  number=$((number + 1)) skip=0 sent=$((sent + 1))
}

# A sign of life once in a while; fails where the keeper was killed.
rest() {
  naps=$((naps + 1))
  nap
  [ $((naps % 10)) = 0 ] || return 0
  if kill -0 "$keeper" 2>/dev/null || [ -e "$state/end" ]; then
    say alive
  else
    say lost
    return 1
  fi
}

forget() {
  read -r old <"$state/fetched"
  names=
  while [ "$old" -lt "$1" ]; do
    names="$names $state/$old.o $state/$old.e"
    old=$((old + 1))
  done
  echo "$1" >"$state/fetched.new" && mv "$state/fetched.new" "$state/fetched"
  # shellcheck disable=SC2086
  [ -z "$names" ] || rm -f $names
}

# Ends the script and all that belongs to its session.
stop() {
  find_state || return 0
  keeper= script=
  { read -r keeper <"$state/keeper"; } 2>/dev/null
  naps=0
  while signal KILL "$keeper" && [ $naps -lt 5 ]; do
    naps=$((naps + 1))
    nap
  done
  { read -r script <"$state/script"; } 2>/dev/null
  signal TERM "$script"
  naps=0
  while [ "$(session_of "$script")" ] && [ $naps -lt 8 ]; do
    naps=$((naps + 1))
    nap
  done
  signal KILL "$script"
  rm -rf "$state"
  say stopped
}

# Fails where the session is empty. What runs as root is out of reach without sudo.
signal() {
  members=$(session_of "$2")
  [ "$members" ] || return 1
  # shellcheck disable=SC2086
  kill "-$1" $members 2>/dev/null || sudo -n kill "-$1" $members >/dev/null 2>&1
  return 0
}

session_of() {
  leader=${1:-none}
  for stat in /proc/[0-9]*/stat; do
    read -r line <"$stat" || continue
    # After the name, which may hold blanks: state, parent, group, session.
    # shellcheck disable=SC2086
    set -- ${line##*) }
    [ "$4" != "$leader" ] || [ "$1" = Z ] || { stat=${stat#/proc/}; echo "${stat%/stat}"; }
  done 2>/dev/null
}

clean() {
  find_state || return 0
  { read -r keeper <"$state/keeper" && kill "$keeper"; } 2>/dev/null
  rm -rf "$state"
}

action=$1
shift
"$action" "$@"
exit
