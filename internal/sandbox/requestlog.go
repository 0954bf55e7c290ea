package sandbox

import (
	"encoding/json"
	"io"
)

// RequestLog writes events as lines of JSON, each at once: whoever reads along must not
// wait for the next one. Its Record is for Config.Record.
type RequestLog struct {
	W   io.Writer
	Err error // the first that W returned; nothing is written after it
}

// Record writes one event.
func (l *RequestLog) Record(e Event) {
	if l.Err != nil {
		return
	}
	enc := json.NewEncoder(l.W) // writes a line with one call
	enc.SetEscapeHTML(false)
	l.Err = enc.Encode(e)
}
