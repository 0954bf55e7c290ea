package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Config configures a sandbox. The zero Config has no tracks, accepts any key,
// answers immediately, and has no limits and no faults.
type Config struct {
	// Key is the only key that is accepted; empty: every key that is not empty.
	Key string

	// Tracks exist from the start, exactly as given.
	Tracks []Track
	// IDs are more tracks that exist from the start, with values derived from their
	// ids. Each costs eight bytes until it is changed.
	IDs []int64
	// Exists reports whether a track with a positive id exists, for ids that are
	// neither in Tracks nor in IDs. Its values are derived like those of IDs. Such
	// tracks are in no listing, because a function cannot be enumerated. It is
	// called under the sandbox's lock, so it must be fast and must not call the
	// sandbox.
	Exists func(id int64) bool

	// PageSize is the largest number of tracks on a page. A larger
	// pagination[limit] is silently reduced to it. Zero means 100.
	PageSize int
	// MaxVolume is the largest volume accepted. Zero means 100.
	MaxVolume int

	// Limit, Latency and Faults make the service hard to use.
	Limit   Limit
	Changes []LimitChange // of Limit, in the order of their times
	Latency Latency
	Faults  Faults
	// Fail maps ids to statuses. Every request for such an id gets an error with the
	// status and changes nothing, whether the track exists or not.
	Fail map[int64]int
	// Seed determines the random faults and latencies.
	Seed uint64

	// Stubborn are fields that a PUT does not change although the answer is a 200:
	// name, volume, project, media.
	Stubborn []string
	// Omit are fields that are missing from every answer: name, volume, project,
	// media, created, updated.
	Omit []string

	// Record is called for every request after its answer was decided and before
	// it is sent, one call at a time and in that order. It is called under the
	// sandbox's lock, so it must not call the sandbox.
	Record func(Event)
}

// Track is a track with which a sandbox is seeded.
type Track struct {
	ID      int64  `json:"id"`         // positive
	Name    string `json:"name"`       // answered as it is, even if blank
	Volume  int    `json:"volume"`     // percent, answered as it is
	Project int64  `json:"project_id"` // zero: belongs to no project
	Media   string `json:"media_url"`  // the current URL, answered as it is; empty: no media
}

// The fields of a track, as bodies and answers name them.
const (
	fieldName    = "name"
	fieldVolume  = "volume"
	fieldProject = "project"
	fieldMedia   = "media"
	fieldCreated = "created"
	fieldUpdated = "updated"
)

const (
	defaultPageSize  = 100
	defaultMaxVolume = 100
	// maxBody is the largest request body accepted, in bytes.
	maxBody = 64 << 10
)

// withDefaults returns c with zero values replaced by the defaults.
func (c Config) withDefaults() Config {
	if c.PageSize == 0 {
		c.PageSize = defaultPageSize
	}
	if c.MaxVolume == 0 {
		c.MaxVolume = defaultMaxVolume
	}
	c.Limit = c.Limit.withDefaults()
	return c
}

// validate returns all errors of c.
func (c Config) validate() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("sandbox: "+format, args...))
	}
	for _, n := range []struct {
		name  string
		value int
	}{
		{"page size", c.PageSize},
		{"largest volume", c.MaxVolume},
	} {
		if n.value < 0 {
			wrong("the %s is %d: must not be negative", n.name, n.value)
		}
	}
	for _, err := range []error{c.Limit.validate(), validateChanges(c.Changes), c.Latency.validate(), c.Faults.validate(), c.validateTracks()} {
		if err != nil {
			wrong("%w", err)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Fail)) {
		if err := checkFailure(c.Fail[id]); err != nil {
			wrong("track %d: %w", id, err)
		}
	}
	settable := []string{fieldName, fieldVolume, fieldProject, fieldMedia}
	for _, f := range c.Stubborn {
		if !slices.Contains(settable, f) {
			wrong("no field %q to be stubborn: must be one of %s", f, strings.Join(settable, ", "))
		}
	}
	answered := append(settable, fieldCreated, fieldUpdated)
	for _, f := range c.Omit {
		if !slices.Contains(answered, f) {
			wrong("no field %q to leave out: must be one of %s", f, strings.Join(answered, ", "))
		}
	}
	return errors.Join(errs...)
}

// validateTracks stops at the first error: there may be millions of tracks.
func (c Config) validateTracks() error {
	seen := make(map[int64]bool, len(c.Tracks))
	for _, t := range c.Tracks {
		switch {
		case t.ID <= 0:
			return fmt.Errorf("a track has the id %d: must be positive", t.ID)
		case seen[t.ID]:
			return fmt.Errorf("track %d is seeded twice", t.ID)
		case t.Project < 0:
			return fmt.Errorf("track %d has the project %d: must be positive, or 0 for none", t.ID, t.Project)
		}
		seen[t.ID] = true
	}
	for _, id := range c.IDs {
		if id <= 0 {
			return fmt.Errorf("a track has the id %d: must be positive", id)
		}
	}
	return nil
}

// checkFailure refuses a status that is not an error.
func checkFailure(status int) error {
	if status < 400 || status > 599 {
		return fmt.Errorf("the status %d is no failure: must be from 400 to 599", status)
	}
	return nil
}
