package cli

import (
	"tracksync/internal/flags"
	"tracksync/internal/safe"
)

// removeOldRuns does what --keep asks for. That it cannot is no failure of the run.
func (r *syncRun) removeOldRuns() {
	if r.keep == 0 {
		return
	}
	var options []string
	for _, name := range fileFlags {
		options = append(options, flags.RecordedName(name))
	}
	n, err := r.session.Prune(r.keep, options)
	if err != nil {
		r.log.Warn().Str("error", safe.ErrorLine(err)).Msg("old runs could not be removed")
	}
	if n > 0 {
		r.log.Info().Int("removed", n).Msg("old runs were removed")
	}
}
