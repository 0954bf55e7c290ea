package cli

import (
	"slices"

	"tracksync/internal/run"
	"tracksync/internal/safe"
)

// removeOldRuns does what --keep asks for. That it cannot is no failure of the run.
func (r *syncRun) removeOldRuns(*ending) error {
	if r.keep == 0 {
		return nil
	}
	var options []string
	for _, name := range fileFlags {
		options = append(options, recordedName(name))
	}
	n, err := run.Retention{Newest: r.keep, Current: r.dir.Path, Needed: r.needed, Options: options}.Prune()
	if err != nil {
		r.log.Warn().Str("error", safe.ErrorLine(err)).Msg("old runs could not be removed")
	}
	if n > 0 {
		r.log.Info().Int("removed", n).Msg("old runs were removed")
	}
	return nil
}

// reads are the files that the run reads, by the names that it was given.
func (r *syncRun) reads() []string {
	files := append(slices.Clone(r.args), r.stateFile, r.connection.keyFile, r.connection.caFile)
	return slices.DeleteFunc(files, func(name string) bool { return name == "" || name == "-" })
}
