#!/bin/sh
# Says whether the copy BACKUPS/$1 is whole: all its files are there, as they were written, and the dump can be read to its end.
set -eu
: "${BACKUPS:?}"
copy="$BACKUPS/$1"

refuse() {
  echo "backup $1 is refused: $2; take another one, kubectl logs of earlier runs name them" >&2
  exit 1
}

[ -d "$copy" ] || refuse "$1" "there is no such copy in $BACKUPS"
for file in database.dump globals.sql rows.tsv SHA256SUMS; do
  [ -e "$copy/$file" ] || refuse "$1" "$file is missing"
done
(cd "$copy" && sha256sum --check --quiet --strict SHA256SUMS) >&2 ||
  refuse "$1" "a file is not as it was written (its checksum differs)"
pg_restore --file=/dev/null "$copy/database.dump" || refuse "$1" "the dump cannot be read to its end"
