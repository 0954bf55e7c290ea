package cli

import "testing"

func TestGarbagePercent(t *testing.T) {
	for rows, want := range map[int]int{0: 150, 20_000: 134, 100_000: 95, 500_000: 50, 1_000_000: 50, 5_000_000: 50} {
		if got := garbagePercent(rows); got != want {
			t.Errorf("%d rows: %d %%, want %d", rows, got, want)
		}
	}
}
