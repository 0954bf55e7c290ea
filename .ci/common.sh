# Shared by the scripts in this directory: builds tracksync in a temporary directory,
# starts a sandbox in another process, writes manifests and reads figures from a summary.
# Source it from the repository's root; it changes to the temporary directory.

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

# manifest ROWS [CHANGED]: a manifest; the first CHANGED rows have other volumes
manifest() {
	echo "id,name,volume"
	for ((i = 1; i <= $1; i++)); do echo "$i,Track $i,$((i <= ${2:-0} ? (i + 50) % 101 : i % 101))"; done
}

# serve FLAGS...: starts a sandbox with the tracks of tracks.csv, after ending the one before
serve() {
	[ -z "$sandbox" ] || { kill "$sandbox" && wait "$sandbox"; } 2>/dev/null || true
	rm -f url
	mkfifo url
	./tracksync sandbox --listen 127.0.0.1:0 --log-level error "$@" tracks.csv >url &
	sandbox=$!
	read -r BEYONDWORDS_BASE_URL <url
	export BEYONDWORDS_BASE_URL
}

# field FILE NAME: prints the number of a top-level field of indented JSON
field() { sed -n "s/^ *\"$2\": \([0-9.]*\),*$/\1/p" "$1" | head -n 1; }

fail() {
	echo "FAILED: $*"
	exit 1
}
