#!/bin/sh
# Copies the database that PGDATABASE names into BACKUPS/TIME, proves that the copy can be read whole, and only then lets the
# oldest copies beyond BACKUP_KEEP go. A copy is there under its name or not at all: it is made beside and renamed into place.
# PGHOST, PGPORT, PGUSER, PGPASSWORD as for every program of PostgreSQL.
set -eu
umask 027
: "${BACKUPS:?}" "${BACKUP_KEEP:?}" "${PGDATABASE:?}"
here=$(cd "$(dirname "$0")" && pwd)

fail() {
  echo "backup: $1; nothing was kept of it and no older copy was removed" >&2
  exit 1
}

copies() {
  find "$BACKUPS" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*T[0-9]*Z' | LC_ALL=C sort
}

mkdir -p "$BACKUPS"
name=$(date -u +%Y%m%dT%H%M%SZ)
copy="$BACKUPS/.unfinished-$name"
# What a run left that was cut off; a run that is younger than a day may still go on.
find "$BACKUPS" -mindepth 1 -maxdepth 1 -type d -name '.unfinished-*' -mmin +1440 -exec rm -rf {} +
mkdir "$copy"
trap 'rm -rf "$copy"' EXIT

# One transaction is open meanwhile: dump and counts are of the same moment.
export copy
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file=- <<SQL >"$copy/rows.tsv" || fail "the database could not be read"
BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \\gset
\\setenv SNAPSHOT :snapshot
\\! pg_dump --snapshot="\$SNAPSHOT" --format=custom --file="\$copy/database.dump" && touch "\$copy/dumped"
\\i $here/postgres-rows.sql
SQL
[ -e "$copy/dumped" ] || fail "pg_dump ended with an error"
rm "$copy/dumped"
# What a dump of one database lacks: roles, without their passwords.
pg_dumpall --globals-only --no-role-passwords --file="$copy/globals.sql" || fail "roles could not be read"

last=$(copies | tail -n 1)
if [ ! -s "$copy/rows.tsv" ] && [ -n "$last" ] && [ -s "$last/rows.tsv" ]; then
  fail "$PGDATABASE has no tables, and the last copy has $(wc -l <"$last/rows.tsv")"
fi
# Reads every block: a list of the contents alone is at the beginning of the file.
pg_restore --file=/dev/null "$copy/database.dump" || fail "the copy cannot be read"
(cd "$copy" && sha256sum database.dump globals.sql rows.tsv >SHA256SUMS)
sync
mv "$copy" "$BACKUPS/$name" || fail "the copy could not be put in its place"
trap - EXIT
sh "$here/postgres-check-backup.sh" "$name" || fail "the copy is not what was written"

copies | head -n "-$BACKUP_KEEP" | while read -r old; do
  rm -rf "$old"
  echo "backup: removed $(basename "$old"), the oldest of more than $BACKUP_KEEP"
done
bytes=$(wc -c <"$BACKUPS/$name/database.dump")
sh "$here/succeeded.sh" backup "upkeep_backup_size_bytes $((bytes))"
echo "backup: $name of $PGDATABASE, $((bytes)) bytes, $(wc -l <"$BACKUPS/$name/rows.tsv") tables"
