package run

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"

	"tracksync/input"
	"tracksync/internal/safe"
)

// InputCopies are copies of manifests that can be read only once (standard input, pipes),
// in temporary files, which whoever reads them closes. They are copied into the run
// directory, so that the run can be resumed. The zero value has no copies.
type InputCopies struct{ files map[string]*safe.Scratch } // by the name of the argument

// Create makes the place for the copy of an argument.
func (c *InputCopies) Create(argument string) input.Copy {
	if c.files == nil {
		c.files = map[string]*safe.Scratch{}
	}
	c.files[argument] = safe.NewScratch()
	return c.files[argument]
}

// Has reports whether there is a copy of an argument.
func (c *InputCopies) Has(argument string) bool { return c.files[argument] != nil }

// ManifestNames are the manifests' names for another run: the copy in the run directory
// for a manifest that could be read only once, otherwise the argument.
func (r *Run) ManifestNames(args []string) []string {
	names := make([]string, len(args))
	for i, name := range args {
		names[i] = name
		for _, s := range r.Checked.Sources {
			if r.Copies.Has(name) && s.Name == name {
				names[i] = r.Dir.File(copyName(s, r.Checked.Sources))
			}
		}
		names[i] = safe.AsOperand(names[i])
	}
	return names
}

// Stage copies the copies into a run directory.
func (c *InputCopies) Stage(d Dir, sources []input.Source) (staged []*safe.Staged, err error) {
	for _, s := range sources {
		if !c.Has(s.Name) {
			continue
		}
		one, err := safe.StageFile(d.File(copyName(s, sources)), func(w io.Writer) error {
			_, err := c.files[s.Name].WriteTo(w)
			return err
		})
		if err != nil {
			return staged, err
		}
		staged = append(staged, one)
	}
	return staged, nil
}

// Records are the entries of run.json for the manifests: where each can be found again.
func (c *InputCopies) Records(sources []input.Source) []ManifestRecord {
	var records []ManifestRecord
	for _, s := range sources {
		records = append(records, ManifestRecord{
			Name: s.Name, Path: c.pathOf(s, sources), SHA256: s.SHA256, Bytes: s.Size, Format: string(s.Format),
			Sheet: s.Sheet, HeaderRow: s.HeaderRow,
		})
	}
	return records
}

func (c *InputCopies) pathOf(s input.Source, sources []input.Source) string {
	if c.Has(s.Name) {
		return copyName(s, sources)
	}
	path, err := filepath.Abs(s.Name)
	if err != nil {
		return s.Name
	}
	return PastLatest(path)
}

// copyNames matches the names that copyName returns.
var copyNames = regexp.MustCompile(`^(stdin|\d+-.+)-input\.(csv|tsv|yaml|json|jsonl|xlsx)(\.gz)?$`)

func isCopy(name string) bool { return copyNames.MatchString(name) }

// copyName is the name of a copy in the run directory.
func copyName(s input.Source, sources []input.Source) string {
	name := "input." + string(s.Format)
	if s.Gzip {
		name += ".gz"
	}
	if s.Name == "-" {
		return "stdin-" + name
	}
	at := slices.IndexFunc(sources, func(other input.Source) bool { return other.Name == s.Name })
	// The number is needed: pipes in different directories may have the same name.
	return fmt.Sprintf("%d-%s-%s", at+1, filepath.Base(s.Name), name)
}
