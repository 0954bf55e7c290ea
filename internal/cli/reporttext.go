package cli

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"tracksync/internal/run"
	"tracksync/internal/runs"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	engine "tracksync/sync"
)

// setExitCode sets the exit code of the summary, where no process has ended with one: that of
// a run which was killed is the code for runs that stopped before their end.
func (r *reporting) setExitCode() {
	s := &r.merged.Summary
	switch {
	case len(r.merged.Parts) == 1 && r.merged.Parts[0].Ended:
	case s.End == report.Killed || s.End == report.Running:
		s.ExitCode = exitStopped
	case s.End == string(engine.Completed):
		s.ExitCode = exitOK
		if s.Totals.Succeeded() < s.Rows || s.OtherShards > 0 { // a shard is missing
			s.ExitCode = exitRows
		}
	}
}

// writeText writes the summary for people.
func (r *reporting) writeText(w io.Writer) error {
	style := report.Style{Style: r.style(), Next: r.next()}
	for _, p := range r.merged.Parts {
		style.Files = append(style.Files, filesOf(p)...)
	}
	r.finish = r.sayUndoable
	return report.WriteText(w, r.merged.Summary, style)
}

// filesOf are the files of a run that a person may want to read.
func filesOf(p *runs.Past) (files []string) {
	names := []string{run.ResultsFile}
	entries, _ := os.ReadDir(p.Dir.Path) // what cannot be read is not shown
	for _, e := range entries {
		if run.IsFailedList(e.Name()) {
			names = append(names, e.Name())
		}
	}
	for _, name := range append(names, run.UndoFile, run.PageFile, run.SummaryFile) {
		if _, err := os.Stat(p.Dir.File(name)); err == nil {
			files = append(files, p.Dir.File(name))
		}
	}
	return files
}

// next is what to do next: to resume the latest run that was killed or, of a single run, what
// it has said itself.
func (r *reporting) next() report.Step {
	if r.merged.Summary.End == string(engine.Completed) && len(r.merged.Parts) > 1 {
		return report.Step{}
	}
	for _, p := range slices.Backward(r.merged.Parts) {
		switch {
		case p.Going:
		case !p.Ended:
			return r.step(append(slices.Clone(r.Program), "sync", "--resume", p.Dir.Path))
		case len(r.merged.Parts) == 1 && p.Summary.Next != nil && isSameDir(p.Summary.RunDir, p.Dir.Path):
			return *p.Summary.Next
		}
	}
	return report.Step{}
}

// isSameDir reports whether a path that was recorded leads to a directory now.
func isSameDir(recorded, dir string) bool {
	a, err := os.Stat(recorded)
	if err != nil {
		return false
	}
	b, err := os.Stat(dir)
	return err == nil && os.SameFile(a, b)
}

func (r *reporting) step(words []string) report.Step {
	line, ok := r.command(words)
	if !ok {
		return report.Step{}
	}
	return report.Step{Command: line}
}

// sayUndoable says how what a killed run has changed can be undone, if anything of it can be restored.
func (r *reporting) sayUndoable() {
	for _, p := range r.merged.Parts {
		if p.Ended || p.Going || p.Images() == nil {
			continue
		}
		if u, err := run.CountUndo(p.Images()); err == nil && u.Tracks == 0 {
			continue
		}
		words := append(slices.Clone(r.Program), "report", "--format", "undo", "--output", run.UndoFile, p.Dir.Path)
		if step := r.step(words); step.Command != "" {
			r.log.Info().Msg("what the run has changed can be undone instead of resuming it: " + safe.Line(step.Command))
		}
	}
}

var errNoImages = errors.New("the run has not recorded what the tracks were, because it was made without --undo")

// writeUndo writes undo.yaml anew. It is written nowhere unless it is asked for: undo.yaml in
// the directory of a killed run would look as if the run had ended.
func (r *reporting) writeUndo(w io.Writer) error {
	p := r.merged.Parts[0]
	switch images := p.Images(); {
	case p.Going:
		return usage(errors.New("the run is going on, and what it changes from here on would be missing"), "stop it first")
	case images == nil:
		return usage(errNoImages, "")
	default:
		scratch := os.TempDir()
		if r.file != "" {
			scratch = filepath.Dir(r.file)
		}
		u, err := run.RenderUndo(w, scratch, images, func(u run.Undone) []string { return r.undoHead(p, u) })
		if err == nil && u.Tracks == 0 {
			err = usage(errors.New("there is nothing to undo"), "")
		}
		r.finish = func() { r.sayUndo(&u) }
		return err
	}
}

// undoHead are the lines at the top of undo.yaml.
func (r *reporting) undoHead(p *runs.Past, u run.Undone) []string {
	return r.undoLines(report.UndoHead{
		Run: p.Dir.Path, BaseURL: p.BaseURL, Written: time.Now(), Command: r.undoCommand(p, u),
	}, u)
}

// undoCommand is the command that restores the tracks, with the files that the run has used.
func (r *reporting) undoCommand(p *runs.Past, u run.Undone) string {
	option := func(name string) string { text, _ := p.Options[name].(string); return text }
	words := append(slices.Clone(r.Program), "sync")
	for _, flag := range []struct{ name, value string }{
		{"--api-key-file=", option("api_key_file")}, {"--ca-file=", option("ca_file")},
		{"--base-url=", otherBase(p)}, {"--state=", stateOf(p)},
	} {
		if flag.value != "" {
			words = append(words, flag.name+flag.value)
		}
	}
	if inProcess, _ := p.Options["sandbox"].(bool); inProcess {
		words = append(words, "--sandbox")
	}
	if u.LargestVolume > usualMaxVolume {
		words = append(words, "--max-volume="+strconv.Itoa(u.LargestVolume))
	}
	line, ok := r.command(append(words, cmp.Or(r.file, run.UndoFile)))
	if !ok {
		return "tracksync sync " + run.UndoFile
	}
	return line
}

// stateOf is the state file of a run.
func stateOf(p *runs.Past) string {
	path, _ := p.Options["state"].(string)
	shard, _ := track.ParseShard(p.Shard) // an empty one is no shard
	return run.StateOfShard(path, shard)
}

// otherBase is the base URL of a run, unless it is the usual one.
func otherBase(p *runs.Past) string {
	if inProcess, _ := p.Options["sandbox"].(bool); inProcess || p.BaseURL == defaultBaseURL {
		return ""
	}
	return p.BaseURL
}
