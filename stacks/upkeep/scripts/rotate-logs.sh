#!/bin/sh
# Closes each log file in LOGS: what it holds is compressed beside it under the time, proven to be readable, and only then is the
# file made empty; of each file the newest LOG_KEEP stay. The file itself stays the same one, so that who writes to it needs no
# signal: it must append, and a line that is written between the two steps is lost.
set -eu
umask 027
: "${LOGS:?}" "${LOG_KEEP:?}"

now=$(date -u +%Y%m%dT%H%M%SZ)
find "$LOGS" -type f -name '*.log' -size +0c | while read -r log; do
  closed="$log-$now.gz"
  if ! gzip -c "$log" >"$closed.unfinished" || ! gzip -t "$closed.unfinished"; then
    rm -f "$closed.unfinished"
    echo "log rotation: $log could not be compressed; it was left as it is" >&2
    exit 1
  fi
  mv "$closed.unfinished" "$closed"
  : >"$log"
  # By name: the time is its end.
  find "$(dirname "$log")" -maxdepth 1 -type f -name "$(basename "$log")-[0-9]*Z.gz" | LC_ALL=C sort |
    head -n "-$LOG_KEEP" | while read -r old; do rm -f "$old"; done
  echo "log rotation: $log"
done
sh "$(dirname "$0")/succeeded.sh" log-rotation
