package cli

import "testing"

func TestGarbagePercent(t *testing.T) {
	for rows, want := range map[int]int{0: 200, 20_000: 179, 100_000: 127, 500_000: 51, 1_000_000: 50, 5_000_000: 50} {
		if got := garbagePercent(rows); got != want {
			t.Errorf("%d rows: %d %%, want %d", rows, got, want)
		}
	}
}
