#!/bin/sh
# Brings back the copy BACKUPS/$1, or the newest one for "newest"; "list" only says which there are. It is restored into a new database beside the one that
# PGDATABASE names, and compared with what was counted when the copy was made; only then do the two change names. What was there
# stays as PGDATABASE_before_TIME, for whoever wants it back, until somebody drops it.
set -eu
: "${BACKUPS:?}" "${PGDATABASE:?}"
here=$(cd "$(dirname "$0")" && pwd)

name=${1:?"say which copy: its name, or newest; or list"}
if [ "$name" = list ]; then
  find "$BACKUPS" -mindepth 2 -maxdepth 2 -name database.dump -path '*Z/*' -exec sh -c \
    'for dump; do echo "$(basename "$(dirname "$dump")") $(wc -c <"$dump") bytes"; done' list {} + | LC_ALL=C sort
  exit
fi
if [ "$name" = newest ]; then
  name=$(find "$BACKUPS" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*T[0-9]*Z' -exec basename {} \; | LC_ALL=C sort | tail -n 1)
fi
case "$name" in
'' | *[!0-9TZ]*)
  echo "restore: there is no copy \"$name\" in $BACKUPS" >&2
  exit 1
  ;;
esac
sh "$here/postgres-check-backup.sh" "$name"
copy="$BACKUPS/$name"
now=$(date -u +%Y%m%dt%H%M%Sz)
target=$PGDATABASE
restored="${target}_restored_$now"
kept="${target}_before_$now"

# Everything but the restored database itself is said to the database that every cluster has.
export PGDATABASE=postgres
say() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$@"; }

# A role that is there stays as it is, its password too.
say --set=ON_ERROR_STOP=0 --file="$copy/globals.sql" 2>&1 >/dev/null | grep -v 'already exists' >&2 || true
say --set=name="$restored" <<'SQL'
CREATE DATABASE :"name" TEMPLATE template0;
SQL
undo() {
  say --set=name="$restored" --set=target="$target" <<'SQL'
DROP DATABASE IF EXISTS :"name" WITH (FORCE);
SELECT format('ALTER DATABASE %I ALLOW_CONNECTIONS true', datname) FROM pg_database WHERE datname = :'target' \gexec
SQL
  echo "restore: $target was not changed" >&2
}
trap undo EXIT

pg_restore --dbname="$restored" --single-transaction --exit-on-error "$copy/database.dump"
counted=$(mktemp)
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$restored" --file="$here/postgres-rows.sql" >"$counted"
if ! diff "$copy/rows.tsv" "$counted" >&2; then
  echo "restore: what came back is not what was copied: table, rows and sum, < as copied, > as restored" >&2
  exit 1
fi
rm -f "$counted"
psql --no-psqlrc --quiet --dbname="$restored" --command='ANALYZE'

# In one transaction: nobody ever finds no database of that name. Whoever writes to the old one is cut off first.
say --set=target="$target" --set=kept="$kept" --set=restored="$restored" <<'SQL'
SELECT count(*) > 0 AS there FROM pg_database WHERE datname = :'target' \gset
\if :there
ALTER DATABASE :"target" ALLOW_CONNECTIONS false;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :'target' \g /dev/null
BEGIN;
ALTER DATABASE :"target" RENAME TO :"kept";
ALTER DATABASE :"restored" RENAME TO :"target";
COMMIT;
ALTER DATABASE :"kept" ALLOW_CONNECTIONS true;
\else
ALTER DATABASE :"restored" RENAME TO :"target";
\endif
SQL
trap - EXIT
was=$(psql --no-psqlrc --quiet --tuples-only --no-align --set=kept="$kept" <<'SQL'
SELECT '; what was there before is ' || datname FROM pg_database WHERE datname = :'kept';
SQL
)
echo "restore: $target is $name again, $(wc -l <"$copy/rows.tsv") tables compared$was"
