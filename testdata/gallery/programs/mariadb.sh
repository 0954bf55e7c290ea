#!/usr/bin/env bash
# Tables that MariaDB writes (MySQL writes the same). $1 is the directory to write to. A
# server with an empty directory of its own runs meanwhile, on a socket and no port.
set -euo pipefail
out=$1
home=$(mktemp -d)
user=$(id -un); [ "$user" != root ] || user=mysql
[ "$(id -u)" != 0 ] || chown mysql "$home"
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$home"' EXIT
mariadb-install-db --no-defaults --user="$user" --datadir="$home/data" --auth-root-authentication-method=normal \
	>/dev/null 2>&1
/usr/sbin/mariadbd --no-defaults --user="$user" --datadir="$home/data" --socket="$home/socket" --skip-networking \
	--pid-file="$home/pid" --secure-file-priv= --character-set-server=utf8mb4 >"$home/log" 2>&1 &
server=$!
for _ in $(seq 100); do [ -S "$home/socket" ] && break; sleep 0.2; done
ask() { mariadb --no-defaults --socket="$home/socket" -u root --default-character-set=utf8mb4 "$@"; }
ask -e "CREATE DATABASE d CHARACTER SET utf8mb4; USE d;
CREATE TABLE tracks(id bigint PRIMARY KEY, name text, volume double, project_id bigint, media_url text);
INSERT INTO tracks VALUES (17,'Größe',55,3,'https://example.com/groesse.mp3'), (18,'Café au lait',40,3,NULL),
 (19,'Say \"Hello\", World',0,NULL,NULL), (20,'Two\nlines\tand \\\\ a backslash',100,12,NULL), (21,'',NULL,NULL,NULL);"
head="SELECT 'id','name','volume','project_id','media_url' UNION ALL SELECT * FROM tracks"
into() { ask d -e "$2 INTO OUTFILE '$home/data/o' CHARACTER SET utf8mb4 $3"; cat "$home/data/o" >"$out/$1"; rm "$home/data/o"; }
into 202-mariadb-outfile.tsv "SELECT * FROM tracks" ""
into 203-mariadb-outfile-header.tsv "$head" ""
into 204-mariadb-outfile-csv.csv "$head" "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"'"
into 205-mariadb-outfile-csv-quotes.csv "$head" "FIELDS TERMINATED BY ',' ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\r\n'"
ask d --batch -e "SELECT * FROM tracks" >"$out/206-mariadb-batch.tsv"
ask d --table -e "SELECT id, name, volume FROM tracks WHERE id < 20" >"$out/207-mariadb-table.txt"
ask d --batch --raw -e "SELECT id, name, volume FROM tracks WHERE id < 20" >"$out/208-mariadb-batch-raw.tsv"
