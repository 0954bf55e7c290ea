#!/usr/bin/env bash
# Decides what the action does. COMMAND is its input, and HAS_KEY is true if there is a key.
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
mkdir -p "$RUNNER_TEMP/tracksync"
{
	echo "command=$COMMAND"
	echo "build=$build"
	echo "directory=$RUNNER_TEMP/tracksync"
} >>"$GITHUB_OUTPUT"
