package sandbox

import (
	"fmt"
	"time"
)

// ForTracks is a sandbox that has the tracks of these ids and answers about as fast as
// the service. Without ids, nil, it has every track, of which none is in a listing.
func ForTracks[ID ~int64](ids []ID, maxVolume int) *Config {
	c := &Config{MaxVolume: maxVolume, Latency: Latency{Min: 20 * time.Millisecond, Max: 60 * time.Millisecond}}
	if ids == nil {
		c.Exists = func(int64) bool { return true }
		return c
	}
	for _, id := range ids {
		c.IDs = append(c.IDs, int64(id))
	}
	return c
}

// Samples are a few tracks to look at: with and without a project and media, and with
// names that need care in files.
func Samples() []Track {
	names := []string{
		"Morning light", "Rain, soft", `The "loud" one`, "Two\nlines", "=SUM(1;2)", "Café ☕", "null", "Waves",
		"Night drive 🌙", " blanks ",
	}
	tracks := make([]Track, len(names))
	for i, name := range names {
		t := Track{ID: int64(17 + i), Name: name, Volume: 10 * i}
		if i%3 != 0 {
			t.Project = int64(1 + i%2)
		}
		if i%4 != 3 {
			t.Media = fmt.Sprintf("https://example.com/transcoded/%d.mp3", t.ID)
		}
		tracks[i] = t
	}
	return tracks
}
