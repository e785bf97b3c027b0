#!/bin/sh
# Restores the newest copy into a PostgreSQL of its own, in SCRATCH, by the script that would restore it for real, and compares it.
set -eu
: "${BACKUPS:?}" "${SCRATCH:?}" "${PGDATABASE:?}" "${PGUSER:?}"
here=$(cd "$(dirname "$0")" && pwd)

data="$SCRATCH/data"
export PGHOST="$SCRATCH" PGPORT=5432
unset PGPASSWORD
initdb --pgdata="$data" --username="$PGUSER" --auth=trust --no-sync >/dev/null
# No port on any network: only this pod's own folder leads to it.
pg_ctl --pgdata="$data" --wait --silent --log="$SCRATCH/log" \
  --options="-c listen_addresses='' -c unix_socket_directories='$SCRATCH' -c fsync=off" start
trap 'pg_ctl --pgdata="$data" --mode=immediate --silent stop; rm -rf "$data"' EXIT

sh "$here/postgres-restore.sh" newest
rows=$(psql --no-psqlrc --quiet --file="$here/postgres-rows.sql" | awk -F '\t' '{ rows += $2 } END { print rows + 0 }')
sh "$here/succeeded.sh" restore-test "upkeep_restored_rows $rows"
echo "restore test: $rows rows came back"
