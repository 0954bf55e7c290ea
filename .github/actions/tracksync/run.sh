#!/usr/bin/env bash
# Runs tracksync. What the action was given comes as variables, so that no text of it is ever
# read as a command: COMMAND (plan, sync or validate), MANIFESTS, OPTIONS and SYNC_OPTIONS (one
# a line), DIRECTORY, and BEYONDWORDS_API_KEY.
set -euo pipefail
command=("$COMMAND")
case $COMMAND in
plan)
	rm -rf "$DIRECTORY/run" # of the last sync, with its state out of the cache
	command+=(--state "$DIRECTORY/state" --save "$DIRECTORY/plan.yaml" --md "$DIRECTORY/plan.md")
	;;
sync)
	# The run of an earlier attempt of this job goes on; one of another job is not ours.
	if [ "$(cat "$DIRECTORY/run-id" 2>/dev/null)" != "$GITHUB_RUN_ID" ]; then
		rm -rf "$DIRECTORY/run"
		echo "$GITHUB_RUN_ID" >"$DIRECTORY/run-id"
	fi
	command+=(--yes --out "$DIRECTORY/run" --continue --skip-unchanged --state "$DIRECTORY/state")
	OPTIONS+=$'\n'$SYNC_OPTIONS
	;;
esac
while IFS= read -r option; do
	[ -z "$option" ] || command+=("$option")
done <<<"$OPTIONS"
command+=(--)
while IFS= read -r manifest; do
	[ -z "$manifest" ] || command+=("$manifest")
done <<<"$MANIFESTS"
exec tracksync "${command[@]}"
