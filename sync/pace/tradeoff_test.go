package pace

import (
	"fmt"
	"slices"
	"testing"
)

// BenchmarkTradeOff sweeps how many requests that wait are as bad as one that is refused. The
// metrics are the means over the seeds: of a limit of 100/s that asks for no pause, once it is
// known, speed and what is refused; seconds until a limit of 50/s that doubles is found; what is
// refused by a fixed window of 600 a minute; and the speed of 5,000 requests to a limit of 100/s
// that asks for a second.
//
//	go test -run '^$' -bench TradeOff -benchtime 50x ./sync/pace
func BenchmarkTradeOff(b *testing.B) {
	for _, waste := range []float64{0.75, 1.5, wasted, 6, 12} {
		b.Run(fmt.Sprintf("waste=%g", waste), func(b *testing.B) {
			var speed, refused, found, window, paused []float64
			for seed := uint64(7_000_000); b.Loop(); seed++ {
				run := func(sc scenario) *simulation {
					sc.waste = waste
					return simulate(sc, seed)
				}
				steady := run(scenario{limit: tokens(100, 20), seconds: 330}).between(30, 330)
				speed, refused = append(speed, steady.rate()/100), append(refused, steady.share())
				// The limit rises at any time between two looks.
				at := 100 + float64(seed*37%100)
				found = append(found, reach(always(at), 100)(run(scenario{limit: tokens(50, 20), seconds: 400,
					changes: []change{{at, 100}}})).seconds)
				window = append(window, afterFirstWindow(run(scenario{limit: fixedWindows(600, 60), seconds: 661})).refused)
				paused = append(paused, wholeRun(50)(run(scenario{limit: tokens(100, 20), rows: 5000, said: inSeconds})).speed)
			}
			slices.Sort(found)
			b.ReportMetric(100*mean(speed), "%speed")
			b.ReportMetric(100*mean(refused), "%refused")
			b.ReportMetric(mean(found), "s-to-find")
			b.ReportMetric(quantile(found, 0.95), "s-to-find-p95")
			b.ReportMetric(100*mean(window), "%window-refused")
			b.ReportMetric(100*mean(paused), "%speed-with-pauses")
			b.ReportMetric(0, "ns/op")
		})
	}
}
