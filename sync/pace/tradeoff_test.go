package pace

import (
	"fmt"
	"slices"
	"testing"
)

// BenchmarkTradeOff sweeps what weighs speed against refusals and against the
// time until a limit that rose is found: each setting alone, the others as they
// were chosen. The metrics are the means over the seeds: of a limit of 100/s, once
// it is known, speed and what is refused; seconds until a limit of 50/s that doubles
// is found; what is refused by a fixed window of 600 a minute; and how fairly four
// runs share.
//
//	go test -run '^$' -bench TradeOff -benchtime 50x ./sync/pace
func BenchmarkTradeOff(b *testing.B) {
	type setting struct {
		name   string
		values []float64
		set    func(t *tradeoff, v float64)
		said   said
	}
	for _, s := range []setting{
		{"refusals", []float64{0.00125, 0.0025, 0.005, 0.01, 0.02}, func(t *tradeoff, v float64) { t.refusals = v },
			nothing},
		{"margin", []float64{0, 0.002, 0.004, 0.008, 0.016}, func(t *tradeoff, v float64) { t.margin = v }, nothing},
	} {
		for _, v := range s.values {
			b.Run(fmt.Sprintf("%s=%g", s.name, v), func(b *testing.B) {
				trade := chosen
				s.set(&trade, v)
				var speed, refused, found, window, fair []float64
				for seed := uint64(7_000_000); b.Loop(); seed++ {
					steady := simulate(scenario{limit: tokens(100, 20), seconds: 330, said: s.said, trade: &trade},
						seed).between(30, 330)
					speed, refused = append(speed, steady.rate()/100), append(refused, steady.share())
					// The limit rises at any time between two probes.
					at := 100 + float64(seed*37%100)
					rise := scenario{limit: tokens(50, 20), seconds: 400, changes: []change{{at, 100}}, said: s.said,
						trade: &trade}
					found = append(found, reach(always(at), 100)(simulate(rise, seed)).seconds)
					fixed := scenario{limit: fixedWindows(600, 60), seconds: 661, said: s.said, trade: &trade}
					window = append(window, afterFirstWindow(simulate(fixed, seed)).refused)
					four := scenario{limit: tokens(100, 20), seconds: 60, clients: 4, said: s.said, trade: &trade}
					fair = append(fair, jain(30, 60)(simulate(four, seed)).speed)
				}
				slices.Sort(found)
				b.ReportMetric(100*mean(speed), "%speed")
				b.ReportMetric(100*mean(refused), "%refused")
				b.ReportMetric(mean(found), "s-to-find")
				b.ReportMetric(quantile(found, 0.95), "s-to-find-p95")
				b.ReportMetric(100*mean(window), "%window-refused")
				b.ReportMetric(100*mean(fair), "%fair")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
