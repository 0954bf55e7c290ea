# What the scripts beside it share: a built tracksync in a directory of its own, a
# sandbox in another process, manifests, and figures from a summary. It is sourced
# from the repository's root, and leaves the shell in that directory.

work=$(mktemp -d)
sandbox=
cleanup() {
	[ -z "$sandbox" ] || kill "$sandbox" 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT
go build -o "$work/tracksync" .
cd "$work"
export BEYONDWORDS_API_KEY=write_ci TRACKSYNC_LOCK_DIR=$work/locks

# manifest ROWS [CHANGED]: tracks with names, the first CHANGED of them with other volumes
manifest() {
	echo "id,name,volume"
	for ((i = 1; i <= $1; i++)); do echo "$i,Track $i,$((i <= ${2:-0} ? (i + 50) % 101 : i % 101))"; done
}

# serve FLAGS...: a new sandbox with the tracks of tracks.csv, in the place of the
# one before
serve() {
	[ -z "$sandbox" ] || { kill "$sandbox" && wait "$sandbox"; } 2>/dev/null || true
	rm -f url
	mkfifo url
	./tracksync sandbox --listen 127.0.0.1:0 --log-level error "$@" tracks.csv >url &
	sandbox=$!
	read -r BEYONDWORDS_BASE_URL <url
	export BEYONDWORDS_BASE_URL
}

# field FILE NAME: a number of a flat field of indented JSON
field() { sed -n "s/^ *\"$2\": \([0-9.]*\),*$/\1/p" "$1" | head -n 1; }

fail() {
	echo "FAILED: $*"
	exit 1
}
