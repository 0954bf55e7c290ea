package current

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tracksync/internal/track"
	"tracksync/sync/plan"
)

// studio is a service that transcodes what it is sent: at once, or some reads
// later, until when it answers the URL sent, the old one, or none at all. It
// signs its URLs, each time anew.
type studio struct {
	late    int // reads until a copy is there
	between string
	url     string // without its signature; "" is null
	copy    string // to come
	reads   int
	signed  int
}

func (s *studio) put(sent string, serial int) {
	s.copy, s.reads = fmt.Sprint("https://cdn.example/", serial), 0
	if s.between == "sent" {
		s.url = sent
	}
}

func (s *studio) get() track.Field[string] {
	if s.copy != "" && s.reads >= s.late {
		s.url, s.copy = s.copy, ""
	}
	s.reads++
	if s.copy != "" && s.between == "untold" {
		return track.Field[string]{}
	}
	if s.url == "" {
		return track.Null[string]()
	}
	s.signed++
	return track.Value(fmt.Sprint(s.url, "?signature=", s.signed))
}

// In any life of a track, media is sent when another is asked for and when
// somebody has changed it, and at no other time.
func TestMediaIsSentOnceAndWhenChanged(t *testing.T) {
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 1))
		service := &studio{late: random.IntN(4), between: []string{"sent", "old", "untold"}[random.IntN(3)],
			url: "https://cdn.example/first"}
		state, asked, serial := newState(t), "", 0
		for run := range 12 {
			changed, another := false, false
			switch random.IntN(4) {
			case 0:
				serial++
				asked, another = fmt.Sprint("https://manifest.example/", serial), true
			case 1:
				if service.copy == "" && run > 0 { // else it is not to be told from a copy
					serial++
					service.url, changed = fmt.Sprint("https://dashboard.example/", serial), true
				}
			}
			if asked == "" {
				continue
			}
			now := service.get()
			want := track.Values{Media: track.Value(asked)}
			todo, _ := plan.Diff(want, track.Track{ID: 1, Values: track.Values{Media: now}},
				state.Unchanged(1, asked, now))
			if todo.Empty() == (changed || another) {
				t.Fatalf("seed %d, run %d, %+v: changed %t, another asked %t, to send %+v", seed, run, service, changed,
					another, todo)
			}
			if !todo.Empty() {
				serial++
				service.put(asked, serial)
				state.Applied(1, asked, now, service.get())
			}
			for service.copy != "" && random.IntN(2) == 0 { // runs at which nothing happens
				now := service.get()
				if !state.Unchanged(1, asked, now) {
					t.Fatalf("seed %d, run %d, %+v: %v is not what was applied", seed, run, service, now)
				}
			}
			state = reload(t, state)
		}
	}
}
