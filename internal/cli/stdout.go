package cli

import (
	"tracksync/internal/run"
	"tracksync/internal/terminal"
	"tracksync/report"
)

// output is what standard output carries of a run; nil: nothing.
func (r *syncRun) output() run.Output {
	switch {
	case r.json:
		return &run.SummaryOutput{W: r.Out, Hidden: r.hidden}
	case r.stream:
		return &streamOutput{app: r.app}
	}
	return nil
}

// streamOutput prints results as they come.
type streamOutput struct {
	*app
	results  string // the name of the file of results
	follower *terminal.Follower
}

func (o *streamOutput) Open(results string, from int64) (err error) {
	o.results = results
	o.follower, err = terminal.Follow(results, from, o.Out, o.patience)
	return err
}

func (o *streamOutput) Grown(upTo int64) error { return o.follower.Grow(upTo) }
func (o *streamOutput) MayReplace() bool       { return o.follower.MayReplace() }

func (o *streamOutput) End(_ report.Summary, unwritten []byte) error {
	left, err := o.follower.End(unwritten)
	if left > 0 && err == nil {
		o.log.Warn().Int("lines", left).Msgf("standard output was not read to its end; the rest is in %s", o.results)
	}
	return err
}
