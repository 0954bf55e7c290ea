package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"tracksync/internal/runs"
	"tracksync/report"
	"tracksync/report/page"
)

// reportFormat is a format of the command report.
type reportFormat struct {
	name       string
	extensions []string // of files in this format
	rows       bool     // it has rows, which --status selects
	single     bool     // it is about a single run
	write      func(r *reporting, w io.Writer) error
}

// reportFormats are all of them. A new one needs no more than its entry here.
func reportFormats() []reportFormat {
	return []reportFormat{
		{name: "text", extensions: []string{".txt"}, write: (*reporting).writeText},
		{name: "html", extensions: []string{".html", ".htm"}, rows: true, write: (*reporting).writePage},
		{name: "json", extensions: []string{".json"}, write: func(r *reporting, w io.Writer) error {
			return r.merged.Summary.Encode(w)
		}},
		{name: "jsonl", extensions: []string{".jsonl"}, rows: true, write: func(r *reporting, w io.Writer) error {
			return runs.WriteLines(w, r.merged.Results, r.want)
		}},
		{name: "csv", extensions: []string{".csv"}, rows: true, write: func(r *reporting, w io.Writer) error {
			return report.WriteCSV(w, r.merged.Results, r.want)
		}},
		{name: "table", rows: true, write: func(r *reporting, w io.Writer) error {
			return report.WriteTable(w, r.merged.Results, r.want, r.style())
		}},
		{name: "md", extensions: []string{".md"}, rows: true, write: func(r *reporting, w io.Writer) error {
			r.merged.Summary.Next = nil
			if next := r.next(); next.Command != "" {
				r.merged.Summary.Next = &next
			}
			return report.WriteMarkdown(w, r.merged.Run, r.want, report.MaxComment)
		}},
		{name: "junit", extensions: []string{".xml"}, rows: true, write: func(r *reporting, w io.Writer) error {
			return report.WriteJUnit(w, r.merged.Run, r.want)
		}},
		{name: "undo", extensions: []string{".yaml", ".yml"}, single: true, write: (*reporting).writeUndo},
	}
}

// writePage writes the page, with the rows that need attention or, with --status, those.
func (r *reporting) writePage(w io.Writer) error {
	want := report.NeedsAttention
	if len(r.status) > 0 {
		want = r.want
	}
	list, err := page.NewList(r.merged.Summary.Failures, r.merged.Results, want)
	if err != nil {
		return err
	}
	return page.Write(w, r.merged.Summary, list)
}

// formatNames lists the formats.
func formatNames() string {
	var names []string
	for _, f := range reportFormats() {
		names = append(names, f.name)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// formatOf is the format with this name. Without a name it follows from the name of the file.
func formatOf(name, file string) (reportFormat, error) {
	all := reportFormats()
	if name == "" {
		extension := strings.ToLower(filepath.Ext(file))
		if i := slices.IndexFunc(all, func(f reportFormat) bool { return slices.Contains(f.extensions, extension) }); i >= 0 {
			return all[i], nil
		}
		return all[0], nil
	}
	i := slices.IndexFunc(all, func(f reportFormat) bool { return f.name == strings.ToLower(name) })
	if i < 0 {
		return reportFormat{}, usage(fmt.Errorf("--format %q is not a format", name), "one of "+formatNames())
	}
	return all[i], nil
}
