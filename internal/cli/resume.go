package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/run"
	"tracksync/internal/safe"
	"tracksync/internal/terminal"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
)

// resumption is a run that is resumed: what was recorded of it, and what
// is left to do.
//
// Its results are found by what rows say, never by where they stand. Before
// anything is sent the results file is written anew: the rows of the manifest as
// it is now, each with the result that it has. A success that the manifest no
// longer asks for is not in it: from here on the track may be changed, and if the
// process dies before it can say so, nobody may take the old success for the
// present state. Results of rows that are gone from the manifest are kept beside
// it, in earlier.jsonl, in case they come back.
type resumption struct {
	dir  run.Dir
	was  run.Description
	lock *run.Lock
	past *journal.Past

	done    int           // rows that succeeded, with the same fields
	again   int           // rows that did not succeed, with the same fields
	changed int           // rows that ask something else than before
	gone    int           // rows that the manifest no longer has
	someOf  []string      // the ids of the first of them
	left    input.Summary // the rows to work on
	ids     []track.ID    // of these

	rewrite *journal.Rewrite // nil until it is written
}

// reopen takes a run up again: it locks its directory, and gives the flags and
// the arguments that were not named again as they were. The caller closes what it
// returns also beside an error. Where another process holds the directory all of
// it is there beside the error: what is wrong with the command counts for more.
func (a *app) reopen(o *syncOptions, args []string) (*resumption, []string, error) {
	if o.out != "" {
		return nil, nil, usage(errors.New("--out and --resume both name the run directory"), "leave out --out")
	}
	dir, err := run.OpenDir(o.resume)
	if err != nil {
		return nil, nil, usage(err, "name the directory of a run with --resume, for example "+run.DefaultPlace+"/"+run.Latest)
	}
	a.nameRun(dir.Path)
	r := &resumption{dir: dir}
	if r.was, err = run.ReadDescription(dir); err != nil {
		return nil, nil, usage(err, "name the directory of a run with --resume, for example "+run.DefaultPlace+"/"+run.Latest)
	}
	var held error
	switch r.lock, err = a.lockRun(dir, o.noLock); {
	case isHeld(err):
		held = err
	case err != nil:
		return nil, nil, err
	default: // who held it until now may have written it anew
		if r.was, err = run.ReadDescription(dir); err != nil {
			return r, nil, usage(err, "")
		}
	}
	if err := applyOptions(r.was.Options, o.flags); err != nil {
		return r, nil, usage(err, "start a new run instead")
	}
	if len(args) == 0 {
		args = r.was.Arguments(dir)
	}
	if !o.sandbox && o.connection.baseURL == "" && a.Getenv(baseVariable) == "" {
		o.connection.baseURL = r.was.BaseURL
		if strings.Contains(r.was.BaseURL, safe.Redacted) {
			return r, nil, usage(fmt.Errorf("the base URL of the run in %s is not recorded, because the API key was in it", dir.Path),
				"name it with --base-url or "+baseVariable)
		}
	}
	return r, args, held
}

// check refuses to go on with another account: the results would be of two.
func (r *resumption) check(a *app, s settings) error {
	switch kept, _ := r.was.Options["undo"].(bool); {
	case s.undo && !kept:
		a.log.Warn().Msg("the run began without --undo: what it has changed so far cannot be undone")
	case kept && !s.undo:
		a.log.Warn().Msg("the run continues without --undo: what it changes from here on cannot be undone")
	}
	if s.target() != r.was.BaseURL && !r.was.Account.Is(s.account) {
		return usage(fmt.Errorf("the run in %s was made against %s, and not %s", r.dir.Path, r.was.BaseURL, s.target()),
			"resume it with the base URL that it had, or start a new run")
	}
	if !r.was.Account.Is(s.account) {
		return usage(fmt.Errorf("the run in %s was made with another API key", r.dir.Path),
			"resume it with the key that it had, or start a new run")
	}
	return nil
}

// moved adds to err, with which reading the recorded manifests ended, what to do
// about those that are no longer where they were.
func (r *resumption) moved(a *app, args []string, err error) error {
	for _, path := range args {
		if _, missing := os.Stat(path); !errors.Is(missing, fs.ErrNotExist) {
			continue
		}
		command, ok := safe.ShellWords(append(slices.Clone(a.Program), "sync", "--resume", r.dir.Path))
		if !ok {
			command = "sync --resume"
		}
		return usage(fmt.Errorf("the run in %s reads %s, which is not there any more", r.dir.Path, path),
			"if it was moved, say where it is now: "+command+" MANIFEST")
	}
	return err
}

// survey finds out what is left to do. It changes nothing.
func (r *resumption) survey(ctx context.Context, m *input.Manifest) (err error) {
	if r.past, err = journal.ReadPast(r.dir.Path); err != nil {
		return err
	}
	for row, err := range m.Rows(ctx) {
		if err != nil {
			return err
		}
		known, ok := r.find(row)
		switch {
		case ok && known.Same && known.Status.Success():
			r.done++
			continue
		case ok && known.Same && known.Status == track.NotAttempted: // see ownWork
		case ok && known.Same:
			r.again++
		case ok:
			r.changed++
		}
		r.left.Count(&row)
		if len(row.Problems) == 0 && !row.Superseded && !row.Update.Empty() {
			r.ids = append(r.ids, row.Update.ID)
		}
	}
	for id := range r.past.NotFound() {
		r.gone++
		if len(r.someOf) < 5 {
			r.someOf = append(r.someOf, id.String())
		}
	}
	return nil
}

// find is what is known of a row that could be sent.
func (r *resumption) find(row track.Row) (journal.Known, bool) {
	if len(row.Problems) > 0 || row.Superseded || row.Update.Empty() {
		return journal.Known{}, false
	}
	return r.past.Find(row.Update.ID, row.Update.Values)
}

// say tells what was found, in a manifest of that many rows.
func (r *resumption) say(a *app, rows int) {
	ev := a.log.Info().Int("done", r.done).Int("again", r.again)
	if r.changed > 0 {
		ev = ev.Int("changed", r.changed)
	}
	if lost := r.past.Lost(); lost > 0 {
		ev = ev.Int("unknown_since_killed", lost)
	}
	a.about(ev, r.dir.Path).Msg("resuming")
	for _, d := range r.past.Damaged {
		a.log.Warn().Msg(safe.Line(d.String() + "; it is left out, and its row is sent again"))
	}
	if more := r.past.DamagedSeen - len(r.past.Damaged); more > 0 {
		a.log.Warn().Msgf("and %s", terminal.Count(more, "more damaged line"))
	}
	if rows < r.was.Rows {
		a.log.Warn().Int("before", r.was.Rows).Int("now", rows).
			Msg("the manifest has fewer rows than before; those that are not in it are neither sent nor counted")
	}
	if r.gone > 0 {
		which := strings.Join(r.someOf, ", ")
		if r.gone > len(r.someOf) {
			which += ", …"
		}
		a.log.Warn().Str("ids", which).Msgf("gone from the manifest: %s that the run worked on before; their results stay in %s",
			terminal.Count(r.gone, "row"), run.EarlierFile)
	}
}

// stage writes the ledger anew beside the old one, for the manifest as it is now.
// remember is given what tells of media that was sent, so far as needed says that
// it is to be told of a row that ended then.
func (r *resumption) stage(ctx context.Context, m *input.Manifest, o journal.Options, needed func(time.Time) bool, remember func(track.Result)) (err error) {
	r.rewrite, err = r.past.Rewrite(o, func(w *journal.Rewrite) error {
		for row, err := range m.Rows(ctx) {
			if err != nil {
				return err
			}
			known, ok := r.find(row)
			switch {
			case !ok || !known.Same && !row.Conditional():
				continue
			case known.Same && known.Status != track.Unknown && !(known.SentMedia && needed(known.EndedAt)):
				err = w.Copy(row, known)
			default:
				err = r.renew(w, row, known, remember)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// renew writes what is known of a row that is not only to be copied.
func (r *resumption) renew(w *journal.Rewrite, row track.Row, known journal.Known, remember func(track.Result)) error {
	result, err := r.past.Result(known)
	if err != nil {
		return err
	}
	if !known.Same {
		result = ownWork(row, result)
		if result.Left = append(result.Left, r.past.Sends(row.Update.ID)...); result.Left == nil {
			return nil
		}
	}
	if result.Status == track.Unknown && result.Changes == (track.Changes{}) { // nobody came to write them down
		result.Changes = track.ChangesOf(row.Update.Values)
	}
	if err := w.Append(row, result); err != nil {
		return err
	}
	remember(result)
	return nil
}

// ownWork is what stays of the result of a row that asks something else now: that
// it was not attempted, and in which states the run may have left its track. What
// the run itself did is not to be taken for somebody else's work.
func ownWork(row track.Row, was track.Result) track.Result {
	r := engine.ResultUnreached(row, time.Now())
	r.Left = was.Own()
	return r
}

// rows are the rows of the manifest that are left to work on, each with what the
// ledger knew of it at the start.
func (r *resumption) rows(l *journal.Ledger, all iter.Seq2[track.Row, error]) iter.Seq2[track.Row, error] {
	return func(yield func(track.Row, error) bool) {
		for row, err := range all {
			if status, known := l.Status(row.Number); err == nil && known {
				if status.Success() {
					continue
				}
				var earlier track.Result
				var found bool
				if earlier, found, err = l.Earlier(row.Number); found {
					row.Earlier = &earlier
				}
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// stats are the statistics of the earlier sessions, to go on with. Without them
// the summary is about less than the whole, which is said.
func (r *resumption) stats(a *app, now time.Time) *report.Stats {
	s, err := restoreStats(r.dir.File(run.StatsFile), now)
	if err != nil {
		a.log.Warn().Msg(safe.Line(fmt.Sprintf("requests and times of the earlier sessions are missing in the summary: %v", err)))
		s = report.NewStats(now)
	}
	s.Resumed(r.was.StartedAt, len(r.was.Sessions)+1)
	return s
}

func restoreStats(path string, now time.Time) (s *report.Stats, err error) {
	f, err := safe.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return report.RestoreStats(f, now)
}

// close releases the directory.
func (r *resumption) close() error {
	if r == nil {
		return nil
	}
	errs := []error{r.rewrite.Discard()}
	if r.past != nil {
		errs = append(errs, r.past.Close())
	}
	return errors.Join(append(errs, r.lock.Release())...)
}
