#!/usr/bin/env bash
# Builds tracksync from the repository of this action.
set -euo pipefail
mkdir -p "$RUNNER_TEMP/tracksync-bin"
CGO_ENABLED=0 go build -C "$GITHUB_ACTION_PATH/../../.." -trimpath -o "$RUNNER_TEMP/tracksync-bin/" .
echo "$RUNNER_TEMP/tracksync-bin" >>"$GITHUB_PATH"
