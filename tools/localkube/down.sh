#!/usr/bin/env bash
# Ends exactly the processes that up.sh started in STATE_DIR (this boot, pid and start time must all match) and
# removes STATE_DIR, unless KEEP=1.   down.sh STATE_DIR
# FAST=1: KILL at once; nothing of a throw-away cluster needs a tidy end.
set -euo pipefail
STATE=${1:?usage: down.sh STATE_DIR}
[ -f "$STATE/pids" ] || { echo "down.sh: no pids in $STATE" >&2; exit 1; }
boot=$(cat "$STATE/boot" 2>/dev/null || true)
same() { # PID START_TIME: still that process, and not only a zombie whose threads have all ended
  local state= start=
  [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] || return 1
  read -r state start < <(awk '{sub(/.*\) /,""); print $1, $20}' "/proc/$1/stat" 2>/dev/null) || return 1
  [ "$start" = "$2" ] && { [ "$state" != Z ] || [ "$(ls "/proc/$1/task" 2>/dev/null | wc -l)" -gt 1 ]; }
}
sig() { while read -r _ pid st; do if same "$pid" "$st"; then kill "-$1" "$pid" 2>/dev/null || true; fi; done; }
gone() { # SECONDS, then KILL what is left
  local rows; rows=$(cat)
  for _ in $(seq 1 "$(( $1 * 10 ))"); do
    local left=; while read -r _ pid st; do if same "$pid" "$st"; then left=1; fi; done <<<"$rows"
    [ -z "$left" ] && return; sleep 0.1
  done
  echo "down.sh: still there after $1 s, killed" >&2; sig KILL <<<"$rows"
}
all=$(cat "$STATE/pids")
if [ "${FAST:-}" = 1 ]; then sig KILL <<<"$all"; gone 5 <<<"$all"
else
  rest=$(grep -v '^etcd ' <<<"$all" || true); store=$(grep '^etcd ' <<<"$all" || true)
  sig TERM <<<"$rest"; gone 15 <<<"$rest"      # etcd goes last: kube-apiserver needs it to end tidily
  sig TERM <<<"$store"; gone 10 <<<"$store"
fi
if [ "${KEEP:-}" = 1 ]; then rm -f "$STATE/pids"; else rm -rf "$STATE"; fi
