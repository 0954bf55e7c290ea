package cli

import (
	"tracksync/input"
	"tracksync/internal/track"
	"tracksync/report"
)

// sayUnderstood says what is not plain about how each manifest is read.
func (a *app) sayUnderstood(s input.Summary) {
	for _, src := range s.Sources {
		if text := understood(src).Remarkable(); text != "" {
			a.log.Info().Msg(text)
		}
	}
}

// foundBy is what a check has found. problems are those with which it ended.
func foundBy(s input.Summary, problems input.Problems) report.Checked {
	c := report.Checked{
		Usable: len(problems) == 0, Complete: !s.Partly && (s.Found > 0 || len(problems) == 0),
		Manifests: make([]report.Manifest, 0, len(s.Sources)),
		Rows:      s.Rows, Valid: s.Valid, Invalid: s.Invalid, Superseded: s.Superseded,
		Found: max(s.Found, len(problems)), Groups: make([]report.Group, 0, len(s.Groups)), Ungrouped: s.Ungrouped,
	}
	for _, src := range s.Sources {
		c.Manifests = append(c.Manifests, understood(src))
	}
	for _, g := range s.Groups {
		of := track.Problem{Field: g.Field, Message: g.Message, Hint: g.Hint}
		c.Groups = append(c.Groups, report.NewGroup(g.Count, g.Rows, of, g.First, g.Whole))
	}
	if s.Found == 0 { // of manifests that cannot be opened
		for _, p := range problems {
			c.Groups = append(c.Groups, report.NewGroup(1, 0, p, []track.Problem{p}, true))
		}
	}
	return c
}

// understood is a source as reports show it.
func understood(src input.Source) report.Manifest {
	m := report.Manifest{
		File: src.Name, Bytes: src.Size, SHA256: src.SHA256, Format: string(src.Format),
		ManifestLayout: report.ManifestLayout{
			Gzip: src.Gzip, Encoding: src.Encoding, BOM: src.BOM, Sheet: src.Sheet, HeaderRow: src.HeaderRow,
			RowsAbove: src.Above, Columns: columns(src.Columns), IgnoredKeys: columns(src.IgnoredKeys),
		},
		ManifestRows: report.ManifestRows{
			Rows: src.Rows, Valid: src.Valid, Invalid: src.Invalid,
			Blank: src.Blank, Hidden: src.Hidden, HiddenSkipped: src.HiddenSkipped,
			LowestID: src.Lowest, HighestID: src.Highest, Sets: report.Sets(src.Sets),
			ProjectNull: src.ProjectNull, Expecting: src.Expecting,
		},
	}
	if src.Delimiter != 0 && src.Sheet == "" {
		m.Delimiter = string(src.Delimiter)
	}
	return m
}

func columns(list []input.Column) []report.Column {
	columns := make([]report.Column, len(list))
	for i, c := range list {
		columns[i] = report.Column{Header: c.Name, Field: c.Field, Why: string(c.Why)}
	}
	return columns
}
