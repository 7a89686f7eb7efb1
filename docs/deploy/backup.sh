#!/bin/sh
# Copy a running Kaimen on SQLite into FOLDER/<moment>/: the database first, then the files that it names.
# Usage: KAIMEN_VAR=/var/lib/kaimen backup.sh /var/backups/kaimen
# The field key is not copied, on purpose: it must not lie beside the data.
set -eu
to="$1/$(date +%Y%m%d-%H%M%S)"
umask 077
mkdir -p "$to"
# SQLite's online backup reads one consistent state while others go on writing; a plain copy of the file would not.
python3 - "$KAIMEN_VAR/kaimen.sqlite3" "$to/kaimen.sqlite3" <<'PYTHON'
import pathlib, sqlite3, sys

kept = sqlite3.connect(pathlib.Path(sys.argv[1]).absolute().as_uri() + "?mode=ro", uri=True, timeout=60)
copy = sqlite3.connect(sys.argv[2])
kept.backup(copy)
if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
    sys.exit("the copy is damaged")
PYTHON
[ ! -d "$KAIMEN_VAR/media" ] || tar -C "$KAIMEN_VAR" -czf "$to/media.tar.gz" --exclude media/tables media
touch "$to/complete"
# Thirty nights stay here; keep older ones elsewhere if a rule asks for them.
find "$1" -mindepth 1 -maxdepth 1 -type d -name '20*' -mtime +30 -exec rm -r {} +
echo "$to"
