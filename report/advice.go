package report

import (
	"fmt"
	"slices"

	"tracksync/internal/track"
)

// Advice is what to do about a row that ended without success; "" for one that was not
// attempted, and for a success.
func Advice(r track.Result) string {
	code, field := "", "the row"
	if e := r.Error; e != nil {
		code = e.Code
		if slices.Contains(track.Columns(), e.Field) {
			field = "the " + words(e.Field)
		}
	}
	switch r.Status {
	case track.Invalid:
		return fmt.Sprintf("correct %s in the manifest", field)
	case track.Drifted:
		return "somebody else changed the track: look at it, then plan again, or send the row with --force"
	case track.NotApplied:
		return "compare the track with the row: the service kept another value"
	case track.Unknown:
		return "run the row again: it sets the same values once more"
	case track.Failed:
		return adviceOnFailure(r, code, field)
	}
	return ""
}

// adviceOnFailure is what to do about a row that was refused, or whose attempts are used up.
func adviceOnFailure(r track.Result, code, field string) string {
	switch {
	case code == "not_found":
		return "check the id: this account has no such track"
	case code == "forbidden":
		return "ask for the right to change this track"
	case code == "redirect":
		return "check the base URL"
	case r.Error != nil && r.Error.Retryable:
		return "run the row again"
	}
	return fmt.Sprintf("correct %s in the manifest, and run it again", field)
}
