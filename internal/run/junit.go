package run

import (
	"io"
	"time"

	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
)

// writeJUnit writes junit.xml. It is made before the ledger is closed, from whose results it
// comes.
func (f *finishing) writeJUnit() error {
	s := f.counted()
	return f.write(f.Dir.File(JUnitFile), func(w io.Writer) error {
		out := safe.NewOutput(f.Hidden, w)
		all := func(track.Status) bool { return true }
		if err := report.WriteJUnit(out, report.Run{Summary: s, Results: f.recorder.ledger.Results}, all); err != nil {
			return err
		}
		return out.Flush()
	})
}

// counted is the summary as far as the rows and the statistics tell it.
func (f *finishing) counted() report.Summary {
	s, ledger := f.recorder.stats.Summary(time.Now()), f.recorder.ledger
	s.Rows, s.Totals = f.Checked.Rows, report.Totals(ledger.Counts())
	for range ledger.Missing(s.Rows) {
		s.Totals[track.NotAttempted]++ // a missing line means this
	}
	s.Shard, s.OtherShards = f.Shard.String(), f.Checked.OtherShards
	s.Version, s.BaseURL, s.RunDir = f.Version, f.BaseURL, f.Dir.Path
	for _, source := range f.Checked.Sources {
		s.Manifests = append(s.Manifests, source.Name)
	}
	return s
}
