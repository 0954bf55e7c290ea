package report

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"tracksync/internal/track"
)

const maxMessage = 200

// Failure is one kind of unsuccessful row.
type Failure struct {
	Code    string `json:"code"`             // the error's code, or the status when it has none
	Rows    int    `json:"rows"`             // how many ended like this
	Message string `json:"message,omitzero"` // of the first of them
	Example string `json:"example"`          // where the first of them stands
}

// Failures groups the results without success by their kind, most frequent first. Rows
// that were not attempted are left out.
func Failures(results iter.Seq2[track.Result, error]) ([]Failure, error) {
	kinds := map[string]*Failure{}
	for r, err := range results {
		if err != nil {
			return nil, err
		}
		if !r.Status.Success() && r.Status != track.NotAttempted {
			addFailure(kinds, r)
		}
	}
	list := make([]Failure, 0, len(kinds))
	for _, f := range kinds {
		list = append(list, *f)
	}
	slices.SortFunc(list, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), strings.Compare(a.Code, b.Code))
	})
	return list, nil
}

func addFailure(kinds map[string]*Failure, r track.Result) {
	code, message := string(r.Status), ""
	if r.Error != nil {
		code, message = cmp.Or(r.Error.Code, code), r.Error.Message
	}
	code = word(kinds, code)
	if kinds[code] == nil {
		kinds[code] = &Failure{Code: code, Message: cut(message, maxMessage), Example: position(r)}
	}
	kinds[code].Rows++
}

// position is where a row stands, as people find it.
func position(r track.Result) string {
	return track.Position{File: cut(r.Source, maxMessage), Line: r.Line, Sheet: r.Sheet, Cell: r.Cell}.String()
}
