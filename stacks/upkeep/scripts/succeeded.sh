#!/bin/sh
# Tells that the chore $1 succeeded just now, and further gauges ("NAME VALUE" each), as a text file for Prometheus' textfile
# collector; nothing where no METRICS folder is given. Written beside and renamed: nobody reads half of it.
set -eu
[ -n "${METRICS:-}" ] || exit 0
umask 022
chore=$1
shift
mkdir -p "$METRICS"
file="$METRICS/$chore.prom"
{
  echo "# HELP upkeep_last_success_timestamp_seconds When a chore last succeeded, in seconds since 1970."
  echo "# TYPE upkeep_last_success_timestamp_seconds gauge"
  echo "upkeep_last_success_timestamp_seconds{chore=\"$chore\"} $(date +%s)"
  for gauge in "$@"; do
    case "${gauge% *}" in
    upkeep_backup_size_bytes) echo "# HELP upkeep_backup_size_bytes Size of the last copy, compressed." ;;
    upkeep_restored_rows) echo "# HELP upkeep_restored_rows Rows that the last restore test brought back." ;;
    esac
    echo "# TYPE ${gauge% *} gauge"
    echo "$gauge"
  done
} >"$file.unfinished"
mv "$file.unfinished" "$file"
