package cli

import "testing"

func TestGarbagePercent(t *testing.T) {
	for rows, want := range map[int]int{0: 175, 20_000: 157, 100_000: 111, 500_000: 50, 1_000_000: 50, 5_000_000: 50} {
		if got := garbagePercent(rows); got != want {
			t.Errorf("%d rows: %d %%, want %d", rows, got, want)
		}
	}
}
