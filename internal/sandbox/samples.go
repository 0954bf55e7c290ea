package sandbox

import "fmt"

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
