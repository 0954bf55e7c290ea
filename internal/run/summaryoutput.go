package run

import (
	"io"

	"tracksync/internal/safe"
	"tracksync/report"
)

// SummaryOutput is an Output that carries the summary.
type SummaryOutput struct {
	W      io.Writer
	Hidden *safe.Secrets // texts that must not be written
}

func (*SummaryOutput) Open(string, int64) error { return nil }
func (*SummaryOutput) Grown(int64) error        { return nil }
func (*SummaryOutput) MayReplace() bool         { return true }

// End writes the summary.
func (o *SummaryOutput) End(s report.Summary, _ []byte) error {
	return o.Hidden.RedactJSON(s.Encode)(o.W)
}
