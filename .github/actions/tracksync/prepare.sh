#!/usr/bin/env bash
# Decides what the action does. COMMAND and NAME are its inputs, and HAS_KEY is true if there
# is a key.
set -euo pipefail
case $COMMAND in
auto)
	case $GITHUB_EVENT_NAME in
	pull_request*) COMMAND=plan ;;
	*) COMMAND=sync ;;
	esac
	if [ "$COMMAND" = plan ] && [ "$HAS_KEY" != true ]; then
		echo "::notice::tracksync: there is no key here, so the manifests are only validated"
		COMMAND=validate
	fi
	;;
plan | sync | validate) ;;
*)
	echo "::error::tracksync: the input command is auto, plan, sync or validate"
	exit 2
	;;
esac
build=true
! command -v tracksync >/dev/null || build=false
directory=$RUNNER_TEMP/tracksync/$NAME
mkdir -p "$directory"
{
	echo "command=$COMMAND"
	echo "build=$build"
	echo "directory=$directory"
} >>"$GITHUB_OUTPUT"
