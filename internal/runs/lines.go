package runs

import (
	"bufio"
	"io"

	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
)

// WriteLines writes results as lines of JSON, as results.jsonl has them.
func WriteLines(w io.Writer, results report.Results, want func(track.Status) bool) error {
	out := bufio.NewWriterSize(w, 64<<10)
	for r, err := range results(want) {
		if err != nil {
			return err
		}
		line, err := journal.Encode(r)
		if err != nil {
			return err
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return out.Flush()
}
