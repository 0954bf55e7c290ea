#!/usr/bin/env bash
# Shows the plan in a comment on pull request NUMBER, and replaces the comment of an earlier
# plan. NAME tells the comments of several jobs apart.
set -euo pipefail
if [ ! -f "$PLAN" ]; then
	exit 0 # the step before has said why
fi
mark="<!-- tracksync $NAME -->"
body=$(mktemp)
{ echo "$mark"; cat "$PLAN"; } >"$body"
comments=repos/$GITHUB_REPOSITORY/issues
if ! earlier=$(MARK=$mark gh api --paginate "$comments/$NUMBER/comments" \
	--jq '.[] | select(.body | startswith(env.MARK)) | .id' | head -n 1); then
	earlier=
fi
if [ -n "$earlier" ]; then
	set -- --method PATCH "$comments/comments/$earlier"
else
	set -- --method POST "$comments/$NUMBER/comments"
fi
if ! gh api "$@" --field "body=@$body" --silent; then
	echo "::warning::tracksync: the plan cannot be shown on the pull request; does the job have pull-requests: write?"
fi
