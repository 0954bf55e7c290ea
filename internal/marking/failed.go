package marking

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"tracksync/input"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/markup"
)

// Failed marks what a run found in the workbook that was its manifest.
type Failed struct {
	Manifest *input.Manifest
	Source   input.Source // the only one
}

// Possible reports whether the manifest is one workbook. TooLarge may still say no.
func Possible(s input.Summary) bool { return len(s.Sources) == 1 && s.Sources[0].Format == input.XLSX }

// Extension is that of a marked workbook: .xlsx, or that of a workbook with macros or of a
// template, which spreadsheets do not open by another name.
func Extension(name string) string {
	if e := strings.ToLower(filepath.Ext(name)); slices.Contains([]string{".xlsm", ".xltx", ".xltm"}, e) {
		return e
	}
	return ".xlsx"
}

// Write writes the workbook. results are final ones, in the order of the rows.
func (f Failed) Write(ctx context.Context, w io.Writer, results iter.Seq2[track.Result, error]) error {
	l := listOf(f.Source)
	next, stop := iter.Pull2(results)
	defer stop()
	var result track.Result
	for row, err := range f.Manifest.SheetRows(ctx) {
		more := true
		for more && err == nil && row.Row.Number > 0 && result.Row < row.Row.Number {
			result, err, more = next()
		}
		if err != nil {
			return err
		}
		if result.Row != row.Row.Number {
			result = track.Result{Status: track.NotAttempted}
		}
		l.addResult(row, result)
	}
	file, size := f.Manifest.Original()
	if size == 0 {
		return errors.New("the manifest is no workbook")
	}
	_, err := markup.Write(w, file, size, l.marks())
	return err
}

// addResult marks a row by its result.
func (l *list) addResult(row input.SheetRow, result track.Result) {
	u := row.Row.Update
	_, number := markup.ParseCell(row.Row.Position.Cell)
	switch {
	case number == 0:
	case row.Done:
		l.done(number, row, doneBefore)
	case row.Row.Number == 0:
		l.done(number, row, "left out of the run")
	case len(row.Row.Problems) > 0:
		for _, p := range row.Row.Problems {
			l.add(p)
		}
	case report.RunAgain(result.Status):
		l.mark(number, l.column(result), describe(result), "")
	case result.Status == track.NotAttempted:
		l.row(number).Text = "not attempted: the run stopped before it"
	case result.Status.Success() && !u.Values.Empty():
		l.done(number, row, strings.ReplaceAll(string(result.Status), "_", " "))
	}
}

// column is the column that an error is about, or that of the ids.
func (l *list) column(result track.Result) int {
	if result.Error != nil {
		if column := l.fields[result.Error.Field]; column > 0 {
			return column
		}
	}
	return max(l.id, 1)
}

// doneBefore is the text of a row that was done before the run.
const doneBefore = "done before"

// describe says why a row did not succeed.
func describe(r track.Result) string {
	status := strings.ReplaceAll(string(r.Status), "_", " ")
	if r.Error == nil || r.Error.Message == "" {
		return status
	}
	return fmt.Sprintf("%s: %s", status, r.Error.Message)
}
