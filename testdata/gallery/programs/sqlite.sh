#!/usr/bin/env bash
# Tables that the shell of SQLite writes. $1 is the directory to write to.
set -euo pipefail
out=$1
setup="CREATE TABLE tracks(id INTEGER PRIMARY KEY, name TEXT, volume REAL, project_id TEXT, media_url TEXT);
INSERT INTO tracks VALUES
 (17,'Größe',55,'3','https://example.com/groesse.mp3'), (18,'Café au lait',40,'3',NULL),
 (19,'Say \"Hello\", World',0,NULL,NULL), (20,'Two'||char(10)||'lines',100,'12',NULL), (21,'Plain',NULL,'null',NULL);"
ask() { printf '%s\n' "$setup" "$@" | sqlite3 -batch :memory:; }
select='SELECT * FROM tracks;'
ask '.headers on' '.mode csv' "$select" >"$out/185-sqlite-csv.csv"
ask '.headers on' '.mode tabs' "$select" >"$out/186-sqlite-tabs.tsv"
ask '.headers on' '.mode list' "$select" >"$out/187-sqlite-list.txt"
ask '.mode json' 'SELECT id, name FROM tracks;' >"$out/188-sqlite-json.json"
ask '.headers on' '.mode csv' '.nullvalue NULL' "$select" >"$out/189-sqlite-csv-null.csv"
ask '.mode csv' "$select" >"$out/190-sqlite-csv-no-headers.csv"
ask '.headers on' '.mode box' "$select" >"$out/191-sqlite-box.txt"
ask '.mode json' "$select" >"$out/193-sqlite-json-nulls.json"
rm -f "$out/486-sqlite-database.db"
printf '%s\n' "$setup" | sqlite3 -batch "$out/486-sqlite-database.db"
