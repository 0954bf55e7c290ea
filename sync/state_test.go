package sync

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tracksync/internal/api"
	"tracksync/internal/track"
	"tracksync/sync/current"
)

func (a *account) Update(_ context.Context, u track.Update) (track.Track, api.Answer, error) {
	time.Sleep(a.latency)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refuse != nil {
		if err := a.refuse(); err != nil {
			return track.Track{}, api.Answer{Status: err.Status, RetryAfter: a.later}, err
		}
	}
	a.puts = append(a.puts, u)
	a.log = append(a.log, "put "+u.ID.String())
	if a.onPut != nil {
		a.onPut(u)
	}
	v, ok := a.tracks[u.ID]
	if !ok {
		return track.Track{}, api.Answer{Status: 404},
			&api.Error{Class: api.Permanent, Code: "not_found", Message: "Not Found", Status: 404, Decides: true}
	}
	was := v
	v = v.Overlay(u.Values)
	a.tracks[u.ID] = v
	if a.stubborn {
		a.tracks[u.ID] = was
	}
	return track.Track{ID: u.ID, Values: v}, api.Answer{Status: 200}, nil
}

func (a *account) Get(_ context.Context, id track.ID) (track.Track, api.Answer, error) {
	time.Sleep(a.latency)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.gets = append(a.gets, id)
	a.log = append(a.log, "get "+id.String())
	if a.get != nil {
		if err := a.get(id); err != nil {
			return track.Track{}, api.Answer{Status: err.Status}, err
		}
	}
	v, ok := a.tracks[id]
	if !ok {
		return track.Track{}, api.Answer{Status: 404},
			&api.Error{Class: api.Permanent, Code: "not_found", Message: "Not Found", Status: 404, Decides: true}
	}
	return track.Track{ID: id, Values: v}, api.Answer{Status: 200}, nil
}

func (a *account) List(_ context.Context, limit, offset int) ([]track.Track, api.Answer, error) {
	time.Sleep(a.latency)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pages++
	if a.list != nil {
		err := a.list()
		return nil, api.Answer{Status: err.Status}, err
	}
	var ids []track.ID
	for id := range a.tracks {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	ids = ids[min(offset, len(ids)):min(offset+limit, len(ids))]
	var page []track.Track
	for _, id := range ids {
		page = append(page, track.Track{ID: id, Values: a.tracks[id]})
	}
	return page, api.Answer{Status: 200}, nil
}

func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(s.Bytes()).ReadAt(p, off)
}

func (s *spool) Close() error { return nil }

// A scheduled run in which nothing changed takes its pages and two calls.
func TestSkipUnchanged(t *testing.T) {
	for _, changed := range []int{0, 10, 500} {
		synctest.Test(t, func(t *testing.T) {
			a, sink, rows := newAccount(1000), &recorder{}, volumes(1000, changedBelow(changed))
			for i := range rows {
				rows[i].Update.Name = track.Value("Track") // is so already
			}
			e := New(a, sink, Options{Rate: 100, SkipUnchanged: true, Survey: surveyOf(rows)})
			end, err := e.Run(context.Background(), each(rows), sink)
			if err != nil || end.Reason != Completed {
				t.Fatal(end, err)
			}
			if a.pages > 12 || len(a.gets) > 0 || len(a.puts) != changed {
				t.Errorf("%d changed: %d pages, %d GETs, %d PUTs", changed, a.pages, len(a.gets), len(a.puts))
			}
			if sink.count(track.Unchanged) != 1000-changed || sink.count(track.Updated) != changed || sink.repeated {
				t.Errorf("%d unchanged, %d updated", sink.count(track.Unchanged), sink.count(track.Updated))
			}
			if changed > 0 {
				want := track.Changes{Volume: track.Change[int]{From: track.Value(50), To: track.Value(60)}}
				if got := sink.results[1].Changes; got != want || !a.puts[0].Name.IsZero() {
					t.Errorf("changes are %+v, sent %+v", got, a.puts[0])
				}
			}
			if sink.reading.Seen != 1000 || sink.reading.Wanted != 1000 || sink.reading.Calls != a.pages {
				t.Errorf("the survey is at %+v", sink.reading)
			}
			if r := sink.results[1000]; r.Asked == "" || r.Attempts != 0 || r.HTTPStatus != 0 {
				t.Errorf("an unchanged row: %+v", r)
			}
		})
	}
}

// Tracks that are not in the listing are read one by one. A track that cannot be read is
// updated anyway.
func TestSurveyOfTracksThatAreNotListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink, rows := newAccount(50), &recorder{}, volumes(60, func(int) int { return 50 })
		a.get = func(id track.ID) *api.Error {
			if id == 55 {
				return &api.Error{Class: api.Retryable, Code: "server_error", Message: "oh", Status: 500}
			}
			return nil
		}
		s := surveyOf(rows)
		end, err := New(a, sink, Options{Rate: 100, SkipUnchanged: true, Survey: s,
			MaxAttempts: 2}).Run(context.Background(), each(rows), sink)
		if err != nil || end.Reason != Completed || sink.count(track.Unchanged) != 50 ||
			sink.count(track.Failed) != 10 || len(a.puts) != 10 {
			t.Errorf("%v, %v: %d unchanged, %d failed, %d PUTs", end, err, sink.count(track.Unchanged),
				sink.count(track.Failed), len(a.puts))
		}
		if len(s.unreadable) != 1 || s.unreadable[55] == nil || s.unreadable[55].Code != "server_error" {
			t.Errorf("unreadable are %v", s.unreadable)
		}
		if err, certain := s.WhyUnseen(55); err == nil || !certain {
			t.Errorf("55: %v, %v", err, certain)
		}
		if err, certain := s.WhyUnseen(56); err != nil || !certain {
			t.Errorf("56: %v, %v", err, certain)
		}
	})
}

func TestSurveyAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink := newAccount(250), &recorder{}
		s := &Survey{Listing: current.NewFullListing(), Store: current.NewFullStore(&spool{})}
		end, err := New(a, sink, Options{Rate: 100, Survey: s}).Survey(context.Background())
		if err != nil || end.Reason != Completed || s.Store.Len() != 250 || s.Listing.Err() != nil || len(a.gets) > 0 {
			t.Errorf("%v, %v: %d tracks, %v", end, err, s.Store.Len(), s.Listing.Err())
		}
	})
}

func TestSurveyOfAnotherAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink, rows := newAccount(0), &recorder{}, volumes(100, changedBelow(0))
		end, err := New(a, sink, Options{Rate: 100, SkipUnchanged: true, Survey: surveyOf(rows),
			Concurrency: 1}).Run(context.Background(), each(rows), sink)
		if err != nil || end.Reason != WrongAccount || len(a.gets) != firstRows || len(a.puts) > 0 ||
			sink.count(track.NotAttempted) != 100 {
			t.Errorf("%v, %v: %d GETs, %d PUTs, %d not attempted", end, err, len(a.gets), len(a.puts),
				sink.count(track.NotAttempted))
		}
	})
}

func TestStopWhileSurveying(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink, rows := newAccount(5000), &recorder{}, volumes(5000, changedBelow(10))
		e := New(a, sink, Options{Rate: 10, SkipUnchanged: true, Survey: surveyOf(rows)})
		go func() {
			time.Sleep(time.Second)
			e.Stop(Interrupted, "enough")
		}()
		end, err := e.Run(context.Background(), each(rows), sink)
		if err != nil || end.Reason != Interrupted || len(a.puts) > 0 || sink.count(track.NotAttempted) != 5000 {
			t.Errorf("%v, %v: %d PUTs, %d not attempted", end, err, len(a.puts), sink.count(track.NotAttempted))
		}
	})
}

func TestExpect(t *testing.T) {
	expect := func(volumes ...int) (all track.Alternatives) {
		for _, v := range volumes {
			all = append(all, track.Values{Volume: track.Value(v)})
		}
		return all
	}
	for _, tc := range []struct {
		name   string
		expect track.Alternatives
		asked  int
		opts   Options
		survey bool
		want   track.Status
		puts   int
	}{
		{"as expected", expect(50), 60, Options{}, false, track.Updated, 1},
		{"as expected, from the survey", expect(50), 60, Options{}, true, track.Updated, 1},
		{"changed since", expect(40), 60, Options{}, false, track.Drifted, 0},
		{"changed since, from the survey", expect(40), 60, Options{}, true, track.Drifted, 0},
		{"changed since, by force", expect(40), 60, Options{Force: true}, true, track.Updated, 1},
		{"is so already", expect(40), 50, Options{}, false, track.Unchanged, 0},
		{"as one of two", expect(40, 50), 60, Options{}, true, track.Updated, 1},
		{"as none of two", expect(40, 41), 60, Options{}, false, track.Drifted, 0},
		{"no project as expected", track.Alternatives{{Project: track.Null[track.ID]()}}, 60, Options{}, false,
			track.Updated, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, sink := newAccount(3), &recorder{}
				rows := volumes(3, func(int) int { return tc.asked })
				for i := range rows {
					rows[i].Expect = tc.expect
				}
				tc.opts.Rate = 100
				if tc.survey {
					tc.opts.Survey = surveyOf(rows)
				}
				end, err := New(a, sink, tc.opts).Run(context.Background(), each(rows), sink)
				if err != nil || end.Reason != Completed || sink.count(tc.want) != 3 || len(a.puts) != 3*tc.puts {
					t.Errorf("%v, %v: %d PUTs, %+v", end, err, len(a.puts), sink.results)
				}
				if (len(a.gets) == 0) != tc.survey {
					t.Errorf("%d GETs", len(a.gets))
				}
				if r := sink.results[1]; tc.want == track.Drifted &&
					(r.Error == nil || r.Error.Code != "drifted" || r.Error.Field != track.FieldVolume) {
					t.Errorf("got %+v", r.Error)
				}
			})
		})
	}
}

func (k *keeper) Append(_ track.Update, t track.Track) error {
	if k.not != nil {
		return k.not
	}
	k.before = append(k.before, t)
	return nil
}

func (k *keeper) Sync() error {
	k.a.mu.Lock()
	defer k.a.mu.Unlock()
	for _, t := range k.before[k.keeps:] {
		k.a.log = append(k.a.log, "kept "+t.ID.String())
	}
	k.keeps = len(k.before)
	return k.err
}

func TestCanary(t *testing.T) {
	for _, tc := range []struct {
		name   string
		spoil  func(*account)
		reason Reason
		want   map[track.Status]int
		puts   int
	}{
		{"all right", func(*account) {}, Completed, map[track.Status]int{track.Updated: 100}, 100},
		{"not applied", func(a *account) { a.stubborn = true }, CanaryFailed,
			map[track.Status]int{track.NotApplied: 1, track.NotAttempted: 99}, 1},
		{"the second does not exist", func(a *account) { delete(a.tracks, 2) }, CanaryFailed,
			map[track.Status]int{track.Updated: 1, track.Failed: 1, track.NotAttempted: 98}, 2},
		{"it cannot be read back", func(a *account) {
			a.get = func(track.ID) *api.Error {
				return &api.Error{Class: api.Retryable, Code: "server_error", Message: "oh", Status: 500}
			}
		}, CanaryFailed, map[track.Status]int{track.Updated: 1, track.NotAttempted: 99}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, sink := newAccount(100), &recorder{}
				tc.spoil(a)
				end, err := New(a, sink, Options{Rate: 100, Canary: 5, MaxAttempts: 2}).Run(context.Background(),
					each(volumes(100, changedBelow(100))), sink)
				if err != nil || end.Reason != tc.reason || len(a.puts) != tc.puts {
					t.Fatalf("%v, %v: %d PUTs", end, err, len(a.puts))
				}
				for s, n := range tc.want {
					if sink.count(s) != n {
						t.Errorf("%d are %s, want %d", sink.count(s), s, n)
					}
				}
				if tc.reason != Completed {
					return
				}
				want := []string{"put 1", "get 1", "put 2", "get 2", "put 3", "get 3", "put 4", "get 4", "put 5",
					"get 5", "put 6"}
				if !slices.Equal(a.log[:len(want)], want) || len(a.gets) != 5 {
					t.Errorf("began with %v", a.log[:len(want)])
				}
			})
		})
	}
}

// Media that was applied last is not a difference, and the outcome of a PUT is recorded.
func TestMedia(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink := newAccount(3), &recorder{}
		var rows []track.Row
		for id := 1; id <= 3; id++ {
			rows = append(rows, track.Row{Number: id, Update: track.Update{ID: track.ID(id),
				Values: track.Values{Media: track.Value("https://example.com/a.mp3")}}})
		}
		m := &media{known: map[track.ID]bool{2: true}}
		e := New(a, sink, Options{Rate: 100, SkipUnchanged: true, Survey: surveyOf(rows), Media: m})
		if _, err := e.Run(context.Background(), each(rows), sink); err != nil {
			t.Fatal(err)
		}
		if len(a.puts) != 2 || sink.results[2].Status != track.Unchanged || !slices.Equal(m.applied, []track.ID{1, 3}) {
			t.Errorf("%d PUTs, the second is %s, applied %v", len(a.puts), sink.results[2].Status, m.applied)
		}
		if got := sink.results[1].AnsweredMedia; got != track.Value("https://example.com/a.mp3") {
			t.Errorf("answered %v", got)
		}
	})
}

func (m *media) Unchanged(id track.ID, _ string, _ track.Field[string]) bool { return m.known[id] }

func (m *media) Applied(id track.ID, _ string, _, _ track.Field[string]) {
	m.applied = append(m.applied, id)
	slices.Sort(m.applied)
}

func (m *media) Forget(track.ID) {}

func (l *listed) List(ctx context.Context, limit, offset int) ([]track.Track, api.Answer, error) {
	if at := time.Since(l.from); l.down != nil && l.down(at) || l.list != nil && l.list(offset, at) {
		time.Sleep(l.latency)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.pages++
		return nil, api.Answer{Status: 503}, errDown
	}
	return l.account.List(ctx, limit, offset)
}

func (l *listed) Get(ctx context.Context, id track.ID) (track.Track, api.Answer, error) {
	if l.down != nil && l.down(time.Since(l.from)) {
		time.Sleep(l.latency)
		return track.Track{}, api.Answer{Status: 503}, errDown
	}
	return l.account.Get(ctx, id)
}

// A row that is drifted counts as one without success, also when the survey has
// shown it.
func TestMaxFailuresCountsWhatTheSurveyShows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, sink, rows := newAccount(100), &recorder{}, volumes(100, changedBelow(100))
		for i := range rows {
			rows[i].Expect = track.Alternatives{{Volume: track.Value(1)}}
		}
		end, err := New(a, sink, Options{Rate: 100, MaxFailures: MaxFailures{Rows: 3},
			Survey: surveyOf(rows)}).Run(context.Background(), each(rows), sink)
		if err != nil || end.Reason != TooManyFailures || sink.count(track.Drifted) != 3 ||
			sink.count(track.NotAttempted) != 97 {
			t.Errorf("%v, %v: %d drifted, %d not attempted", end, err, sink.count(track.Drifted),
				sink.count(track.NotAttempted))
		}
	})
}
