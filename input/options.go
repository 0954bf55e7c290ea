package input

import (
	"fmt"
	"strconv"
	"strings"

	"tracksync/internal/track"
)

// Handling says what to do with rows that cannot be used as they are.
type Handling string

const (
	Fail Handling = "fail" // they make the manifest unusable; the zero Handling means this
	Skip Handling = "skip" // Rows returns invalid rows with their problems
	Last Handling = "last" // of several rows with one id the last counts
)

// Options say how manifests are read. The zero Options are the strict ones.
type Options struct {
	// Format of every manifest; empty: found for each.
	Format Format
	// Encoding of every text that has no byte order mark, see ParseEncoding; empty: UTF-8.
	Encoding string
	// Delimiter between the cells of a table; 0: found from the header.
	Delimiter rune
	// Sheet is the sheet of a workbook: its name, or its number among the visible tabs;
	// empty: the one visible sheet that has an id column.
	Sheet string
	// Sheets has for each argument the sheet that was read before, or "". It is read again
	// if Sheet is empty and the workbook still has it.
	Sheets []string
	// HeaderRow is the row of a table that has the names of its columns, as a spreadsheet
	// counts rows; 0: found by the name of the id column.
	HeaderRow int
	// SkipHidden leaves out the hidden rows of a sheet.
	SkipHidden bool
	// Columns names the column of a table that holds a field, by the field's
	// canonical name; see ParseMap.
	Columns map[string]string
	// Set has values for the fields that a row leaves empty; see ParseSet.
	Set track.Values
	// IgnoreUnknown ignores unknown columns and keys.
	IgnoreUnknown bool
	// MaxVolume is the greatest volume; 0 means 100, less than 0 no bound.
	MaxVolume int
	// OnInvalid is Fail or Skip.
	OnInvalid Handling
	// OnDuplicate is Fail or Last. With Last a row counts if it has a usable id, even
	// if it is otherwise invalid: an earlier row is outdated in any case.
	OnDuplicate Handling
	// AllowEmpty accepts manifests that have no rows, or no valid row, or no row that
	// sets anything.
	AllowEmpty bool
	// Only selects the rows of these ids; empty: all. An id that no row has is a
	// problem. Rows of other ids are checked, but are not part of the run.
	Only []track.ID
	// Limit selects the first so many rows that Only selects and that are not
	// superseded; 0: all. With a limit, superseded rows are not part of the run.
	Limit int
	// Shard selects, of these rows, the ones whose ids belong to it. The others are checked
	// too, so that every shard accepts or refuses the same manifests.
	Shard track.Shard
	// Secret is the API key. A manifest that contains it is refused. Keys of fewer than
	// eight characters are not searched for.
	Secret string
	// Strict turns warnings into problems of their row or file.
	Strict bool
	// KeepIDs stores the ids for Manifest.IDs: eight bytes each.
	KeepIDs bool
}

func (o Options) check() error {
	if _, err := ParseEncoding(o.Encoding); err != nil {
		return err
	}
	switch {
	case o.Format != "" && formatCalled(o.Format) == nil:
		return fmt.Errorf("unknown input format %s: use %s", show(string(o.Format)), FormatNames())
	case o.OnInvalid != "" && o.OnInvalid != Fail && o.OnInvalid != Skip:
		return fmt.Errorf("unknown handling of invalid rows %s: use fail or skip", show(string(o.OnInvalid)))
	case o.OnDuplicate != "" && o.OnDuplicate != Fail && o.OnDuplicate != Last:
		return fmt.Errorf("unknown handling of duplicates %s: use fail or last", show(string(o.OnDuplicate)))
	case o.HeaderRow < 0:
		return fmt.Errorf("row %d as the header: use 1 or more", o.HeaderRow)
	case o.Limit < 0:
		return fmt.Errorf("a limit of %d rows: use 1 or more", o.Limit)
	case o.Delimiter != 0 && !usableDelimiter(o.Delimiter):
		return fmt.Errorf("delimiter %q cannot be used: use a comma, semicolon, tab, pipe or another sign that is "+
			"not part of values", o.Delimiter)
	}
	return nil
}

// usableDelimiter refuses what would make a table unreadable.
func usableDelimiter(r rune) bool {
	return r != '"' && r != '\n' && r != '\r' && r != '\uFFFD' && r != ' ' && r != '.' && r != '-' &&
		(r == '\t' || r > ' ') && r != '_' && !isAlphanumeric(r)
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// ParseDelimiter reads Options.Delimiter: a character, or the name of one. An empty text
// means none.
func ParseDelimiter(text string) (rune, error) {
	switch strings.ToLower(text) {
	case "":
		return 0, nil
	case "comma":
		return ',', nil
	case "semicolon":
		return ';', nil
	case "tab", `\t`:
		return '\t', nil
	case "pipe":
		return '|', nil
	}
	if r := []rune(text); len(r) == 1 {
		return r[0], nil
	}
	return 0, fmt.Errorf("%q is not one character", text)
}

// ParseIDs reads Options.Only.
func ParseIDs(texts []string) ([]track.ID, error) {
	var ids []track.ID
	for _, text := range texts {
		id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil || id < 1 || track.ID(id) > track.MaxID {
			return nil, fmt.Errorf("%q is not the id of a track", text)
		}
		ids = append(ids, track.ID(id))
	}
	return ids, nil
}

// ParseMap reads FIELD=COLUMN assignments into Options.Columns. FIELD is id, name,
// volume, project_id (or project) or media_url (or media).
func ParseMap(assignments []string) (map[string]string, error) {
	columns := make(map[string]string, len(assignments))
	fields := make(map[string]string, len(assignments)) // by the column's name
	for _, a := range assignments {
		name, column, found := strings.Cut(a, "=")
		if !found || strings.TrimSpace(column) == "" {
			return nil, fmt.Errorf("%s: write FIELD=COLUMN, for example name=\"Track title\"", show(a))
		}
		index := flagField(name)
		if index < 0 {
			return nil, fmt.Errorf("%s is not a field: use %s", show(name), strings.Join(track.Columns(), ", "))
		}
		field := fieldNames[index]
		if old, dup := columns[field]; dup {
			return nil, fmt.Errorf("%s is mapped to two columns, %s and %s", field, show(old), show(column))
		}
		if other, dup := fields[normalizeHeader(column)]; dup {
			return nil, fmt.Errorf("column %s is mapped to both %s and %s", show(column), other, field)
		}
		columns[field] = column
		fields[normalizeHeader(column)] = field
	}
	return columns, nil
}
