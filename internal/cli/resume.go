package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"
	"time"

	"tracksync/input"
	"tracksync/internal/safe"
	"tracksync/internal/track"
	"tracksync/report"
	"tracksync/report/journal"
	engine "tracksync/sync"
)

// resumption is a run that is taken up again: what was recorded of it, and what
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
	dir  runDir
	was  description
	lock *lock
	rec  *journal.Recovered
	view *journal.View // of the results file as it was written anew

	done    int                         // rows that succeeded, with the same fields
	again   int                         // rows that did not succeed, with the same fields
	changed int                         // rows that ask something else than before
	gone    int                         // rows that the manifest no longer has
	someOf  []string                    // the ids of the first of them
	lost    int                         // rows that were under way when the run was killed
	kept    map[track.ID][]track.Values // what was sent to their tracks, where that is known
	left    input.Summary               // the rows to work on
	ids     []track.ID                  // of these

	results      *safe.Staged
	earlier      *safe.Staged // nil: there is nothing to keep there
	freshEarlier bool         // earlier.jsonl was not there before, and is not needed yet
}

// reopen takes a run up again: it locks its directory, and gives the flags and
// the arguments that were not named again as they were. The caller closes what it
// returns also beside an error. Where another process holds the directory all of
// it is there beside the error: what is wrong with the command counts for more.
func (a *app) reopen(o *syncOptions, args []string) (*resumption, []string, error) {
	if o.out != "" {
		return nil, nil, usage(errors.New("--out and --resume both name the run directory"), "leave out --out")
	}
	dir, err := openRunDir(o.resume)
	if err != nil {
		return nil, nil, usage(err, "name the directory of a run with --resume, for example "+runsDir+"/"+latestName)
	}
	a.nameRun(dir.path)
	r := &resumption{dir: dir}
	if r.was, err = readDescription(dir); err != nil {
		return nil, nil, usage(err, "name the directory of a run with --resume, for example "+runsDir+"/"+latestName)
	}
	var held error
	switch r.lock, err = a.lockRun(dir, o.noLock); {
	case isHeld(err):
		held = err
	case err != nil:
		return nil, nil, err
	default: // who held it until now may have written it anew
		if r.was, err = readDescription(dir); err != nil {
			return r, nil, usage(err, "")
		}
	}
	if err := r.was.apply(o.flags); err != nil {
		return r, nil, usage(err, "start a new run instead")
	}
	if len(args) == 0 {
		args = r.was.arguments(dir)
	}
	if !o.sandbox && o.connection.baseURL == "" && a.Getenv(baseVariable) == "" {
		o.connection.baseURL = r.was.BaseURL
		if strings.Contains(r.was.BaseURL, safe.Redacted) {
			return r, nil, usage(fmt.Errorf("the base URL of the run in %s is not recorded, because the API key was in it", dir.path),
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
	if s.target() != r.was.BaseURL && !r.was.Account.is(s.account) {
		return usage(fmt.Errorf("the run in %s was made against %s, and not %s", r.dir.path, r.was.BaseURL, s.target()),
			"resume it with the base URL that it had, or start a new run")
	}
	if !r.was.Account.is(s.account) {
		return usage(fmt.Errorf("the run in %s was made with another API key", r.dir.path),
			"resume it with the key that it had, or start a new run")
	}
	return nil
}

// survey finds out what is left to do. It changes nothing.
func (r *resumption) survey(ctx context.Context, m *input.Manifest) (err error) {
	if r.rec, err = journal.Recover(r.dir.file(earlierFile), r.dir.file(resultsFile)); err != nil {
		return err
	}
	sent, err := journal.ReadSent(r.dir.file(sentFile))
	if err != nil {
		return err
	}
	r.rec.TakeIn(sent)
	if r.lost = r.rec.Lost(); r.lost > 0 {
		if err := r.readKept(); err != nil {
			return err
		}
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
	for id := range r.rec.NotFound() {
		r.gone++
		if len(r.someOf) < 5 {
			r.someOf = append(r.someOf, id.String())
		}
	}
	return nil
}

// readKept finds out what was sent to the tracks that were under way at a kill,
// where --undo has kept it.
func (r *resumption) readKept() error {
	r.kept = map[track.ID][]track.Values{}
	for image, err := range journal.Images(r.dir.file(beforeFile)) {
		var damage *journal.DamageError
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.As(err, &damage): // what there is will do
			return nil
		case err != nil:
			return err
		case r.rec.IsLost(image.ID):
			for _, s := range image.Sends {
				r.kept[image.ID] = append(r.kept[image.ID], s.Values)
			}
		}
	}
	return nil
}

// find is what is known of a row that could be sent.
func (r *resumption) find(row track.Row) (journal.Known, bool) {
	if len(row.Problems) > 0 || row.Superseded || row.Update.Empty() {
		return journal.Known{}, false
	}
	return r.rec.Find(row.Update.ID, row.Update.Values)
}

// say tells what was found, in a manifest of that many rows.
func (r *resumption) say(a *app, rows int) {
	ev := a.log.Info().Int("done", r.done).Int("again", r.again)
	if r.changed > 0 {
		ev = ev.Int("changed", r.changed)
	}
	if r.lost > 0 {
		ev = ev.Int("unknown_since_killed", r.lost)
	}
	a.about(ev, r.dir.path).Msg("resuming")
	for _, d := range r.rec.Damaged {
		a.log.Warn().Msg(safe.Line(d.String() + "; it is left out, and its row is sent again"))
	}
	if more := r.rec.DamagedSeen - len(r.rec.Damaged); more > 0 {
		a.log.Warn().Msgf("and %s", count(more, "more damaged line"))
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
			count(r.gone, "row"), earlierFile)
	}
}

// stage prepares the results anew for the manifest as it is now. First all that is
// known goes into earlier.jsonl; with commit the results file is replaced, and then
// what it has room for goes out of earlier.jsonl again: a crash between any two
// steps leaves every result that counts in one of the two. No file is replaced
// while it is open, which not every system allows. done is given each result that
// stays.
func (r *resumption) stage(ctx context.Context, m *input.Manifest, redact func([]byte) []byte, done func(track.Result)) error {
	_, err := os.Lstat(r.dir.file(earlierFile))
	isFresh := errors.Is(err, fs.ErrNotExist)
	if err := r.writeEarlier(safe.WriteFile, r.rec.All(), redact); err != nil {
		return err
	}
	r.freshEarlier = isFresh
	if r.rec, err = journal.Recover(r.dir.file(earlierFile)); err != nil {
		return err
	}
	r.results, err = safe.StageFile(r.dir.file(resultsFile), func(w io.Writer) error { return r.renumber(ctx, m, w, redact, done) })
	if err != nil {
		return err
	}
	if r.gone == 0 {
		return r.rec.Close()
	}
	return r.writeEarlier(func(path string, write func(io.Writer) error) (err error) {
		r.earlier, err = safe.StageFile(path, write)
		return err
	}, r.rec.NotFound(), redact)
}

// commit puts in place what was staged.
func (r *resumption) commit() (err error) {
	if err := r.results.Commit(); err != nil {
		return err
	}
	r.freshEarlier = false
	if r.earlier != nil {
		err = r.earlier.Commit()
	} else {
		err = os.Remove(r.dir.file(earlierFile))
	}
	if err != nil {
		return err
	}
	// A success that counts no longer must not come back with a power cut.
	if err := safe.SyncDir(r.dir.path); err != nil {
		return err
	}
	r.view, err = journal.OpenView(r.dir.file(resultsFile))
	return err
}

// writeEarlier writes results of r.rec as earlier.jsonl, and closes r.rec.
func (r *resumption) writeEarlier(put func(string, func(io.Writer) error) error, lines iter.Seq2[track.ID, journal.Known], redact func([]byte) []byte) error {
	return put(r.dir.file(earlierFile), func(w io.Writer) error {
		for _, known := range lines {
			result, err := r.rec.Result(known)
			if err == nil {
				err = writeLine(w, result, redact)
			}
			if err != nil {
				return err
			}
		}
		return r.rec.Close()
	})
}

// renumber writes the results that rows of the manifest have, where they stand
// now.
func (r *resumption) renumber(ctx context.Context, m *input.Manifest, w io.Writer, redact func([]byte) []byte, done func(track.Result)) error {
	for row, err := range m.Rows(ctx) {
		if err != nil {
			return err
		}
		known, ok := r.find(row)
		if !ok || !known.Same && !row.Conditional() {
			continue
		}
		result, err := r.rec.Result(known)
		if err != nil {
			return err
		}
		if !known.Same {
			result = ownWork(row, result)
			if result.Left = append(result.Left, r.kept[row.Update.ID]...); result.Left == nil {
				continue
			}
		}
		result.Row, result.Source, result.Line = row.Number, row.Position.File, row.Position.Line
		result.Sheet, result.Cell = row.Position.Sheet, row.Position.Cell
		if result.Status == track.Unknown && result.Changes == (track.Changes{}) { // nobody came to write them down
			result.Changes = track.ChangesOf(row.Update.Values)
		}
		if err := writeLine(w, result, redact); err != nil {
			return err
		}
		done(result)
	}
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

func writeLine(w io.Writer, result track.Result, redact func([]byte) []byte) error {
	line, err := journal.Encode(result)
	if err != nil {
		return err
	}
	_, err = w.Write(append(bytes.Clone(redact(line)), '\n'))
	return err
}

// rows are the rows of the manifest that are left to work on, each with what is
// known of it.
func (r *resumption) rows(all iter.Seq2[track.Row, error]) iter.Seq2[track.Row, error] {
	return func(yield func(track.Row, error) bool) {
		for row, err := range all {
			if status, known := r.view.Status(row.Number); err == nil && known {
				if status.Success() {
					continue
				}
				var earlier track.Result
				if earlier, err = r.view.Lookup(row.Number); err == nil {
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
	s, err := restoreStats(r.dir.file(statsFile), now)
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

// close lets go of the directory.
func (r *resumption) close() error {
	if r == nil {
		return nil
	}
	errs := []error{r.results.Discard(), r.earlier.Discard()}
	if r.rec != nil {
		errs = append(errs, r.rec.Close())
	}
	if r.freshEarlier {
		errs = append(errs, os.Remove(r.dir.file(earlierFile)))
	}
	if r.view != nil {
		errs = append(errs, r.view.Close())
	}
	return errors.Join(append(errs, r.lock.release())...)
}
