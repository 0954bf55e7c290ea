#!/usr/bin/env bash
# Tables that PostgreSQL's COPY and psql write. $1 is the directory to write to. A server
# with an empty directory of its own runs meanwhile, on a socket and no port.
set -euo pipefail
out=$1
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
home=$(mktemp -d)
as() { if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi; }
[ "$(id -u)" != 0 ] || chown postgres "$home"
trap 'as "$bin/pg_ctl" -D "$home/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$home"' EXIT
cd "$home"
as "$bin/initdb" -D "$home/data" -E UTF8 --locale=C.UTF-8 --auth=trust -U postgres >/dev/null
as "$bin/pg_ctl" -D "$home/data" -l "$home/log" -o "-k $home -h ''" -w start >/dev/null
ask() { as psql -X -q -h "$home" -U postgres -v ON_ERROR_STOP=1 "$@"; }
ask -c "CREATE TABLE tracks(id bigint PRIMARY KEY, name text, volume numeric(5,1), project_id bigint, media_url text)" \
	-c "INSERT INTO tracks VALUES (17,'Größe',55,3,'https://example.com/groesse.mp3'), (18,'Café au lait',40,3,NULL),
	 (19,'Say \"Hello\", World',0,NULL,NULL), (20,E'Two\nlines\tand \\\\ a backslash',100,12,NULL), (21,'',NULL,NULL,NULL)"
ask -c "COPY tracks TO STDOUT" >"$out/194-postgres-copy-text.tsv"
ask -c "COPY tracks TO STDOUT (HEADER)" >"$out/195-postgres-copy-text-header.tsv"
ask -c "COPY tracks TO STDOUT (FORMAT csv, HEADER)" >"$out/196-postgres-copy-csv.csv"
ask -c "\\copy tracks to pstdout csv header delimiter ';' force quote *" >"$out/197-psql-copy-quoted.csv"
ask -c "COPY tracks TO STDOUT (FORMAT csv, HEADER, NULL 'NULL')" >"$out/198-postgres-copy-null.csv"
ask --csv -c "SELECT * FROM tracks" >"$out/199-psql-csv.csv"
ask -c "SELECT id, name, volume FROM tracks WHERE id < 20" >"$out/200-psql-aligned.txt"
ask -A -F ',' -c "SELECT id, name, volume FROM tracks WHERE id < 20" >"$out/201-psql-unaligned.csv"
